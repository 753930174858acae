package lock_test

import (
	"strings"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/require"

	"stillsuit.dev/generator/lock"
)

const digest = "sha256:0000000000000000000000000000000000000000000000000000000000000000"

func TestReadOfNothingIsEmpty(t *testing.T) {
	l, err := lock.Read(fstest.MapFS{})
	require.NoError(t, err)
	require.Empty(t, l.Images)
}

func TestParseIsTheInverseOfMarshal(t *testing.T) {
	l := &lock.Lock{Version: 1, Images: map[string]lock.Image{
		"ghcr.io/a/b:1": {Digest: digest, Platforms: []string{"linux/amd64", "linux/arm/v7", "linux/arm/v6", "windows/arm64"}, Provenance: lock.Declared, Evidence: []string{"a <b>"}},
		"ghcr.io/a/c:1": {Digest: digest, Platforms: []string{"linux/arm64"}, Provenance: lock.Registry, Seen: "2026-11-21"},
	}}
	b, err := l.Marshal()
	require.NoError(t, err)
	again, err := lock.Parse(b)
	require.NoError(t, err)
	require.Equal(t, l, again)
	require.Equal(t, []string{"amd64", "arm"}, l.Images["ghcr.io/a/b:1"].Arches())
}

func TestParseRefuses(t *testing.T) {
	entry := func(ref, rest string) string { return `{"version":1,"images":{"` + ref + `":{` + rest + `}}}` }
	good := `"digest":"` + digest + `","platforms":["linux/arm64"],"provenance":"declared","evidence":["x"]`
	_, err := lock.Parse([]byte(entry("ghcr.io/a/b:1", good)))
	require.NoError(t, err)
	for _, c := range []struct{ name, in, want string }{
		{"another format", `{"version":2}`, "format 2 is not known; this version reads format 1"},
		{"an unknown field", entry("ghcr.io/a/b:1", good+`,"size":1`), `unknown field "images.ghcr.io/a/b:1.size"`},
		{"no registry", entry("b:1", good), `"b:1" is no reference with registry and tag`},
		{"no tag", entry("ghcr.io/a/b", good), "is no reference with registry and tag"},
		{"a short digest", entry("ghcr.io/a/b:1", strings.Replace(good, "000000", "", 1)), "is no digest"},
		{"no platforms", entry("ghcr.io/a/b:1", strings.Replace(good, `"linux/arm64"`, "", 1)), "ghcr.io/a/b:1: no platforms"},
		{"an odd platform", entry("ghcr.io/a/b:1", strings.Replace(good, `linux/arm64`, "arm64", 1)), `"arm64" is no platform: write os/arch or os/arch/variant`},
		{"no evidence", entry("ghcr.io/a/b:1", strings.Replace(good, `["x"]`, "[]", 1)), "provenance declared needs evidence"},
		{"no day", entry("ghcr.io/a/b:1", strings.Replace(good, "declared", "registry", 1)), "provenance registry needs seen, the day"},
		{"a guess", entry("ghcr.io/a/b:1", strings.Replace(good, "declared", "guessed", 1)), `provenance is "guessed", not registry or declared`},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := lock.Parse([]byte(c.in))
			require.ErrorContains(t, err, c.want)
		})
	}
}
