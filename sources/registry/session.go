package registry

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"sync"

	"github.com/google/go-containerregistry/pkg/authn"
	"github.com/google/go-containerregistry/pkg/name"
	"github.com/google/go-containerregistry/pkg/v1/remote/transport"
)

const userAgent = "stillsuit"

// challenge is how a registry wants to be asked. It is the same for all of its
// repositories, so it is asked for once; a registry that does not answer is not
// waited for again and again.
type challenge struct {
	mu   sync.Mutex
	said *transport.Challenge
	err  error
}

// session is the way to one repository, with its token.
type session struct {
	mu   sync.Mutex
	open http.RoundTripper
}

// session returns the way to a repository: a *transport.Wrapper, which the client
// above uses as it is.
func (c *Client) session(ctx context.Context, repo name.Repository) (http.RoundTripper, error) {
	c.mu.Lock()
	s := c.sessions[repo.Name()]
	if s == nil {
		s = &session{}
		c.sessions[repo.Name()] = s
	}
	c.mu.Unlock()
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.open != nil {
		return s.open, nil
	}
	open, err := c.login(ctx, repo)
	if err == nil {
		s.open = open
	}
	return open, err
}

func (c *Client) login(ctx context.Context, repo name.Repository) (http.RoundTripper, error) {
	auth, config, err := c.credentials(ctx, repo)
	if err != nil {
		return nil, fmt.Errorf("look for credentials: %w", err)
	}
	scheme := c.scheme(repo.Registry)
	g := &guard{
		host: canonical(scheme, repo.RegistryStr()), scheme: scheme, next: c.retry,
		secret: *config != (authn.AuthConfig{}), sameSite: c.sameSite,
	}
	said, err := c.ping(ctx, repo.Registry, g)
	if err != nil {
		return nil, err
	}
	inner := transport.NewUserAgent(&pin{g}, userAgent)
	token := &transport.Token{}
	if strings.EqualFold(said.Scheme, "bearer") {
		if token, err = exchangeToken(ctx, repo, auth, config, inner, said); err != nil {
			return nil, err
		}
	}
	return transport.FromToken(repo.Registry, auth, inner, said, token)
}

// exchangeToken gets the token to pull from a repository.
func exchangeToken(ctx context.Context, repo name.Repository, auth authn.Authenticator, config *authn.AuthConfig, inner http.RoundTripper, said *transport.Challenge) (*transport.Token, error) {
	if config.RegistryToken != "" {
		return &transport.Token{Token: config.RegistryToken}, nil
	}
	token, err := transport.Exchange(ctx, repo.Registry, auth, inner, []string{repo.Scope(transport.PullScope)}, said)
	if err != nil {
		return nil, &tokenError{err}
	}
	if token.Token == "" {
		token.Token = token.AccessToken
	}
	return token, nil
}

// ping asks a registry how it wants to be asked.
func (c *Client) ping(ctx context.Context, registry name.Registry, g *guard) (*transport.Challenge, error) {
	c.mu.Lock()
	ch := c.challenges[g.host]
	if ch == nil {
		ch = &challenge{}
		c.challenges[g.host] = ch
	}
	c.mu.Unlock()
	ch.mu.Lock()
	defer ch.mu.Unlock()
	if ch.said == nil && ch.err == nil {
		standIn, err := name.NewRegistry("registry.invalid")
		if err != nil {
			return nil, err
		}
		said, err := transport.Ping(ctx, standIn, transport.NewUserAgent(&alias{g, standIn.Name(), registry.Name()}, userAgent))
		if err != nil && ctx.Err() != nil && !late(ctx) {
			return nil, err // nobody waits for it any longer
		}
		ch.said, ch.err = said, err
	}
	return ch.said, ch.err
}

// alias sends to a registry what is for its stand-in. Ping tries https and http
// for any name that looks like one's own network; it is told another name, and
// tries once.
type alias struct {
	*guard
	standIn, registry string
}

func (a *alias) RoundTrip(req *http.Request) (*http.Response, error) {
	if req.URL.Host == a.standIn {
		req = req.Clone(req.Context())
		req.URL.Scheme, req.URL.Host, req.Host = a.scheme, a.registry, a.registry
	}
	return a.guard.RoundTrip(req)
}
