package registry

import (
	"context"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-containerregistry/pkg/authn"
	"github.com/google/go-containerregistry/pkg/v1/types"
	"github.com/stretchr/testify/require"
)

const password = "canary-5f2e"

// stage is what a hostile registry plays on: itself, another server that may be
// connected to and wants credentials, and one that must not be.
type stage struct {
	self, sink, forbidden string // host:port
}

// hostile is a registry that means harm.
type hostile struct {
	tls   bool // the registry itself speaks TLS
	login authn.AuthConfig
	serve func(s stage, w http.ResponseWriter, r *http.Request)
	// want is what the error says.
	want string
}

func basic() authn.AuthConfig {
	return authn.AuthConfig{Username: "someone", Password: password}
}

// realm demands a token from somewhere.
func realm(at func(s stage) string) func(stage, http.ResponseWriter, *http.Request) {
	return func(s stage, w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("WWW-Authenticate", fmt.Sprintf(`Bearer realm=%q,service="x"`, at(s)))
		w.WriteHeader(http.StatusUnauthorized)
	}
}

func fixed(s string) func(stage) string { return func(stage) string { return s } }

// redirect sends requests for paths with part elsewhere; the rest is well.
func redirect(part string, at func(s stage) string) func(stage, http.ResponseWriter, *http.Request) {
	return func(s stage, w http.ResponseWriter, r *http.Request) {
		if strings.Contains(r.URL.Path, part) {
			http.Redirect(w, r, at(s), http.StatusTemporaryRedirect)
		}
	}
}

// manifest answers with a body for every manifest.
func manifest(header http.Header, body func(w http.ResponseWriter)) func(stage, http.ResponseWriter, *http.Request) {
	return func(_ stage, w http.ResponseWriter, r *http.Request) {
		if strings.Contains(r.URL.Path, "/manifests/") {
			w.Header().Set("Content-Type", string(types.OCIImageIndex))
			for k, v := range header {
				w.Header()[k] = v
			}
			body(w)
		}
	}
}

// repeat writes until nobody reads any more.
func repeat(text string) func(w http.ResponseWriter) {
	return func(w http.ResponseWriter) {
		for _, err := w.Write([]byte(text)); err == nil; {
			_, err = w.Write([]byte(text))
		}
	}
}

func once(text string) func(w http.ResponseWriter) {
	return func(w http.ResponseWriter) {
		if _, err := w.Write([]byte(text)); err != nil {
			panic(err)
		}
	}
}

func hostiles() map[string]hostile {
	private := "is not a public address"
	single := fmt.Sprintf(`{"schemaVersion":2,"config":{"mediaType":%q,"size":2,"digest":"sha256:%064d"},"layers":[]}`, types.OCIConfigJSON, 0)
	image := http.Header{"Content-Type": {string(types.OCIManifestSchema1)}}
	return map[string]hostile{
		"realm: cloud metadata":           {serve: realm(fixed("https://169.254.169.254/latest")), want: "gives no token"},
		"realm: cloud metadata by http":   {serve: realm(fixed("http://169.254.169.254/latest")), want: "gives no token"},
		"realm: cloud metadata, mapped":   {serve: realm(fixed("https://[::ffff:169.254.169.254]/")), want: "gives no token"},
		"realm: cloud metadata, NAT64":    {serve: realm(fixed("https://[64:ff9b::a9fe:a9fe]/")), want: private},
		"realm: cloud metadata, IPv6":     {serve: realm(fixed("https://[fd00:ec2::254]/")), want: "gives no token"},
		"realm: another port of loopback": {serve: realm(func(s stage) string { return "https://" + s.forbidden }), want: "gives no token"},
		"realm: a name for loopback": {serve: realm(func(s stage) string {
			_, port, _ := strings.Cut(s.forbidden, ":")
			return "https://localhost:" + port
		}), want: private},
		"realm: one's own network":                     {serve: realm(fixed("https://192.168.1.1/token")), want: "gives no token"},
		"realm: a carrier's network":                   {serve: realm(fixed("https://100.64.0.1/token")), want: private},
		"realm: everywhere":                            {serve: realm(fixed("https://0.0.0.0/token")), want: "gives no token"},
		"realm: multicast":                             {serve: realm(fixed("https://239.1.2.3/token")), want: private},
		"realm: 6to4 of loopback":                      {serve: realm(fixed("https://[2002:7f00:1::]/token")), want: private},
		"realm: a file":                                {serve: realm(fixed("file:///etc/passwd")), want: "gives no token"},
		"realm: nothing":                               {serve: realm(fixed("")), want: "gives no token"},
		"realm: somebody else's":                       {login: basic(), serve: realm(func(s stage) string { return "https://" + s.sink + "/token" }), want: "wants the credentials of"},
		"realm: somebody else's, OAuth":                {login: authn.AuthConfig{IdentityToken: password}, serve: realm(func(s stage) string { return "https://" + s.sink + "/token" }), want: "wants the credentials of"},
		"realm: with a name in it":                     {login: basic(), serve: realm(func(s stage) string { return "https://a:b@" + s.sink + "/token" }), want: "with a name and password of its own"},
		"realm: by http although the registry has TLS": {tls: true, login: basic(), serve: realm(func(s stage) string { return "http://" + s.self + "/token" }), want: "gives no token"},
		"realm: its own, sent on": {login: basic(), serve: func(s stage, w http.ResponseWriter, r *http.Request) {
			if r.URL.Path == "/token" {
				http.Redirect(w, r, "https://"+s.sink+"/token", http.StatusTemporaryRedirect)
				return
			}
			realm(func(s stage) string { return "http://" + s.self + "/token" })(s, w, r)
		}, want: "the registry answers 401"},
		"realm: its own, sent on, OAuth": {login: authn.AuthConfig{IdentityToken: password}, serve: func(s stage, w http.ResponseWriter, r *http.Request) {
			if r.URL.Path == "/token" {
				http.Redirect(w, r, "https://"+s.sink+"/token", http.StatusTemporaryRedirect)
				return
			}
			realm(func(s stage) string { return "http://" + s.self + "/token" })(s, w, r)
		}, want: "wants the credentials of"},
		"token: endless": {serve: func(s stage, w http.ResponseWriter, r *http.Request) {
			if r.URL.Path == "/token" {
				repeat(`{"token":"`)(w)
				return
			}
			realm(func(s stage) string { return "http://" + s.self + "/token" })(s, w, r)
		}, want: "larger than 4 MiB"},

		"ping: sent to cloud metadata":             {serve: redirect("/v2/", fixed("http://169.254.169.254/latest")), want: "refused: it sends to http://169.254.169.254"},
		"manifest: sent to cloud metadata":         {login: basic(), serve: redirect("/manifests/", fixed("https://169.254.169.254/latest")), want: "169.254.169.254"},
		"manifest: sent to cloud metadata, number": {login: basic(), serve: redirect("/manifests/", fixed("https://2852039166/latest")), want: ""},
		"manifest: sent to loopback":               {serve: redirect("/manifests/", func(s stage) string { return "https://" + s.forbidden }), want: "127.0.0.1"},
		"manifest: sent to loopback by http":       {serve: redirect("/manifests/", func(s stage) string { return "http://" + s.forbidden }), want: "refused: it sends to http://127.0.0.1"},
		"manifest: sent to one's own network":      {serve: redirect("/manifests/", fixed("https://10.0.0.1/")), want: "10.0.0.1"},
		"manifest: sent from TLS to http":          {tls: true, login: basic(), serve: redirect("/manifests/", func(s stage) string { return "http://" + s.forbidden }), want: "refused: it sends to http://"},
		"manifest: sent to somebody else":          {login: basic(), serve: redirect("/manifests/", func(s stage) string { return "https://" + s.sink + "/v2/a/manifests/1" }), want: ""},
		"manifest: sent with a password":           {login: basic(), serve: redirect("/manifests/", func(s stage) string { return "https://a:b@" + s.sink + "/v2/a/manifests/1" }), want: "with a name and password of its own"},
		"manifest: sent round and round": {serve: func(_ stage, w http.ResponseWriter, r *http.Request) {
			if strings.Contains(r.URL.Path, "/manifests/") {
				http.Redirect(w, r, r.URL.Path+"x", http.StatusTemporaryRedirect)
			}
		}, want: "refused: it sends from one address to another without end"},
		"manifest: endless": {serve: manifest(nil, repeat(strings.Repeat("[", 1<<16))), want: "larger than 4 MiB"},
		"manifest: slow": {serve: func(s stage, w http.ResponseWriter, r *http.Request) {
			manifest(nil, func(w http.ResponseWriter) {
				once("{")(w)
				w.(http.Flusher).Flush()
				<-r.Context().Done()
			})(s, w, r)
		}, want: "the registry does not answer"},
		"manifest: deep":              {serve: manifest(nil, once(strings.Repeat(`{"a":`, 1<<18))), want: "its answer cannot be used"},
		"manifest: no JSON":           {serve: manifest(nil, once("\x1b]52;c;x\a")), want: "its answer cannot be used"},
		"manifest: two at once":       {serve: manifest(nil, once(`{"manifests":[],"config":{},"layers":[]}`)), want: "it is an index and a manifest at once"},
		"manifest: two types":         {serve: manifest(nil, once(fmt.Sprintf(`{"mediaType":%q}`, types.OCIManifestSchema1))), want: "its header says"},
		"manifest: another digest":    {serve: manifest(http.Header{"Docker-Content-Digest": {"sha256:" + strings.Repeat("0", 64)}}, once(`{}`)), want: "does not have the digest that its header names"},
		"manifest: an odd platform":   {serve: manifest(nil, once(fmt.Sprintf(`{"manifests":[{"mediaType":%q,"digest":"sha256:%064d","platform":{"os":"linux\u001b[2J","architecture":"x"}}]}`, types.OCIManifestSchema1, 0))), want: `is no platform`},
		"manifest: too many":          {serve: manifest(nil, once(`{"manifests":[`+strings.Repeat(`{},`, maxDescriptors)+`{}]}`)), want: "its index has 513 entries"},
		"manifest: a negative layer":  {serve: manifest(image, once(strings.Replace(single, `"size":2`, `"size":-2`, 1))), want: "a layer of -2 bytes"},
		"manifest: a layer too large": {serve: manifest(image, once(strings.Replace(single, `"size":2`, `"size":9223372036854775807`, 1))), want: "a layer of 9223372036854775807 bytes"},
		"header: endless": {serve: func(_ stage, w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("X-A", strings.Repeat("a", 1<<20))
		}, want: "the registry does not answer"},
		"config: another's": {serve: func(s stage, w http.ResponseWriter, r *http.Request) {
			manifest(image, once(single))(s, w, r)
			if strings.Contains(r.URL.Path, "/blobs/") {
				once("{}")(w)
			}
		}, want: "error verifying sha256 checksum"},
		"config: too large": {serve: manifest(image, once(strings.Replace(single, `"size":2`, `"size":4194305`, 1))), want: "its config has 4194305 bytes"},
		"config: sent to cloud metadata": {login: basic(), serve: func(s stage, w http.ResponseWriter, r *http.Request) {
			manifest(image, once(single))(s, w, r)
			redirect("/blobs/", fixed("https://169.254.169.254/"))(s, w, r)
		}, want: "169.254.169.254"},
		"config: sent to somebody else": {login: basic(), serve: func(s stage, w http.ResponseWriter, r *http.Request) {
			manifest(image, once(single))(s, w, r)
			redirect("/blobs/", func(s stage) string { return "https://" + s.sink + "/" })(s, w, r)
		}, want: ""},
	}
}

// play lets a hostile registry do its worst, and returns what it reached: the
// addresses that are nobody's business, and the credentials that got elsewhere.
func play(t *testing.T, h hostile, weaken func(*Client)) (reached, stolen []string, err error) {
	t.Helper()
	sink := start(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/token" {
			once(`{"token":"t"}`)(w)
			return
		}
		w.Header().Set("WWW-Authenticate", fmt.Sprintf(`Bearer realm="https://%s/token"`, r.Host))
		w.WriteHeader(http.StatusUnauthorized)
	}), true)
	forbidden := start(t, http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}), true)
	s := stage{sink: "example.com", forbidden: forbidden.host} // as its certificate has it
	self := start(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s := s
		s.self = r.Host
		h.serve(s, w, r)
	}), h.tls)

	c := client(t, h.login, self)
	dial := c.wire.DialContext
	c.wire.DialContext = func(ctx context.Context, network, host string) (net.Conn, error) {
		if host == "example.com:443" {
			return (&net.Dialer{}).DialContext(ctx, network, sink.host)
		}
		return dial(ctx, network, host)
	}
	pool := x509.NewCertPool()
	for _, s := range []*server{self, sink, forbidden} {
		if s.TLS != nil {
			pool.AddCert(s.Certificate())
		}
	}
	c.wire.TLSClientConfig.RootCAs = pool
	if weaken != nil {
		weaken(c)
	}
	// Nothing leaves the machine, whatever the client would let pass.
	var mu sync.Mutex
	look := c.control
	c.control = func(host, address string) error {
		if err := look(host, address); err != nil {
			return err
		}
		mu.Lock()
		defer mu.Unlock()
		reached = append(reached, address)
		return errors.New("not in a test")
	}
	_, err = c.Resolve(t.Context(), reference(t, self.host+"/a/b:1"), nil)
	mu.Lock()
	defer mu.Unlock()
	require.Empty(t, forbidden.forget())
	for _, sent := range sink.stole() {
		if strings.Contains(sent, password) {
			stolen = append(stolen, sent)
		}
	}
	return reached, stolen, err
}

// patient cuts the wait for those that never end.
func patient(name string) func(*Client) {
	return func(c *Client) {
		if strings.Contains(name, "slow") {
			c.exchange.timeout = 50_000_000 // 50 ms
		}
	}
}

func TestHostileRegistries(t *testing.T) {
	all := hostiles()
	require.Greater(t, len(all), 40)
	for name, h := range all {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			reached, stolen, err := play(t, h, patient(name))
			require.Empty(t, reached)
			require.Empty(t, stolen)
			var unanswered *UnansweredError
			require.ErrorAs(t, err, &unanswered, "nothing that came is believed")
			require.ErrorContains(t, err, h.want)
			require.NotContains(t, err.Error(), password)
			require.NotContains(t, err.Error(), "\x1b")
		})
	}
}

// Without the guard on addresses, or the one on credentials, they are reached
// and stolen: the test above can fail.
func TestHostileRegistriesAreNoticed(t *testing.T) {
	notPublic := 0
	stolen := 0
	for name, h := range hostiles() {
		reached, _, _ := play(t, h, func(c *Client) {
			patient(name)(c)
			c.control = func(string, string) error { return nil }
		})
		for _, address := range reached {
			if at, err := netip.ParseAddrPort(address); err == nil && !public(at.Addr()) {
				notPublic++
				break
			}
		}
		_, sent, _ := play(t, h, func(c *Client) {
			patient(name)(c)
			c.sameSite = func(*url.URL, string) bool { return true }
		})
		if len(sent) > 0 {
			stolen++
		}
	}
	require.GreaterOrEqual(t, notPublic, 6)
	require.GreaterOrEqual(t, stolen, 3)
}

// What a registry says reaches the terminal without control characters.
func TestErrorsArePrintable(t *testing.T) {
	s := start(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !strings.Contains(r.URL.Path, "/manifests/") {
			return
		}
		w.Header().Set("Content-Type", "text/\u202e"+strings.Repeat("x", 1000))
		once("{}")(w)
	}), false)
	_, err := client(t, basic(), s).Resolve(t.Context(), reference(t, s.host+"/a/b:1"), nil)
	require.Error(t, err)
	require.Less(t, len(err.Error()), 500)
	require.NotContains(t, err.Error(), "\u202e")
	body, err := json.Marshal(err.Error())
	require.NoError(t, err)
	require.NotContains(t, string(body), `\u0`)
}
