package registry

import (
	"fmt"
	"io"
	"log"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-containerregistry/pkg/authn"
	"github.com/google/go-containerregistry/pkg/name"
	"github.com/google/go-containerregistry/pkg/registry"
	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/empty"
	"github.com/google/go-containerregistry/pkg/v1/mutate"
	"github.com/google/go-containerregistry/pkg/v1/random"
	"github.com/google/go-containerregistry/pkg/v1/remote"
	"github.com/stretchr/testify/require"
)

// BenchmarkResolve asks for 1 000 references of as many repositories in one
// registry on loopback, and for 1 000 that are locked already.
func BenchmarkResolve(b *testing.B) {
	const references = 1000
	s := httptest.NewServer(registry.New(registry.Logger(log.New(io.Discard, "", 0))))
	b.Cleanup(s.Close)
	host := strings.TrimPrefix(s.URL, "http://")
	index := v1.ImageIndex(empty.Index)
	for _, arch := range []string{"amd64", "arm64"} {
		image, err := random.Image(100, 1)
		require.NoError(b, err)
		index = mutate.AppendManifests(index, mutate.IndexAddendum{Add: image, Descriptor: v1.Descriptor{Platform: &v1.Platform{OS: "linux", Architecture: arch}}})
	}
	digest, err := index.Digest()
	require.NoError(b, err)
	var refs []string
	for i := range references {
		ref, err := name.ParseReference(fmt.Sprintf("%s/a/b%d:1", host, i))
		require.NoError(b, err)
		require.NoError(b, remote.WriteIndex(ref, index))
		refs = append(refs, ref.Name())
	}
	for _, c := range []struct {
		kind string
		want *Want
	}{{"new", nil}, {"known", &Want{Known: digest.String()}}} {
		b.Run(c.kind, func(b *testing.B) {
			b.ReportAllocs()
			var sent int64
			for b.Loop() {
				client, err := New(&Options{Private: []string{"http://" + host}, Keychain: keychain(authn.AuthConfig{})})
				require.NoError(b, err)
				var wg sync.WaitGroup
				failed := make([]error, references)
				for i, ref := range refs {
					wg.Go(func() { _, failed[i] = client.Resolve(b.Context(), reference(b, ref), c.want) })
				}
				wg.Wait()
				for _, err := range failed {
					require.NoError(b, err)
				}
				sent = client.Requests()
				client.wire.CloseIdleConnections()
			}
			b.ReportMetric(float64(sent)/references, "requests/reference")
		})
	}
}
