package image_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"stillsuit.dev/generator/image"
)

var digest = "sha256:" + strings.Repeat("0a", 32)

func ExampleParse() {
	r, err := image.Parse("traefik:v3.4")
	if err != nil {
		panic(err)
	}
	fmt.Println(r.Tagged())
	fmt.Println(r.Registry(), r.From([]string{"docker.io/library"}), r.From([]string{"ghcr.io"}))
	// Output:
	// docker.io/library/traefik:v3.4
	// docker.io true false
}

func TestParse(t *testing.T) {
	for written, want := range map[string]image.Reference{
		"redis":                                   {Repository: "docker.io/library/redis", Tag: "latest", Written: "redis"},
		"docker.io/redis:8":                       {Repository: "docker.io/library/redis", Tag: "8", Written: "docker.io/redis:8"},
		"index.docker.io/redis:8":                 {Repository: "docker.io/library/redis", Tag: "8", Written: "index.docker.io/redis:8"},
		"docker.io/library/redis:8@" + digest:     {Repository: "docker.io/library/redis", Tag: "8", Digest: digest, Written: "docker.io/library/redis:8"},
		"Docker.IO/redis:8":                       {Repository: "docker.io/library/redis", Tag: "8", Written: "Docker.IO/redis:8"},
		"GHCR.io/a/b:1":                           {Repository: "ghcr.io/a/b", Tag: "1", Written: "GHCR.io/a/b:1"},
		"LocalHost/a":                             {Repository: "localhost/a", Tag: "latest", Written: "LocalHost/a"},
		"ghcr.io/a/b:1":                           {Repository: "ghcr.io/a/b", Tag: "1", Written: "ghcr.io/a/b:1"},
		"localhost:5000/a:1":                      {Repository: "localhost:5000/a", Tag: "1", Written: "localhost:5000/a:1"},
		"registry.example.com:5000/a/b@" + digest: {Repository: "registry.example.com:5000/a/b", Tag: "latest", Digest: digest, Written: "registry.example.com:5000/a/b"},
	} {
		got, err := image.Parse(written)
		require.NoError(t, err, written)
		require.Equal(t, want, got, written)
		again, err := image.ParseFull(got.String())
		require.NoError(t, err, written)
		require.Equal(t, got.String(), again.String())
		require.Equal(t, written != "registry.example.com:5000/a/b@"+digest, got.Lockable(), written)
	}
}

func TestParseRefuses(t *testing.T) {
	for _, written := range []string{"", "Redis", "${IMAGE}", "https://user:canary@ghcr.io/a:1", "user:canary@ghcr.io/a/b", "a b"} {
		_, err := image.Parse(written)
		require.Error(t, err, written)
		require.NotContains(t, err.Error(), "canary")
	}
	for _, written := range []string{"redis:8", "docker.io/library/redis", "ghcr.io/a/b"} {
		_, err := image.ParseFull(written)
		require.Error(t, err, written)
		require.NotErrorIs(t, err, image.ErrDigest)
	}
	r, err := image.ParseFull("docker.io/redis:8") // as full as docker.io/library/redis:8
	require.NoError(t, err)
	require.Equal(t, "docker.io/library/redis:8", r.Tagged())
	r, err = image.ParseFull("ghcr.io/a/b:1@sha256:12")
	require.ErrorIs(t, err, image.ErrDigest)
	require.Equal(t, "ghcr.io/a/b:1", r.Tagged())
}

func TestFrom(t *testing.T) {
	r, err := image.Parse("docker.io/redis:8")
	require.NoError(t, err)
	for registry, want := range map[string]bool{"docker.io": true, "docker.io/": true, "docker.io/library": true, "docker.io/lib": false, "docker": false, "ghcr.io": false, "index.docker.io": true, "Docker.io/library/": true} {
		require.Equal(t, want, r.From([]string{registry}), registry)
	}
	require.True(t, r.From(nil))
}

func TestPattern(t *testing.T) {
	for written, want := range map[string]string{
		"docker.io/mongo": "docker.io/library/mongo", "Index.docker.io/library/*": "docker.io/library/*", "docker.io/*": "docker.io/library/*",
		"docker.io/rhasspy/*": "docker.io/rhasspy/*", "GHCR.io/a/b": "ghcr.io/a/b", "mongo": "mongo", "": "",
	} {
		require.Equal(t, want, image.Pattern(written), written)
	}
}
