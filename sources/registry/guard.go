package registry

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"sync/atomic"

	"golang.org/x/net/publicsuffix"
)

// errRefused says that a registry tried to send us where we do not go.
var errRefused = errors.New("refused")

// guard lets a request pass if it may be sent at all. Every request to a
// registry goes through one: those of redirects and of token servers too.
type guard struct {
	host   string // the registry, host:port
	scheme string // how it is spoken to
	// secret says that there are credentials for the registry. They, and what they
	// buy, go to the registry's host, and by https to others of its site: its token
	// server.
	secret   bool
	sameSite func(u *url.URL, host string) bool
	next     http.RoundTripper
}

func (g *guard) RoundTrip(req *http.Request) (*http.Response, error) {
	if err := g.check(req); err != nil {
		if req.Body != nil {
			_ = req.Body.Close() // as a RoundTripper must
		}
		return nil, err
	}
	return g.next.RoundTrip(req)
}

func (g *guard) check(req *http.Request) error {
	if err := spend(req.Context()); err != nil {
		return err
	}
	u := req.URL
	home := canonical(u.Scheme, u.Host) == g.host
	switch {
	case u.User != nil:
		return fmt.Errorf("%w: it sends to %s with a name and password of its own", errRefused, u.Host)
	case home && u.Scheme != g.scheme, !home && u.Scheme != "https":
		return fmt.Errorf("%w: it sends to %s://%s", errRefused, u.Scheme, u.Host)
	case home || !g.secret || !telling(req):
		return nil
	case !g.sameSite(u, g.host):
		return fmt.Errorf("%w: it wants the credentials of %s sent to %s", errRefused, g.host, u.Host)
	}
	return nil
}

// telling reports whether a request may carry credentials: in its header, or, as
// OAuth has it, in its body.
func telling(req *http.Request) bool {
	return req.Header.Get("Authorization") != "" || req.Body != nil && req.Body != http.NoBody
}

// sameSite reports whether a URL is of the same registrable domain as host:port,
// so that whoever holds the one holds the other (publicsuffix.org). Addresses and
// single names are never the same site.
func sameSite(u *url.URL, host string) bool {
	at := (&url.URL{Host: host}).Hostname()
	for _, h := range []string{u.Hostname(), at} {
		if _, err := netip.ParseAddr(h); err == nil {
			return false
		}
	}
	one, err := publicsuffix.EffectiveTLDPlusOne(strings.ToLower(u.Hostname()))
	if err != nil {
		return false
	}
	other, err := publicsuffix.EffectiveTLDPlusOne(at)
	return err == nil && one == other
}

// pin keeps to one scheme for the registry: the client above would use http for
// any name that looks like one's own network.
type pin struct{ *guard }

func (p *pin) RoundTrip(req *http.Request) (*http.Response, error) {
	if req.URL.Scheme != p.scheme && (canonical(p.scheme, req.URL.Host) == p.host || canonical(req.URL.Scheme, req.URL.Host) == p.host) {
		req = req.Clone(req.Context())
		req.URL.Scheme = p.scheme
	}
	return p.guard.RoundTrip(req)
}

type budgetKey struct{}

// withBudget bounds the requests that are sent for one reference: the client
// above follows redirects without end.
func withBudget(ctx context.Context, requests int) context.Context {
	left := &atomic.Int64{}
	left.Store(int64(requests))
	return context.WithValue(ctx, budgetKey{}, left)
}

func spend(ctx context.Context) error {
	if left, ok := ctx.Value(budgetKey{}).(*atomic.Int64); !ok || left.Add(-1) < 0 {
		return fmt.Errorf("%w: it sends from one address to another without end", errRefused)
	}
	return nil
}
