package registry

import (
	"context"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-containerregistry/pkg/authn"
	"github.com/google/go-containerregistry/pkg/v1/types"
	"github.com/stretchr/testify/require"
)

// stumbling answers the first requests for manifests with what is given, and
// then as it should.
func stumbling(s *server, times int, how http.HandlerFunc) {
	s.answer(func(w http.ResponseWriter, r *http.Request) bool {
		if times == 0 || !strings.Contains(r.URL.Path, "/manifests/") {
			return false
		}
		times--
		how(w, r)
		return true
	})
}

func fails(code int, after string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		if after != "" {
			w.Header().Set("Retry-After", after)
		}
		w.WriteHeader(code)
	}
}

// cut sends half of a body.
func cut(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Length", "1000")
	once(`{"manifests":`)(w)
	w.(http.Flusher).Flush()
	panic(http.ErrAbortHandler)
}

func reset(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }

func slow(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }

func TestRetry(t *testing.T) {
	for name, c := range map[string]struct {
		times  int
		how    http.HandlerFunc
		waited []time.Duration
		want   string
	}{
		"busy":              {2, fails(503, ""), []time.Duration{time.Second, 2 * time.Second}, ""},
		"too often":         {1, fails(429, "7"), []time.Duration{7 * time.Second}, ""},
		"a shorter wait":    {1, fails(429, "0"), []time.Duration{time.Second}, ""},
		"a negative wait":   {1, fails(429, "-5"), []time.Duration{time.Second}, ""},
		"a past date":       {1, fails(503, "Sun, 06 Nov 1994 08:49:37 GMT"), []time.Duration{time.Second}, ""},
		"not a date":        {1, fails(503, "soon"), []time.Duration{time.Second}, ""},
		"an hour":           {1, fails(429, "3600"), nil, "the registry answers 429: it wants to be asked less often"},
		"forever":           {1, fails(429, "99999999999999"), nil, "the registry answers 429"},
		"busy all day":      {9, fails(500, ""), []time.Duration{1e9, 2e9, 4e9, 8e9}, "the registry answers 500"},
		"a cut connection":  {1, cut, []time.Duration{time.Second}, ""},
		"no answer at all":  {1, reset, []time.Duration{time.Second}, ""},
		"a slow answer":     {1, slow, []time.Duration{time.Second}, ""},
		"nothing to wait":   {1, fails(501, ""), nil, "the registry answers 501"},
		"cut all day":       {9, cut, []time.Duration{1e9, 2e9, 4e9, 8e9}, "the registry does not answer: unexpected EOF"},
		"no such thing":     {1, fails(404, "1"), nil, "the registry answers 404"},
		"a forbidden thing": {1, fails(403, "1"), nil, "the registry answers 403"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := start(t, nil, false)
			i := index(t, types.OCIImageIndex, amd64)
			pushIndex(t, s, "a/b:1", i)
			stumbling(s, c.times, c.how)
			client := client(t, authn.AuthConfig{}, s)
			client.wire.DisableKeepAlives = true // Go sends again by itself on a connection that was idle
			var waited []time.Duration
			patient := client.exchange.timeout
			client.retry.wait = func(_ context.Context, d time.Duration) error {
				waited = append(waited, d)
				client.exchange.timeout = patient // the next answer is not slow, the machine may be
				return nil
			}
			if strings.HasPrefix(name, "a slow") {
				client.exchange.timeout = 50 * time.Millisecond
			}
			got, err := client.Resolve(t.Context(), reference(t, s.host+"/a/b:1"), nil)
			require.Equal(t, c.waited, waited)
			if c.want != "" {
				require.ErrorContains(t, err, c.want)
				return
			}
			require.NoError(t, err)
			require.Equal(t, digestOf(t, i), got.Digest)
		})
	}
}

// A registry that is down is waited for once, not once for each reference.
func TestARegistryThatIsDown(t *testing.T) {
	s := start(t, nil, false)
	s.Close()
	c := client(t, authn.AuthConfig{}, s)
	waits := 0
	c.retry.wait = func(context.Context, time.Duration) error { waits++; return nil }
	for _, ref := range []string{"/a/b:1", "/a/c:1"} {
		_, err := c.Resolve(t.Context(), reference(t, s.host+ref), nil)
		require.ErrorContains(t, err, "the registry does not answer: dial tcp")
	}
	require.Equal(t, tries-1, waits)
}
