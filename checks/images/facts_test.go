package images

import (
	"path"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"stillsuit.dev/generator/image"
	"stillsuit.dev/inventory"
)

// tagsOf lists the tags that some fact is about.
func tagsOf(image, arch string, tags ...string) []string {
	var out []string
	for _, tag := range tags {
		for _, k := range known() {
			if fits, _ := path.Match(k.Image, image); fits && k.Arch == arch && regexp.MustCompile(k.Tags).MatchString(tag) {
				out = append(out, tag)
			}
		}
	}
	return out
}

func TestKnownFacts(t *testing.T) {
	for _, k := range known() {
		require.NotEmpty(t, k.Reason, k.Image)
		require.NotEqual(t, k.Level == "", k.Holds == "", k.Image)
		require.NotEqual(t, k.Arch, k.Holds, k.Image)
		require.True(t, k.Level == "" || inventory.Reaches(k.Level, k.Level), k.Image)
	}
	require.False(t, inventory.Reaches("armv8.0-a", "armv8.1-a"), "a Raspberry Pi 4 lacks LSE")
	require.True(t, inventory.Reaches("armv8.2-a", "armv8.1-a"), "a Raspberry Pi 5 has it")
	require.Equal(t, []string{"5", "5.0.1", "8.0", "10.1.2-noble", "4.4.19", "4.4.29"},
		tagsOf("docker.io/library/mongo", "arm64", "5", "5.0.1", "8.0", "10.1.2-noble", "4.4.18", "4.4.19", "4.4.29", "4.4.2", "4.2.24", "latest"))
	require.Equal(t, []string{"1.225.0", "0.9.1", "1.99.0"}, tagsOf("ghcr.io/cloudposse/atmos", "arm64", "1.225.0", "1.226.0", "0.9.1", "1.99.0", "2.0.0"))
	require.Equal(t, []string{"8.6.3", "8.6.3-alpine", "8.6.3-trixie"},
		tagsOf("docker.io/library/redis", "arm64", "8.6.2", "8.6.3", "8.6.3-alpine", "8.6.3-trixie", "8.6.30", "8.6.4", "8.8.0", "8.10.1", "8.6", "latest"))
	require.Equal(t, []string{"3.3.2", "3.4.0", "3.4.1"}, tagsOf("docker.io/rhasspy/wyoming-whisper", "arm64", "2.4.0", "3.2.0", "3.3.2", "3.4.0", "3.4.1", "3.5.0", "3.8.1", "latest"))
	require.Equal(t, []string{"v0.6.0", "0.6.0-ollama"}, tagsOf("ghcr.io/open-webui/open-webui", "arm64", "v0.5.20", "v0.6.0", "0.6.0-ollama", "v0.6.1", "main"))
	require.Empty(t, tagsOf("docker.io/library/redis", "amd64", "8.6.3"))
	require.Equal(t, []string{"1.22.0", "1.30.1"}, tagsOf("docker.io/percona/percona-server-mongodb-operator", "amd64", "1.21.9", "1.22.0", "1.30.1"))
}

func TestFloatingTags(t *testing.T) {
	for tag, want := range map[string]bool{
		"latest": true, "stable": true, "latest-gpu": true, "alpine": true, "8": true, "v2": true, "16-alpine": true,
		"8.10.1": false, "v1.2": false, "1.31-alpine": false, "2026.7.4": false, "20240501": false, "RELEASE.2025-01-01": false,
	} {
		require.Equal(t, want, floats(tag), tag)
	}
}

func TestReferences(t *testing.T) {
	digest := "sha256:" + strings.Repeat("1", 64)
	for written, want := range map[string]string{
		"redis":                            "docker.io/library/redis:latest",
		"redis:8":                          "docker.io/library/redis:8",
		"valkey/valkey:9.1.1":              "docker.io/valkey/valkey:9.1.1",
		"index.docker.io/library/redis:8":  "docker.io/library/redis:8",
		"ghcr.io/example/site:1":           "ghcr.io/example/site:1",
		"localhost:5000/site:1@" + digest:  "localhost:5000/site:1@" + digest,
		"ghcr.io/example/site@" + digest:   "ghcr.io/example/site:latest@" + digest,
		"docker.io/library/redis:8.10.1":   "docker.io/library/redis:8.10.1",
		"registry.k8s.io/pause:3.10.1":     "registry.k8s.io/pause:3.10.1",
		"lscr.io/linuxserver/sonarr:4.0.5": "lscr.io/linuxserver/sonarr:4.0.5",
	} {
		got, err := image.Parse(written)
		require.NoError(t, err, written)
		require.Equal(t, want, got.String(), written)
	}
	for written, want := range map[string]string{"redis": "docker.io/library/redis:latest", "a.io/b:1@" + digest: "a.io/b:1", "a.io:5000/b@" + digest: "", "a b": ""} {
		got, err := image.Parse(written)
		require.Equal(t, want == "", err != nil || !got.Lockable(), written)
		require.True(t, want == "" || got.Tagged() == want, got)
	}
	for _, written := range []string{"", "ghcr.io/x:${V}", "ghcr.io/x@sha256:12", "UPPER/case:1", "a b"} {
		_, err := image.Parse(written)
		require.Error(t, err, written)
	}
}

func TestChildrenHaveASource(t *testing.T) {
	for _, c := range children() {
		r, err := image.Parse(c.Image + ":" + c.Tag + "@" + c.Digest)
		require.NoError(t, err)
		require.Equal(t, c.Image, r.Repository)
		require.NotEmpty(t, c.Source)
		require.True(t, strings.HasPrefix(c.Platform, "linux/"))
	}
	require.Greater(t, len(children()), 8)
}
