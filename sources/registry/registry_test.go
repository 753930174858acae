package registry

import (
	"context"
	"net/http"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-containerregistry/pkg/authn"
	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/mutate"
	"github.com/google/go-containerregistry/pkg/v1/partial"
	"github.com/google/go-containerregistry/pkg/v1/types"
	"github.com/stretchr/testify/require"
	"stillsuit.dev/generator/image"
)

var arm64, armv6, amd64 = v1.Platform{OS: "linux", Architecture: "arm64", Variant: "v8"}, v1.Platform{OS: "linux", Architecture: "arm", Variant: "v6"}, v1.Platform{OS: "linux", Architecture: "amd64"}

func TestResolveAnIndex(t *testing.T) {
	for _, form := range []types.MediaType{types.OCIImageIndex, types.DockerManifestList} {
		s := start(t, nil, false)
		i := index(t, form, arm64, armv6, amd64)
		pushIndex(t, s, "a/b:1", i)
		c := client(t, authn.AuthConfig{}, s)
		got, err := c.Resolve(t.Context(), reference(t, s.host+"/a/b:1"), nil)
		require.NoError(t, err)
		require.Equal(t, []string{"GET /v2/", "GET /v2/a/b/manifests/1"}, s.forget())
		require.Equal(t, digestOf(t, i), got.Digest)
		require.Equal(t, []string{"linux/amd64", "linux/arm/v6", "linux/arm64"}, got.Platforms)
		m, err := i.IndexManifest()
		require.NoError(t, err)
		require.Equal(t, map[string]string{
			"linux/arm64": m.Manifests[0].Digest.String(), "linux/arm/v6": m.Manifests[1].Digest.String(), "linux/amd64": m.Manifests[2].Digest.String(),
		}, got.Manifests)
		require.Nil(t, got.Sizes)

		// The digest is known: one request more, without a body.
		known, err := c.Resolve(t.Context(), reference(t, s.host+"/a/b:1"), &Want{Known: got.Digest})
		require.NoError(t, err)
		require.Equal(t, &Image{Digest: got.Digest}, known)
		require.Equal(t, []string{"HEAD /v2/a/b/manifests/1"}, s.forget())
		require.Equal(t, int64(3), c.Requests())

		// The tag is pushed again; the old digest stays.
		pushIndex(t, s, "a/b:1", index(t, form, amd64))
		moved, err := c.Resolve(t.Context(), reference(t, s.host+"/a/b:1"), &Want{Known: got.Digest})
		require.NoError(t, err)
		require.Equal(t, []string{"linux/amd64"}, moved.Platforms)
		require.NotEqual(t, got.Digest, moved.Digest)
		require.Equal(t, []string{"HEAD /v2/a/b/manifests/1", "GET /v2/a/b/manifests/1"}, s.forget())
		old, err := c.Resolve(t.Context(), reference(t, s.host+"/a/b:1@"+got.Digest), nil)
		require.NoError(t, err)
		require.Equal(t, got, old)
	}
}

func TestResolveSizes(t *testing.T) {
	s := start(t, nil, false)
	i := index(t, types.OCIImageIndex, arm64, amd64)
	pushIndex(t, s, "a/b:1", i)
	c := client(t, authn.AuthConfig{}, s)
	got, err := c.Resolve(t.Context(), reference(t, s.host+"/a/b:1"), &Want{Sizes: true})
	require.NoError(t, err)
	want := map[string]int64{}
	images, err := partial.FindImages(i, func(d v1.Descriptor) bool { return d.Platform.OS == "linux" })
	require.NoError(t, err)
	for _, image := range images {
		m, err := image.Manifest()
		require.NoError(t, err)
		config, err := image.ConfigFile()
		require.NoError(t, err)
		want["linux/"+config.Architecture] = m.Config.Size + m.Layers[0].Size + m.Layers[1].Size
	}
	require.Len(t, want, 2)
	require.Equal(t, want, got.Sizes)
	require.Len(t, s.forget(), 4) // the registry, the index, two manifests
}

func TestResolveASingleManifest(t *testing.T) {
	s := start(t, nil, false)
	for _, form := range []types.MediaType{types.OCIManifestSchema1, types.DockerManifestSchema2} {
		image := mutate.MediaType(built(t, armv6), form)
		push(t, s, "a/b:1", image)
		got, err := client(t, authn.AuthConfig{}, s).Resolve(t.Context(), reference(t, s.host+"/a/b:1"), &Want{Sizes: true})
		require.NoError(t, err)
		size, err := image.Size()
		require.NoError(t, err)
		m, err := image.Manifest()
		require.NoError(t, err)
		for _, layer := range append(m.Layers, m.Config) {
			size += layer.Size
		}
		own, err := image.Size() // of the manifest, which is not counted
		require.NoError(t, err)
		require.Equal(t, &Image{
			Digest: digestOf(t, image), Platforms: []string{"linux/arm/v6"},
			Manifests: map[string]string{"linux/arm/v6": digestOf(t, image)}, Sizes: map[string]int64{"linux/arm/v6": size - own},
		}, got)
		require.Len(t, s.forget(), 3) // the registry, the manifest, the config
	}
}

func TestResolveSaysNo(t *testing.T) {
	s := start(t, nil, false)
	push(t, s, "a/chart:1", mutate.ConfigMediaType(mutate.MediaType(built(t, amd64), types.OCIManifestSchema1), "application/vnd.cncf.helm.config.v1+json"))
	push(t, s, "a/nothing:1", built(t, v1.Platform{}))
	pushIndex(t, s, "a/empty:1", index(t, types.OCIImageIndex))
	nested := mutate.AppendManifests(index(t, types.OCIImageIndex, amd64), mutate.IndexAddendum{Add: index(t, types.OCIImageIndex, arm64)})
	pushIndex(t, s, "a/nested:1", nested)
	c := client(t, authn.AuthConfig{}, s)
	for path, want := range map[string]string{
		"a/chart:1":   `it is no image, but "application/vnd.cncf.helm.config.v1+json"`,
		"a/nothing:1": "its config names no platform",
		"a/empty:1":   "its index has no image with a platform",
		"a/nested:1":  "it has an index within an index, which nodes do not resolve alike",
	} {
		_, err := c.Resolve(t.Context(), reference(t, s.host+"/"+path), &Want{Sizes: true})
		var unfit *UnfitError
		require.ErrorAs(t, err, &unfit, path)
		require.Equal(t, s.host+"/"+path+": "+want, err.Error())
	}
	for path, code := range map[string]string{"a/chart:2": "MANIFEST_UNKNOWN", "a/none:1": "NAME_UNKNOWN"} {
		for _, known := range []string{"", "sha256:" + strings.Repeat("0", 64)} {
			_, err := c.Resolve(t.Context(), reference(t, s.host+"/"+path), &Want{Known: known})
			var gone *MissingError
			require.ErrorAs(t, err, &gone, path)
			require.Equal(t, &MissingError{s.host + "/" + path, code}, gone)
		}
	}
	for _, ref := range []image.Reference{{Repository: "a/b", Tag: "1"}, {Repository: "example.com/b"}, {Repository: "example.com/B", Tag: "1"}, {}} {
		_, err := c.Resolve(t.Context(), ref, nil)
		require.ErrorContains(t, err, "is no reference with registry, path and tag", ref)
	}
}

// Only the registry's own code says that an image is missing.
func TestNoAnswerIsNotMissing(t *testing.T) {
	for name, c := range map[string]struct {
		status     int
		body, want string
	}{
		"a page":        {404, "<html>not found</html>", "the registry answers 404"},
		"no body":       {404, "", "the registry answers 404"},
		"another code":  {404, `{"errors":[{"code":"UNSUPPORTED"}]}`, "the registry answers 404 UNSUPPORTED"},
		"busy":          {503, `{"errors":[{"code":"MANIFEST_UNKNOWN"}]}`, "the registry answers 503 MANIFEST_UNKNOWN"},
		"too often":     {429, `{"errors":[{"code":"TOOMANYREQUESTS","message":"\u001b]52;c;x\u0007"}]}`, "the registry answers 429 TOOMANYREQUESTS: it wants to be asked less often"},
		"private":       {403, `{"errors":[{"code":"DENIED"}]}`, "the registry answers 403 DENIED: there is no such repository, or it is not open to the credentials here"},
		"gone, perhaps": {410, `{}`, "the registry answers 410"},
		"nothing known": {200, "", `it is no image, but "text/plain; charset=utf-8"`},
	} {
		s := start(t, nil, false)
		s.answer(func(w http.ResponseWriter, r *http.Request) bool {
			if !strings.Contains(r.URL.Path, "/manifests/") {
				return false
			}
			w.Header().Set("Content-Type", "text/plain; charset=utf-8")
			w.WriteHeader(c.status)
			_, err := w.Write([]byte(c.body))
			return err == nil
		})
		_, err := client(t, authn.AuthConfig{}, s).Resolve(t.Context(), reference(t, s.host+"/a/b:1"), nil)
		var gone *MissingError
		require.NotErrorAs(t, err, &gone, name)
		require.EqualError(t, err, s.host+"/a/b:1: "+c.want, name)
	}
}

// At most four references of a registry are asked for at a time, and eight in
// all: as many arrive, and none more while those are not answered.
func TestLimits(t *testing.T) {
	arrived, goOn := make(chan string), make(chan bool)
	var servers []*server
	for range 3 {
		s := start(t, nil, false)
		pushIndex(t, s, "a/b:1", index(t, types.OCIImageIndex, amd64))
		s.answer(func(_ http.ResponseWriter, r *http.Request) bool {
			if strings.Contains(r.URL.Path, "/manifests/") {
				arrived <- s.host
				<-goOn
			}
			return false
		})
		servers = append(servers, s)
	}
	c := client(t, authn.AuthConfig{}, servers...)
	var wg sync.WaitGroup
	results := make(chan error, 30)
	for i := range 30 {
		wg.Go(func() {
			_, err := c.Resolve(t.Context(), reference(t, servers[i%3].host+"/a/b:1"), nil)
			results <- err
		})
	}
	running := map[string]int{}
	for range overall {
		host := <-arrived
		running[host]++
		require.LessOrEqual(t, running[host], perHost)
	}
	require.Len(t, c.limits.all, overall)
	select {
	case host := <-arrived:
		t.Fatalf("a ninth request, to %s", host)
	default:
	}
	for range 30 - overall { // one ends, one begins
		goOn <- true
		<-arrived
	}
	for range overall {
		goOn <- true
	}
	wg.Wait()
	for range 30 {
		require.NoError(t, <-results)
	}
}

func TestACancelledClientAsksNobody(t *testing.T) {
	s := start(t, nil, false)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := client(t, authn.AuthConfig{}, s).Resolve(ctx, reference(t, s.host+"/a/b:1"), nil)
	require.ErrorIs(t, err, context.Canceled)
	require.Empty(t, s.forget())
}

// A registry that does not answer HEAD as it should is asked with GET.
func TestHeadIsNotNeeded(t *testing.T) {
	for _, status := range []int{http.StatusOK, http.StatusMethodNotAllowed, http.StatusNotFound} {
		s := start(t, nil, false)
		i := index(t, types.OCIImageIndex, amd64)
		pushIndex(t, s, "a/b:1", i)
		s.answer(func(w http.ResponseWriter, r *http.Request) bool {
			if r.Method == http.MethodHead {
				w.WriteHeader(status)
			}
			return r.Method == http.MethodHead
		})
		got, err := client(t, authn.AuthConfig{}, s).Resolve(t.Context(), reference(t, s.host+"/a/b:1"), &Want{Known: digestOf(t, i)})
		require.NoError(t, err)
		require.Equal(t, []string{"linux/amd64"}, got.Platforms)
	}
}
