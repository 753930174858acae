package registry

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-containerregistry/pkg/authn"
	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/types"
	"github.com/stretchr/testify/require"
)

// TestRequests counts what references cost: one request for an index or for a digest
// that is known, two for an image without an index or for a repository that wants a
// token of its own. Each registry is asked once how it wants to be asked.
func TestRequests(t *testing.T) {
	const references = 20
	one := index(t, types.OCIImageIndex, v1.Platform{OS: "linux", Architecture: "arm64"}, v1.Platform{OS: "linux", Architecture: "amd64"})
	single := built(t, v1.Platform{OS: "linux", Architecture: "arm64"})
	s := start(t, nil, false)
	for i := range references {
		pushIndex(t, s, fmt.Sprintf("index/b%d:1", i), one)
		push(t, s, fmt.Sprintf("single/b%d:1", i), single)
	}
	token := func(w http.ResponseWriter, r *http.Request) bool {
		switch {
		case r.URL.Path == "/token":
			_, _ = fmt.Fprint(w, `{"token": "t"}`) // the client says what it got
		case r.Header.Get("Authorization") != "Bearer t":
			w.Header().Set("WWW-Authenticate", fmt.Sprintf(`Bearer realm="http://%s/token",service="x"`, s.host))
			w.WriteHeader(http.StatusUnauthorized)
		default:
			return false
		}
		return true
	}
	for name, c := range map[string]struct {
		path   string
		want   *Want
		before func(http.ResponseWriter, *http.Request) bool
		sent   int
	}{
		"an index":          {"index", nil, nil, 1 + references},
		"a known digest":    {"index", &Want{Known: digestOf(t, one)}, nil, 1 + references},
		"no index":          {"single", nil, nil, 1 + 2*references},
		"tokens":            {"index", nil, token, 1 + 2*references},
		"tokens and no GET": {"index", &Want{Known: digestOf(t, one)}, token, 1 + 2*references},
	} {
		s.answer(c.before)
		s.forget()
		asker := client(t, authn.AuthConfig{}, s)
		for i := range references {
			_, err := asker.Resolve(t.Context(), reference(t, fmt.Sprintf("%s/%s/b%d:1", s.host, c.path, i)), c.want)
			require.NoError(t, err, name)
		}
		sent := s.forget()
		require.Len(t, sent, c.sent, "%s\n%s", name, strings.Join(sent, "\n"))
		require.Equal(t, int64(c.sent), asker.Requests(), name)
	}
}
