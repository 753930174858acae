package registry

import (
	"bytes"
	"context"
	"crypto/sha256"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/google/go-containerregistry/pkg/authn"
	"github.com/google/go-containerregistry/pkg/v1/types"
	"github.com/stretchr/testify/require"

	"stillsuit.dev/generator/lock"
)

// FuzzRegistry: a registry answers every request for a manifest or a blob with the
// same bytes, padded, under some type and digest. What is taken from it has the digest
// of the bytes, is not too large and can be locked, after few requests.
func FuzzRegistry(f *testing.F) {
	zero := fmt.Sprintf("sha256:%064d", 0)
	index := `{"schemaVersion":2,"mediaType":"application/vnd.oci.image.index.v1+json","manifests":[{"mediaType":"application/vnd.oci.image.manifest.v1+json","size":1,"digest":"` + zero + `","platform":{"os":"linux","architecture":"arm64"}}]}`
	nested := strings.Replace(index, "image.manifest", "image.index", 1)
	manifest := `{"schemaVersion":2,"config":{"mediaType":"application/vnd.oci.image.config.v1+json","size":2,"digest":"` + zero + `"},"layers":[]}`
	for kind, body := range []string{index, nested, manifest, `{"os":"linux","architecture":"arm64"}`, strings.Repeat(`{"manifests":[`, 500), "null", ""} {
		f.Add([]byte(body), uint8(kind), uint8(kind), uint32(0))
		f.Add([]byte(body), uint8(0), uint8(0), uint32(maxBody))
	}
	kinds := []types.MediaType{types.OCIImageIndex, types.DockerManifestList, types.OCIManifestSchema1, types.DockerManifestSchema2, types.DockerManifestSchema1, "text/html", ""}
	f.Fuzz(func(t *testing.T, body []byte, kind, digest uint8, padding uint32) {
		body = append(bytes.Clone(body), bytes.Repeat([]byte(" "), int(padding%(maxBody+2)))...)
		right := fmt.Sprintf("sha256:%x", sha256.Sum256(body))
		s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Path == "/v2/" {
				return
			}
			w.Header().Set("Content-Type", string(kinds[int(kind)%len(kinds)]))
			if said := []string{right, zero, "", "sha256:x"}[digest%4]; said != "" {
				w.Header().Set("Docker-Content-Digest", said)
			}
			_, _ = w.Write(body) // the client may have gone
		}))
		defer s.Close()
		host := strings.TrimPrefix(s.URL, "http://")
		c, err := New(&Options{Private: []string{s.URL}, Keychain: keychain(authn.AuthConfig{}), Wait: func(ctx context.Context, _ time.Duration) error { return ctx.Err() }})
		require.NoError(t, err)
		defer c.wire.CloseIdleConnections()
		image, err := c.Resolve(t.Context(), reference(t, host+"/a/b:1"), &Want{Sizes: digest >= 128})
		require.LessOrEqual(t, c.Requests(), int64(1+maxRequests+maxPlatforms))
		if err != nil {
			return
		}
		require.Equal(t, right, image.Digest)
		require.LessOrEqual(t, len(body), maxBody)
		l := &lock.Lock{Version: 1, Images: map[string]lock.Image{"example.com/a:1": {
			Digest: image.Digest, Platforms: image.Platforms, Manifests: image.Manifests, Sizes: image.Sizes, Provenance: lock.Registry, Seen: "2026-11-21",
		}}}
		written, err := l.Marshal()
		require.NoError(t, err)
		_, err = lock.Parse(written)
		require.NoError(t, err)
	})
}
