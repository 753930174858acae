package registry

import (
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-containerregistry/pkg/authn"
	"github.com/google/go-containerregistry/pkg/name"
	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/empty"
	"github.com/google/go-containerregistry/pkg/v1/mutate"
	"github.com/google/go-containerregistry/pkg/v1/random"
	"github.com/google/go-containerregistry/pkg/v1/remote"
	"github.com/google/go-containerregistry/pkg/v1/types"
	"github.com/stretchr/testify/require"

	"stillsuit.dev/generator/image"
	"stillsuit.dev/sources/registry"
)

func built(t *testing.T, p v1.Platform) v1.Image {
	t.Helper()
	image, err := random.Image(1000, 2)
	require.NoError(t, err)
	config, err := image.ConfigFile()
	require.NoError(t, err)
	config.OS, config.Architecture, config.Variant = p.OS, p.Architecture, p.Variant
	image, err = mutate.ConfigFile(image, config)
	require.NoError(t, err)
	return image
}

// index has images for arm64 and arm, and the attestation of one.
func index(t *testing.T, form types.MediaType) v1.ImageIndex {
	t.Helper()
	i := mutate.IndexMediaType(empty.Index, form)
	for _, p := range []v1.Platform{{OS: "linux", Architecture: "arm64", Variant: "v8"}, {OS: "linux", Architecture: "arm", Variant: "v7"}, {OS: "unknown", Architecture: "unknown"}} {
		add := mutate.IndexAddendum{Add: built(t, p), Descriptor: v1.Descriptor{Platform: &p}}
		if p.OS == "unknown" {
			add.Annotations = map[string]string{"vnd.docker.reference.type": "attestation-manifest"}
		}
		i = mutate.AppendManifests(i, add)
	}
	return i
}

func push(t *testing.T, s *server, path string, what any) string {
	t.Helper()
	ref, err := name.ParseReference(s.host + "/" + path)
	require.NoError(t, err)
	auth := remote.WithAuth(&authn.Basic{Username: user, Password: password})
	var digest v1.Hash
	switch what := what.(type) {
	case v1.Image:
		require.NoError(t, remote.Write(ref, what, auth))
		digest, err = what.Digest()
	case v1.ImageIndex:
		require.NoError(t, remote.WriteIndex(ref, what, auth))
		digest, err = what.Digest()
	}
	require.NoError(t, err)
	s.forget()
	return digest.String()
}

func TestResolve(t *testing.T) {
	for _, auth := range []string{"", "htpasswd", "token"} {
		s := start(t, auth)
		for _, form := range []types.MediaType{types.OCIImageIndex, types.DockerManifestList} {
			want := push(t, s, "a/b:1", index(t, form))
			c := client(t, s, password)
			got, err := c.Resolve(t.Context(), reference(t, s.host+"/a/b:1"), &registry.Want{Sizes: true})
			require.NoError(t, err, auth)
			require.Equal(t, want, got.Digest)
			require.Equal(t, []string{"linux/arm/v7", "linux/arm64"}, got.Platforms)
			require.Len(t, got.Manifests, 2)
			require.Greater(t, got.Sizes["linux/arm64"], int64(2000))
			s.forget()

			same, err := c.Resolve(t.Context(), reference(t, s.host+"/a/b:1"), &registry.Want{Known: want})
			require.NoError(t, err)
			require.Equal(t, &registry.Image{Digest: want}, same)
			require.Equal(t, []string{"HEAD /v2/a/b/manifests/1"}, s.forget())

			again := push(t, s, "a/b:1", index(t, form))
			moved, err := c.Resolve(t.Context(), reference(t, s.host+"/a/b:1"), &registry.Want{Known: want})
			require.NoError(t, err)
			require.Equal(t, again, moved.Digest)
			require.Len(t, s.forget(), 2)
			_, err = c.Resolve(t.Context(), reference(t, s.host+"/a/b:1@"+want), nil)
			require.NoError(t, err)
		}
		single := push(t, s, "a/c:1", built(t, v1.Platform{OS: "linux", Architecture: "arm64"}))
		c := client(t, s, password)
		got, err := c.Resolve(t.Context(), reference(t, s.host+"/a/c:1"), nil)
		require.NoError(t, err)
		require.Equal(t, map[string]string{"linux/arm64": single}, got.Manifests)

		_, err = c.Resolve(t.Context(), reference(t, s.host+"/a/c:2"), nil)
		var missing *registry.MissingError
		require.ErrorAs(t, err, &missing)
		require.Equal(t, "MANIFEST_UNKNOWN", missing.Code)
	}
}

// Wrong credentials are no answer, and an image is not missing for it.
func TestWrongCredentials(t *testing.T) {
	for _, auth := range []string{"htpasswd", "token"} {
		s := start(t, auth)
		push(t, s, "a/b:1", index(t, types.OCIImageIndex))
		_, err := client(t, s, "wrong").Resolve(t.Context(), reference(t, s.host+"/a/b:1"), nil)
		var unanswered *registry.UnansweredError
		require.ErrorAs(t, err, &unanswered, auth)
		require.Contains(t, err.Error(), "answers 401")
		require.NotContains(t, err.Error(), "wrong")
	}
}

// The registry stumbles once; the client asks again.
func TestTroubles(t *testing.T) {
	for name, trouble := range map[string]http.HandlerFunc{
		"too often": func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Retry-After", "1")
			w.WriteHeader(http.StatusTooManyRequests)
		},
		"busy": func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusServiceUnavailable) },
		"cut": func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Length", "1000")
			if _, err := w.Write([]byte("{")); err != nil {
				panic(err)
			}
			panic(http.ErrAbortHandler)
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := start(t, "")
			want := push(t, s, "a/b:1", index(t, types.OCIImageIndex))
			stumbled := false
			s.answer(func(w http.ResponseWriter, r *http.Request) bool {
				if stumbled || !strings.Contains(r.URL.Path, "/manifests/") {
					return false
				}
				stumbled = true
				trouble(w, r)
				return true
			})
			got, err := client(t, s, password).Resolve(t.Context(), reference(t, s.host+"/a/b:1"), nil)
			require.NoError(t, err)
			require.Equal(t, want, got.Digest)
			require.Len(t, s.forget(), 3)
		})
	}
}

// Without an answer nothing is known.
func TestNoAnswer(t *testing.T) {
	s := start(t, "")
	push(t, s, "a/b:1", index(t, types.OCIImageIndex))
	s.answer(func(w http.ResponseWriter, r *http.Request) bool {
		w.WriteHeader(http.StatusNotImplemented)
		return true
	})
	_, err := client(t, s, password).Resolve(t.Context(), reference(t, s.host+"/a/b:1"), nil)
	var missing *registry.MissingError
	require.NotErrorAs(t, err, &missing)
	require.ErrorContains(t, err, "the registry answers 501")
}

// reference reads a reference of a test.
func reference(t *testing.T, written string) image.Reference {
	t.Helper()
	r, err := image.ParseFull(written)
	require.NoError(t, err)
	return r
}
