// Package registry asks OCI registries what image references are: the digest,
// the platforms and, when wanted, the sizes. It is the only package that
// reaches the network, and it trusts nothing that comes from there: see guard.go
// and address.go for where it lets itself be sent, and manifest.go for what it
// takes as an answer.
package registry

import (
	"cmp"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"sync"
	"sync/atomic"
	"time"

	"github.com/google/go-containerregistry/pkg/authn"
	"github.com/google/go-containerregistry/pkg/name"
	"github.com/google/go-containerregistry/pkg/v1/remote"

	"stillsuit.dev/generator/image"
)

// The limits of a Client; all of them our choice.
const (
	perHost     = 4                // references of one registry that are asked for at a time
	overall     = 8                // references in all
	maxRequests = 16               // that one reference may cost, redirects included and sizes not
	maxBody     = 4 << 20          // bytes of an answer, as registries limit a manifest (OCI distribution-spec)
	maxTime     = 30 * time.Second // for one request, its body included; more with a longer Deadline
)

// Options change how registries are asked; nil means defaults.
type Options struct {
	// Private are the registries that may have an address that is not public:
	// loopback, one's own network. Each is a host or host:port as in references; with
	// http:// before it, the registry is spoken to without TLS.
	Private []string
	// Deadline is the time for one reference, with all that it takes: tokens, redirects,
	// waiting and trying again. Nothing is known of one whose answer is not whole then.
	// Zero means the constant Deadline.
	Deadline time.Duration
	// Keychain has the credentials; nil means Docker's own configuration and helpers.
	Keychain authn.Keychain
	// Wait pauses before a request is sent again, and returns early with the
	// context's error; nil means by the clock.
	Wait func(context.Context, time.Duration) error
}

// Client asks registries. It is safe for concurrent use, and remembers who
// wants which token for as long as it lives.
type Client struct {
	keychain authn.Keychain
	private  map[string]string // scheme by host:port
	limits   limits
	requests atomic.Int64
	// What a request passes through: the guard with sameSite, retry, exchange, wire,
	// and control when it connects.
	sameSite func(u *url.URL, host string) bool
	retry    *retry
	exchange *exchange
	wire     *http.Transport
	control  func(host, address string) error
	// bounded is what Deadline does to a context.
	bounded  func(context.Context, time.Duration) (context.Context, context.CancelFunc)
	deadline time.Duration

	mu         sync.Mutex
	challenges map[string]*challenge // by registry
	sessions   map[string]*session   // by repository
}

// New returns a client. An entry of Options.Private that is no host is an error.
func New(opts *Options) (*Client, error) {
	if opts == nil {
		opts = &Options{}
	}
	c := &Client{
		keychain: opts.Keychain, private: map[string]string{}, limits: newLimits(),
		challenges: map[string]*challenge{}, sessions: map[string]*session{},
		sameSite: sameSite, control: control, bounded: bounded,
	}
	if c.keychain == nil {
		c.keychain = docker{}
	}
	for _, entry := range opts.Private {
		host, scheme, err := parsePrivate(entry)
		if err != nil {
			return nil, err
		}
		c.private[host] = scheme
	}
	c.wire = &http.Transport{
		// No proxy: what a proxy connects to cannot be checked here.
		DialContext:            c.dial,
		TLSClientConfig:        &tls.Config{MinVersion: tls.VersionTLS12},
		ForceAttemptHTTP2:      true,
		DisableCompression:     true, // digests are of the bytes as they are
		MaxIdleConnsPerHost:    perHost,
		IdleConnTimeout:        time.Minute,
		TLSHandshakeTimeout:    10 * time.Second,
		MaxResponseHeaderBytes: 64 << 10,
	}
	c.deadline = cmp.Or(opts.Deadline, Deadline)
	c.exchange = &exchange{next: c.wire, sent: &c.requests, timeout: max(maxTime, c.deadline/2)} // one may be tried again
	c.retry = &retry{next: c.exchange, wait: opts.Wait}
	if opts.Wait == nil {
		c.retry.wait = wait
	}
	return c, nil
}

// Requests is the number of requests that were sent so far, those of tokens and
// those that were sent again included.
func (c *Client) Requests() int64 { return c.requests.Load() }

// Image is what a registry says of a reference. The maps are keyed by platform.
type Image struct {
	// Digest is that of the index, or of the manifest where there is no index.
	Digest string
	// Platforms are os/arch or os/arch/variant, sorted, each once. They are empty
	// when the digest is the Known one.
	Platforms []string
	// Manifests are the digests of the platforms' manifests.
	Manifests map[string]string
	// Sizes are the compressed bytes of config and layers, if they were wanted.
	Sizes map[string]int64
	// Users are those that the configs name, "" where they name none, if they were wanted.
	Users map[string]string
}

// Want says what is to be found out; nil means digest, platforms and manifests.
type Want struct {
	// Known is a digest of which everything is known: when the registry still has
	// it, one request without a body is all that is sent.
	Known string
	// Sizes asks for each platform's manifest too, one request each.
	Sizes bool
	// Users asks for each platform's manifest and config, two requests each.
	Users bool
}

// Resolve asks the registry of ref for its digest, or for its tag when it has none. An
// answer that says no is a *MissingError or an
// *UnfitError; after any other error nothing is known.
func (c *Client) Resolve(ctx context.Context, of image.Reference, want *Want) (*Image, error) {
	if want == nil {
		want = &Want{}
	}
	ref := of.Tagged()
	if of.Digest != "" {
		ref = of.Repository + "@" + of.Digest
	}
	asked, err := c.parse(ref)
	if err != nil {
		return nil, err
	}
	release, err := c.limits.acquire(ctx, asked.Context().RegistryStr())
	if err != nil {
		return nil, tell(ref, err)
	}
	defer release()
	budget := maxRequests
	if want.Sizes || want.Users {
		budget += maxPlatforms
	}
	if want.Users {
		budget += 2 * maxPlatforms // many registries redirect to where a config lies
	}
	ctx, cancel := c.bounded(withBudget(ctx, budget), c.deadline)
	defer cancel()
	found, err := c.resolve(ctx, asked, want)
	if err == nil {
		return found, nil
	}
	err = tell(ref, err)
	if open := (*UnansweredError)(nil); errors.As(err, &open) && late(ctx) {
		open.Reason = fmt.Sprintf("no whole answer came within %s, and it was given up (a slow registry gets longer with --deadline)", c.deadline)
	}
	return nil, err
}

func (c *Client) resolve(ctx context.Context, ref name.Reference, want *Want) (*Image, error) {
	s, err := c.session(ctx, ref.Context())
	if err != nil {
		return nil, err
	}
	options := []remote.Option{remote.WithTransport(s), remote.WithContext(ctx)}
	if want.Known != "" {
		head, err := remote.Head(ref, options...)
		if err == nil && head.Digest.String() == want.Known {
			return &Image{Digest: want.Known}, nil
		}
		if err != nil && !answered(err) {
			return nil, err
		}
		// A HEAD that is refused, or lacks a header, tells no reason; the GET does.
	}
	got, err := remote.Get(ref, options...)
	if err != nil {
		return nil, err
	}
	return read(ref, got, want, options)
}

// parse reads a reference; who is spoken to without TLS is said by Options.
func (c *Client) parse(ref string) (name.Reference, error) {
	parsed, err := name.ParseReference(ref, name.StrictValidation)
	if err != nil {
		return nil, fmt.Errorf("%q is no reference with registry, path and tag: %w", ref, err)
	}
	if c.scheme(parsed.Context().Registry) == "http" {
		return name.ParseReference(ref, name.StrictValidation, name.Insecure)
	}
	return parsed, nil
}
