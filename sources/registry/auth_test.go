package registry

import (
	"fmt"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-containerregistry/pkg/authn"
	"github.com/google/go-containerregistry/pkg/v1/types"
	"github.com/stretchr/testify/require"
)

// locked makes a registry ask for a name and password, or for a token that the
// same host gives for them.
func locked(s *server, scheme string) func(w http.ResponseWriter, r *http.Request) bool {
	return func(w http.ResponseWriter, r *http.Request) bool {
		_, given, _ := r.BasicAuth()
		switch {
		case scheme == "Basic" && given == password, r.Header.Get("Authorization") == "Bearer token-1":
			return false
		case r.URL.Path == "/token" && r.URL.Query().Get("scope") == "repository:a/b:pull" && given == password:
			once(`{"access_token":"token-1"}`)(w)
			return true
		case r.URL.Path == "/token":
			w.WriteHeader(http.StatusForbidden)
			return true
		}
		challenge := `Basic realm="x"`
		if scheme == "Bearer" {
			challenge = fmt.Sprintf(`Bearer realm="%s/token",service="x"`, s.URL)
		}
		w.Header().Set("WWW-Authenticate", challenge)
		w.WriteHeader(http.StatusUnauthorized)
		return true
	}
}

func TestLogin(t *testing.T) {
	for _, tls := range []bool{false, true} {
		for _, scheme := range []string{"Basic", "Bearer"} {
			s := start(t, nil, tls)
			i := index(t, types.OCIImageIndex, amd64)
			pushIndex(t, s, "a/b:1", i)
			pushIndex(t, s, "a/b:2", i)
			s.answer(locked(s, scheme))
			c := client(t, basic(), s)
			for _, tag := range []string{"1", "2"} {
				got, err := c.Resolve(t.Context(), reference(t, s.host+"/a/b:"+tag), nil)
				require.NoError(t, err)
				require.Equal(t, digestOf(t, i), got.Digest)
			}
			want := []string{"GET /v2/", "GET /v2/a/b/manifests/1", "GET /v2/a/b/manifests/2"}
			if scheme == "Bearer" { // a token, once for each repository
				want = []string{"GET /v2/", "GET /token", "GET /v2/a/b/manifests/1", "GET /v2/a/b/manifests/2"}
			}
			require.Equal(t, want, s.forget())

			_, err := client(t, authn.AuthConfig{Username: "someone", Password: "wrong"}, s).Resolve(t.Context(), reference(t, s.host+"/a/b:1"), nil)
			who := map[string]string{"Basic": "the registry answers 401", "Bearer": "its token server answers 403"}[scheme]
			require.EqualError(t, err, s.host+"/a/b:1: "+who+": there is no such repository, or it is not open to the credentials here")
		}
	}
}

// The credentials are those that docker login keeps.
func TestDockersCredentials(t *testing.T) {
	s := start(t, nil, false)
	pushIndex(t, s, "a/b:1", index(t, types.OCIImageIndex, amd64))
	s.answer(locked(s, "Basic"))
	dir := t.TempDir()
	t.Setenv("HOME", dir)
	t.Setenv("DOCKER_CONFIG", filepath.Join(dir, ".docker"))
	require.NoError(t, os.Mkdir(filepath.Join(dir, ".docker"), 0o700))
	config := fmt.Sprintf(`{"auths":{%q:{"username":"someone","password":%q}}}`, s.host, password)
	require.NoError(t, os.WriteFile(filepath.Join(dir, ".docker", "config.json"), []byte(config), 0o600))
	c, err := New(&Options{Private: []string{s.private()}})
	require.NoError(t, err)
	_, err = c.Resolve(t.Context(), reference(t, s.host+"/a/b:1"), nil)
	require.NoError(t, err)
}

func TestSameSite(t *testing.T) {
	for _, c := range []struct {
		realm, host string
		want        bool
	}{
		{"https://auth.docker.io/token", "index.docker.io:443", true},
		{"https://gitlab.com/jwt/auth", "registry.gitlab.com:443", true},
		{"https://AUTH.docker.io./token", "index.docker.io:443", false},
		{"https://auth.docker.io/token", "ghcr.io:443", false},
		{"https://docker.io.example.com/token", "index.docker.io:443", false},
		{"https://a.github.io/token", "b.github.io:443", false}, // two users of one provider
		{"https://x.co.uk/token", "y.co.uk:443", false},
		{"https://192.168.1.2/token", "192.168.1.2:5000", false},
		{"https://1.2.3.4/token", "9.2.3.4:443", false},
		{"https://registry/token", "registry:5000", false},
		{"https://auth.attic.example/token", "registry.attic.example:5000", true},
	} {
		u, err := url.Parse(c.realm)
		require.NoError(t, err)
		require.Equal(t, c.want, sameSite(u, c.host), c.realm)
	}
}
