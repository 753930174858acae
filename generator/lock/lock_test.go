package lock_test

import (
	"strings"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/require"

	"stillsuit.dev/generator/image"
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
		"ghcr.io/a/d:1": {Platforms: []string{"linux/amd64"}, Provenance: lock.Declared, Evidence: []string{"x"}},
		"ghcr.io/a/c:1": {Digest: digest, Platforms: []string{"linux/arm64"}, Provenance: lock.Registry, Seen: "2026-11-21", Users: map[string]string{"linux/arm64": ""},
			Manifests: map[string]string{"linux/arm64": digest}, Sizes: map[string]int64{"linux/arm64": 1 << 40},
			History: []lock.Former{{Digest: digest, Seen: "2026-11-20"}, {Digest: digest}}},
	}}
	b, err := l.Marshal()
	require.NoError(t, err)
	again, err := lock.Parse(b)
	require.NoError(t, err)
	require.Equal(t, l, again)
	for _, mark := range []string{"", "\ufeff"} { // as another system checks it out
		again, err = lock.Parse([]byte(mark + strings.ReplaceAll(string(b), "\n", "\r\n")))
		require.NoError(t, err)
		require.Equal(t, l, again)
	}
	require.Equal(t, []string{"amd64", "arm"}, l.Images["ghcr.io/a/b:1"].Arches())
	require.False(t, l.Images["ghcr.io/a/b:1"].OnePlatform())
	require.True(t, l.Images["ghcr.io/a/c:1"].OnePlatform())
	size, known := l.Images["ghcr.io/a/c:1"].Size("linux/arm64")
	require.True(t, known)
	require.Equal(t, int64(1<<40), size)
	_, known = l.Images["ghcr.io/a/b:1"].Size("linux/amd64")
	require.False(t, known)
}

// Every spelling of an image is the same entry, and the lock is written with one.
func TestSpellings(t *testing.T) {
	l, err := lock.Parse([]byte(`{"version":1,"images":{"Index.Docker.io/traefik:v3.7.11":{"digest":"` + digest + `","platforms":["linux/amd64"],"users":{"linux/amd64":""},"provenance":"declared","evidence":["x"]}}}`))
	require.NoError(t, err)
	for _, written := range []string{"traefik:v3.7.11", "docker.io/traefik:v3.7.11", "docker.io/library/traefik:v3.7.11", "index.docker.io/library/traefik:v3.7.11", "DOCKER.IO/library/traefik:v3.7.11@" + digest, "traefik@" + digest} {
		ref, err := image.Parse(written)
		require.NoError(t, err)
		known, ok := l.Of(ref)
		require.True(t, ok, written)
		user, known1 := known.User("linux/amd64")
		require.True(t, known1)
		require.Empty(t, user)
	}
	for _, written := range []string{"traefik", "traefik:v3.7.12", "ghcr.io/traefik:v3.7.11", "traefik@" + strings.Replace(digest, "0", "1", 1)} {
		ref, err := image.Parse(written)
		require.NoError(t, err)
		_, ok := l.Of(ref)
		require.False(t, ok, written)
	}
	b, err := l.Marshal()
	require.NoError(t, err)
	require.Contains(t, string(b), `"docker.io/library/traefik:v3.7.11": {`)
}

// A version that is not locked is taken to be built for what those before it are.
func TestPresume(t *testing.T) {
	entry := func(platforms ...string) lock.Image { return lock.Image{Platforms: platforms} }
	l := &lock.Lock{Images: map[string]lock.Image{
		"a.io/ml:v3.1.0": entry("linux/amd64", "linux/arm64"), "a.io/ml:v3.1.0-openvino": entry("linux/amd64"), "a.io/ml:v3.0.0-openvino": entry("linux/amd64", "linux/arm64"),
		"a.io/pair:1-arm64": entry("linux/arm64"), "a.io/pair:1-amd64": entry("linux/amd64"),
		"a.io/one:2026.7.4": entry("linux/arm64"),
	}}
	for written, want := range map[string][]string{
		"a.io/ml:v3.2.0": {"amd64", "arm64"}, "a.io/ml:v3.2-openvino": {"amd64"}, "a.io/ml:main": {"amd64"},
		"a.io/pair:2-arm64": {"arm64"}, "a.io/pair:main": nil, "a.io/one:2026.8.1": {"arm64"}, "a.io/one:latest": {"arm64"}, "a.io/new:1": nil,
	} {
		ref, err := image.Parse(written)
		require.NoError(t, err)
		require.ElementsMatch(t, want, l.Presume(ref), written)
	}
}

func TestParseRefuses(t *testing.T) {
	entry := func(ref, rest string) string { return `{"version":1,"images":{"` + ref + `":{` + rest + `}}}` }
	good := `"digest":"` + digest + `","platforms":["linux/arm64"],"provenance":"declared","evidence":["x"]`
	_, err := lock.Parse([]byte(entry("ghcr.io/a/b:1", good)))
	require.NoError(t, err)
	for _, c := range []struct{ name, in, want string }{
		{"another format", `{"version":2}`, "images.lock.json:1: version is 2, and this stillsuit reads version 1"},
		{"an unknown field", entry("ghcr.io/a/b:1", good+`,"size":1`), `unknown field "images.ghcr.io/a/b:1.size"`},
		{"no registry", entry("b:1", good), `"b:1" is no reference with registry and tag`},
		{"no tag", entry("ghcr.io/a/b", good), "is no reference with registry and tag"},
		{"a short digest", entry("ghcr.io/a/b:1", strings.Replace(good, "000000", "", 1)), "is no digest"},
		{"two spellings", `{"version":1,"images":{"docker.io/a:1":{` + good + `},"index.docker.io/library/a:1":{` + good + `}}}`, "docker.io/a:1 and index.docker.io/library/a:1 are the same image"},
		{"capitals", `{"version":1,"images":{"Example.com/a:1":{` + good + `},"example.com/a:1":{` + good + `}}}`, "Example.com/a:1 and example.com/a:1 are the same image"},
		{"a digest in the reference", entry("ghcr.io/a/b:1@"+digest, good), "has a digest, which belongs in the entry"},
		{"no digest of a registry", entry("ghcr.io/a/b:1", `"platforms":["linux/arm64"],"provenance":"registry","seen":"2026-11-21"`), "provenance registry needs the digest"},
		{"a user of nothing", entry("ghcr.io/a/b:1", good+`,"users":{"linux/amd64":"1000"}`), "users has linux/amd64, which is not among its platforms"},
		{"an odd user", entry("ghcr.io/a/b:1", good+`,"users":{"linux/arm64":"a b"}`), `its user for linux/arm64 is "a b"`},
		{"no platforms", entry("ghcr.io/a/b:1", strings.Replace(good, `"linux/arm64"`, "", 1)), "ghcr.io/a/b:1: no platforms"},
		{"an odd platform", entry("ghcr.io/a/b:1", strings.Replace(good, `linux/arm64`, "arm64", 1)), `"arm64" is no platform: write os/arch or os/arch/variant`},
		{"no evidence", entry("ghcr.io/a/b:1", strings.Replace(good, `["x"]`, "[]", 1)), "provenance declared needs evidence"},
		{"no day", entry("ghcr.io/a/b:1", strings.Replace(good, "declared", "registry", 1)), "provenance registry needs seen, the day"},
		{"a manifest of nothing", entry("ghcr.io/a/b:1", good+`,"manifests":{"linux/amd64":"`+digest+`"}`), "ghcr.io/a/b:1: manifests has linux/amd64, which is not among its platforms"},
		{"a short manifest", entry("ghcr.io/a/b:1", good+`,"manifests":{"linux/arm64":"sha256:0"}`), `"sha256:0" is no digest of its manifest for linux/arm64`},
		{"a manifest for two", entry("ghcr.io/a/b:1", strings.Replace(good, `"linux/arm64"`, `"linux/amd64","linux/arm64"`, 1)+`,"manifests":{"linux/arm64":"`+digest+`"}`), "its digest is that of its manifest for linux/arm64, and yet it has 2 platforms"},
		{"a size of nothing", entry("ghcr.io/a/b:1", good+`,"sizes":{"linux/amd64":1}`), "sizes has linux/amd64, which is not among its platforms"},
		{"no size", entry("ghcr.io/a/b:1", good+`,"sizes":{"linux/arm64":0}`), "its size for linux/arm64 is 0 bytes"},
		{"half a byte", entry("ghcr.io/a/b:1", good+`,"sizes":{"linux/arm64":1.5}`), "number 1.5"},
		{"a short former digest", entry("ghcr.io/a/b:1", good+`,"history":[{"digest":"sha256:0"}]`), `"sha256:0" in its history is no digest`},
		{"a former day", entry("ghcr.io/a/b:1", good+`,"history":[{"digest":"`+digest+`","seen":"yesterday"}]`), `seen in its history is "yesterday"`},
		{"a long history", entry("ghcr.io/a/b:1", good+`,"history":[`+strings.Repeat(`{"digest":"`+digest+`"},`, 10)+`{"digest":"`+digest+`"}]`), "its history has 11 digests; 10 are kept"},
		{"an odd day", entry("ghcr.io/a/b:1", strings.Replace(good, "declared", "registry", 1)+`,"seen":"today"`), `seen is "today", not a day like 2026-11-21`},
		{"a guess", entry("ghcr.io/a/b:1", strings.Replace(good, "declared", "guessed", 1)), `provenance is "guessed", not registry or declared`},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := lock.Parse([]byte(c.in))
			require.ErrorContains(t, err, c.want)
		})
	}
}

// TestParseNamesTheLine: a broken lock is mended by hand.
func TestParseNamesTheLine(t *testing.T) {
	good := "{\n  \"version\": 1,\n  \"images\": {\n    \"ghcr.io/a/b:1\": {\n      \"digest\": \"" + digest + "\",\n      \"platforms\": [\"linux/arm64\"],\n      \"provenance\": \"declared\",\n      \"evidence\": [\"x\"]\n    },\n    \"ghcr.io/c/d:1\": {\n      \"platforms\": [\"linux/arm64\"],\n      \"provenance\": \"declared\",\n      \"evidence\": [\"x\"]\n    }\n  }\n}\n"
	_, err := lock.Parse([]byte(good))
	require.NoError(t, err)
	for name, c := range map[string]struct{ from, to, want string }{
		"a merge":             {"      \"digest\"", "<<<<<<< HEAD\n      \"digest\"", "images.lock.json:5: this line is a marker of an unresolved merge. Keep the entries of both sides, and remove the markers"},
		"no comma":            {"1,\n", "1\n", "images.lock.json:3: this is no JSON: invalid character '\"' after object key:value pair. Correct it, or take the file from Git and run `stillsuit images lock`"},
		"no end":              {"  }\n}\n", "  }\n", "images.lock.json:16: this is no JSON: unexpected end of JSON input. Correct it, or take the file from Git and run `stillsuit images lock`"},
		"nothing":             {good, "\n", "images.lock.json:1: the file is empty. Remove it, and run `stillsuit images lock`"},
		"a misspelt field":    {"    \"ghcr.io/c/d:1\": {\n      \"platforms\"", "    \"ghcr.io/c/d:1\": {\n      \"platform\"", "images.lock.json:10: ghcr.io/c/d:1: no platforms\nimages.lock.json:11: unknown field \"images.ghcr.io/c/d:1.platform\""},
		"an odd value":        {"\"sha256:", "\"sha25:", "images.lock.json:4: ghcr.io/a/b:1: \"sha25:" + strings.TrimPrefix(digest, "sha256:") + "\" is no digest"},
		"an odd reference":    {"\"ghcr.io/c/d:1\"", "\"c/d\"", "images.lock.json:10: \"c/d\" is no reference with registry and tag: "},
		"another format":      {"1,\n", "3,\n", "images.lock.json:2: version is 3, and this stillsuit reads version 1"},
		"what is none at all": {"{\n  \"v", "version\n  \"v", "images.lock.json:1: this is no JSON"},
	} {
		_, err := lock.Parse([]byte(strings.Replace(good, c.from, c.to, 1)))
		require.ErrorContains(t, err, c.want, name)
	}
}

// FuzzParse: what can be read is written as the same, and read again.
func FuzzParse(f *testing.F) {
	image := `"digest":"` + digest + `","platforms":["linux/arm64"],"manifests":{"linux/arm64":"` + digest + `"},"sizes":{"linux/arm64":1},"users":{"linux/arm64":""},"provenance":"registry","seen":"2026-11-21","history":[{"digest":"` + digest + `"}]`
	f.Add([]byte(`{"version":1,"images":{"ghcr.io/a/b:1":{` + image + `}}}`))
	f.Add([]byte(`{"version":1,"images":{"a:5000/b:1":{` + image + `,"evidence":[""]}}}`))
	f.Add([]byte(`{"version":1,"version":2}`))
	f.Add([]byte(strings.Repeat(`{"images":`, 100)))
	f.Fuzz(func(t *testing.T, b []byte) {
		l, err := lock.Parse(b)
		if err != nil {
			return
		}
		written, err := l.Marshal()
		require.NoError(t, err)
		again, err := lock.Parse(written)
		require.NoError(t, err)
		twice, err := again.Marshal()
		require.NoError(t, err)
		require.Equal(t, string(written), string(twice))
	})
}
