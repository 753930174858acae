package registry

import (
	"context"
	"crypto/x509"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"stillsuit.dev/generator/image"

	"github.com/google/go-containerregistry/pkg/authn"
	"github.com/google/go-containerregistry/pkg/name"
	"github.com/google/go-containerregistry/pkg/registry"
	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/empty"
	"github.com/google/go-containerregistry/pkg/v1/mutate"
	"github.com/google/go-containerregistry/pkg/v1/random"
	"github.com/google/go-containerregistry/pkg/v1/remote"
	"github.com/google/go-containerregistry/pkg/v1/types"
	"github.com/stretchr/testify/require"
)

// server is a registry on loopback, with what it was asked for.
type server struct {
	*httptest.Server
	host string

	mu    sync.Mutex
	asked []string // "GET /v2/"
	sent  []string // credentials that arrived, decoded
	// before, when set, may answer instead of the registry.
	before func(w http.ResponseWriter, r *http.Request) (done bool)
}

// start runs a registry; a nil handler means go-containerregistry's own.
func start(t *testing.T, handler http.Handler, tls bool) *server {
	t.Helper()
	if handler == nil {
		handler = registry.New(registry.Logger(log.New(io.Discard, "", 0)))
	}
	s := &server{}
	serve := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.mu.Lock()
		s.asked = append(s.asked, r.Method+" "+r.URL.Path)
		s.sent = append(s.sent, credentials(r)...)
		before := s.before
		s.mu.Unlock()
		if before == nil || !before(w, r) {
			handler.ServeHTTP(w, r)
		}
	})
	if tls {
		s.Server = httptest.NewTLSServer(serve)
	} else {
		s.Server = httptest.NewServer(serve)
	}
	s.Config.ErrorLog = log.New(io.Discard, "", 0)
	t.Cleanup(s.Close)
	u, err := url.Parse(s.URL)
	require.NoError(t, err)
	s.host = u.Host
	return s
}

// credentials are what a request carries of them.
func credentials(r *http.Request) []string {
	var all []string
	if value := r.Header.Get("Authorization"); value != "" {
		_, password, ok := r.BasicAuth()
		if ok {
			value = password
		}
		all = append(all, value)
	}
	if r.Method == http.MethodPost && strings.HasPrefix(r.Header.Get("Content-Type"), "application/x-www-form-urlencoded") {
		body, err := io.ReadAll(r.Body)
		if err != nil || len(body) > 0 {
			all = append(all, string(body))
		}
	}
	return all
}

// forget returns what was asked since the last call.
func (s *server) forget() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	asked := s.asked
	s.asked = nil
	return asked
}

func (s *server) stole() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.sent
}

// answer sets what comes before the registry.
func (s *server) answer(before func(w http.ResponseWriter, r *http.Request) bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.before = before
}

// private is the server as an entry of Options.Private.
func (s *server) private() string {
	if s.TLS != nil {
		return s.host
	}
	return "http://" + s.host
}

// keychain has the same credentials for everybody.
type keychain authn.AuthConfig

func (k keychain) Resolve(authn.Resource) (authn.Authenticator, error) {
	return authn.FromConfig(authn.AuthConfig(k)), nil
}

// client asks the servers, waits for nothing and has no credentials but those given.
func client(t *testing.T, credentials authn.AuthConfig, servers ...*server) *Client {
	t.Helper()
	opts := &Options{Keychain: keychain(credentials), Wait: func(ctx context.Context, _ time.Duration) error { return ctx.Err() }}
	pool := x509.NewCertPool()
	for _, s := range servers {
		opts.Private = append(opts.Private, s.private())
		if s.TLS != nil {
			pool.AddCert(s.Certificate())
		}
	}
	c, err := New(opts)
	require.NoError(t, err)
	c.wire.TLSClientConfig.RootCAs = pool
	t.Cleanup(c.wire.CloseIdleConnections)
	return c
}

func (s *server) ref(t *testing.T, path string) name.Reference {
	t.Helper()
	ref, err := name.ParseReference(s.host+"/"+path, name.Insecure)
	require.NoError(t, err)
	return ref
}

// built is an image for a platform.
func built(t *testing.T, p v1.Platform) v1.Image {
	t.Helper()
	image, err := random.Image(100, 2)
	require.NoError(t, err)
	config, err := image.ConfigFile()
	require.NoError(t, err)
	config.OS, config.Architecture, config.Variant = p.OS, p.Architecture, p.Variant
	image, err = mutate.ConfigFile(image, config)
	require.NoError(t, err)
	return image
}

// index is an index of images for platforms, with an attestation of the first.
func index(t *testing.T, form types.MediaType, platforms ...v1.Platform) v1.ImageIndex {
	t.Helper()
	index := mutate.IndexMediaType(empty.Index, form)
	for _, p := range platforms {
		index = mutate.AppendManifests(index, mutate.IndexAddendum{Add: built(t, p), Descriptor: v1.Descriptor{Platform: &p}})
	}
	return mutate.AppendManifests(index, mutate.IndexAddendum{Add: built(t, v1.Platform{}), Descriptor: v1.Descriptor{
		Platform:    &v1.Platform{OS: "unknown", Architecture: "unknown"},
		Annotations: map[string]string{"vnd.docker.reference.type": "attestation-manifest"},
	}})
}

func digestOf(t *testing.T, of interface{ Digest() (v1.Hash, error) }) string {
	t.Helper()
	d, err := of.Digest()
	require.NoError(t, err)
	return d.String()
}

func pushIndex(t *testing.T, s *server, path string, i v1.ImageIndex) {
	t.Helper()
	require.NoError(t, remote.WriteIndex(s.ref(t, path), i, remote.WithTransport(s.Client().Transport)))
	s.forget()
}

func push(t *testing.T, s *server, path string, i v1.Image) {
	t.Helper()
	require.NoError(t, remote.Write(s.ref(t, path), i, remote.WithTransport(s.Client().Transport)))
	s.forget()
}

// reference reads a reference of a test.
func reference(t testing.TB, written string) image.Reference {
	t.Helper()
	r, err := image.ParseFull(written)
	require.NoError(t, err)
	return r
}
