package registry

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/distribution/distribution/v3/configuration"
	_ "github.com/distribution/distribution/v3/registry/auth/htpasswd"
	"github.com/distribution/distribution/v3/registry/auth/token"
	"github.com/distribution/distribution/v3/registry/handlers"
	_ "github.com/distribution/distribution/v3/registry/storage/driver/inmemory"
	"github.com/go-jose/go-jose/v4"
	"github.com/go-jose/go-jose/v4/jwt"
	"github.com/google/go-containerregistry/pkg/authn"
	"github.com/sirupsen/logrus"
	"github.com/stretchr/testify/require"
	"golang.org/x/crypto/bcrypt"

	"stillsuit.dev/sources/registry"
)

const user, password = "someone", "canary-77aa"

// server is a Distribution registry on loopback.
type server struct {
	*httptest.Server
	host string

	mu    sync.Mutex
	asked []string
	// before may answer instead of the registry.
	before func(w http.ResponseWriter, r *http.Request) (done bool)
}

// start runs a registry. auth is empty, "htpasswd" or "token".
func start(t *testing.T, auth string) *server {
	t.Helper()
	logrus.SetOutput(io.Discard)
	s := &server{}
	s.Server = httptest.NewUnstartedServer(nil)
	s.host = s.Listener.Addr().String()
	config := &configuration.Configuration{
		Version: "0.1",
		Storage: configuration.Storage{"inmemory": configuration.Parameters{}, "delete": configuration.Parameters{"enabled": true}},
	}
	config.HTTP.Secret = "of a test"
	config.Validation.Manifests.Indexes.Platforms = "none" // attestations are of no platform
	mux := http.NewServeMux()
	switch auth {
	case "htpasswd":
		config.Auth = configuration.Auth{"htpasswd": {"realm": "x", "path": htpasswd(t)}}
	case "token":
		issue, keys := issuer(t)
		mux.HandleFunc("/token", issue)
		config.Auth = configuration.Auth{"token": {"realm": "http://" + s.host + "/token", "service": "x", "issuer": "x", "jwks": keys}}
	}
	ctx, stop := context.WithCancel(context.Background())
	mux.Handle("/", handlers.NewApp(ctx, config))
	s.Config.Handler = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.mu.Lock()
		s.asked = append(s.asked, r.Method+" "+r.URL.Path)
		before := s.before
		s.mu.Unlock()
		if before == nil || !before(w, r) {
			mux.ServeHTTP(w, r)
		}
	})
	s.Start()
	t.Cleanup(func() { s.Close(); stop() })
	return s
}

// forget returns what was asked since the last call.
func (s *server) forget() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	asked := s.asked
	s.asked = nil
	return asked
}

func (s *server) answer(before func(w http.ResponseWriter, r *http.Request) bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.before = before
}

// keychain has one name and password.
type keychain authn.AuthConfig

func (k keychain) Resolve(authn.Resource) (authn.Authenticator, error) {
	return authn.FromConfig(authn.AuthConfig(k)), nil
}

// client asks the server with a password, and does not wait.
func client(t *testing.T, s *server, password string) *registry.Client {
	t.Helper()
	c, err := registry.New(&registry.Options{Private: []string{"http://" + s.host}, Keychain: keychain{Username: user, Password: password},
		Wait: func(ctx context.Context, _ time.Duration) error { return ctx.Err() }})
	require.NoError(t, err)
	return c
}

func htpasswd(t *testing.T) string {
	t.Helper()
	hash, err := bcrypt.GenerateFromPassword([]byte(password), bcrypt.MinCost)
	require.NoError(t, err)
	file := filepath.Join(t.TempDir(), "htpasswd")
	require.NoError(t, os.WriteFile(file, fmt.Appendf(nil, "%s:%s\n", user, hash), 0o600))
	return file
}

// issuer is a token server for whoever has the password, and the file with its key.
func issuer(t *testing.T) (issue http.HandlerFunc, keys string) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	require.NoError(t, err)
	set, err := json.Marshal(jose.JSONWebKeySet{Keys: []jose.JSONWebKey{{Key: key.Public(), KeyID: "one", Algorithm: string(jose.ES256)}}})
	require.NoError(t, err)
	keys = filepath.Join(t.TempDir(), "jwks.json")
	require.NoError(t, os.WriteFile(keys, set, 0o600))
	signer, err := jose.NewSigner(jose.SigningKey{Algorithm: jose.ES256, Key: key}, (&jose.SignerOptions{}).WithType("JWT").WithHeader("kid", "one"))
	require.NoError(t, err)
	return func(w http.ResponseWriter, r *http.Request) {
		if name, given, _ := r.BasicAuth(); name != user || given != password {
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		claims := token.ClaimSet{Issuer: "x", Audience: token.AudienceList{"x"}, Expiration: time.Now().Add(time.Hour).Unix()}
		for _, scope := range r.URL.Query()["scope"] {
			if parts := strings.Split(scope, ":"); len(parts) == 3 {
				claims.Access = append(claims.Access, &token.ResourceActions{Type: parts[0], Name: parts[1], Actions: strings.Split(parts[2], ",")})
			}
		}
		signed, err := jwt.Signed(signer).Claims(claims).Serialize()
		if err == nil {
			err = json.NewEncoder(w).Encode(map[string]string{"token": signed})
		}
		if err != nil {
			panic(err)
		}
	}, keys
}
