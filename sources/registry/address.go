package registry

import (
	"context"
	"fmt"
	"net"
	"net/netip"
	"net/url"
	"slices"
	"strings"
	"syscall"
	"time"

	"github.com/google/go-containerregistry/pkg/name"
)

// addressError says that a host leads to an address that is not public.
type addressError struct{ host, address string }

func (e *addressError) Error() string {
	return fmt.Sprintf("%s leads to %s, which is not a public address", e.host, e.address)
}

// dial connects to host:port. Whatever the name says, the address that it leads
// to is looked at when the connection is made, so that no second answer of the
// name server comes between.
func (c *Client) dial(ctx context.Context, network, host string) (net.Conn, error) {
	d := net.Dialer{Timeout: 10 * time.Second}
	if _, ok := c.private[strings.ToLower(host)]; !ok {
		d.Control = func(_, address string, _ syscall.RawConn) error { return c.control(host, address) }
	}
	return d.DialContext(ctx, network, host)
}

// control refuses host when it leads to an address, with port, that is not public.
func control(host, address string) error {
	at, err := netip.ParseAddrPort(address)
	if err != nil {
		return &addressError{host, address}
	}
	if !public(at.Addr()) {
		return &addressError{host, at.Addr().String()}
	}
	return nil
}

// public reports whether an address is one of the internet's. It is a list of
// what is, for IPv6, and of what is not, for IPv4 (IANA's registries of
// special-purpose addresses).
func public(a netip.Addr) bool {
	a = a.Unmap().WithZone("")
	within := func(prefixes []string) bool {
		return slices.ContainsFunc(prefixes, func(p string) bool { return netip.MustParsePrefix(p).Contains(a) })
	}
	if a.Is4() {
		return !within(special4())
	}
	if netip.MustParsePrefix("64:ff9b::/96").Contains(a) { // NAT64: an IPv4 address in its last bytes (RFC 6052)
		bytes := a.As16()
		return public(netip.AddrFrom4([4]byte(bytes[12:])))
	}
	return within([]string{"2000::/3"}) && !within(special6())
}

func special4() []string {
	return []string{
		"0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12",
		"192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24", "192.168.0.0/16", "198.18.0.0/15",
		"198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4",
	}
}

// special6 are those within 2000::/3; Teredo, 6to4 and ORCHID among them, which
// hold or hide other addresses.
func special6() []string {
	return []string{"2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20"}
}

// parsePrivate reads an entry of Options.Private.
func parsePrivate(entry string) (host, scheme string, err error) {
	scheme, rest, found := strings.Cut(entry, "://")
	if !found {
		scheme, rest = "https", entry
	}
	u, err := url.Parse("//" + rest)
	if err != nil || scheme != "https" && scheme != "http" || u.Host != rest || u.Hostname() == "" {
		return "", "", fmt.Errorf("%q is no registry: write host or host:port, with http:// before it to go without TLS", entry)
	}
	return canonical(scheme, rest), scheme, nil
}

// canonical is host:port in lower case, with the scheme's port if it names none.
func canonical(scheme, host string) string {
	host = strings.ToLower(host)
	u := url.URL{Host: host}
	switch {
	case u.Port() != "":
		return host
	case scheme == "http":
		return net.JoinHostPort(u.Hostname(), "80")
	default:
		return net.JoinHostPort(u.Hostname(), "443")
	}
}

// scheme is https, unless a private registry is said to speak http.
func (c *Client) scheme(r name.Registry) string {
	if c.private[canonical("http", r.RegistryStr())] == "http" {
		return "http"
	}
	return "https"
}
