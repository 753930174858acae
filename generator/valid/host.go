package valid

import (
	"fmt"
	"net/netip"
	"strings"

	"golang.org/x/net/idna"
	"k8s.io/apimachinery/pkg/util/validation"
)

// host is the form of the hosts of an Ingress (k8s.io/kubernetes,
// pkg/apis/networking/validation, validateIngressRules): a name, or one with a star in
// place of its first label, and no address.
var host = form{accepts: Host, longest: 253, mend: "write a name in lower-case letters, digits, dashes and dots, without scheme, port and path", means: HostMeant}

// Host says why a text is no host of an Ingress; nothing when it is one.
func Host(text string) []string {
	if _, err := netip.ParseAddr(text); err == nil {
		return []string{"must be a name, and no address"}
	}
	if strings.HasPrefix(text, "*.") {
		return validation.IsWildcardDNS1123Subdomain(text)
	}
	return validation.IsDNS1123Subdomain(text)
}

// The most that DNS takes of a name and of each of its labels (RFC 1035, 2.3.4). Kubernetes
// looks at the name only.
const (
	longestHost  = 253
	longestLabel = 63
)

// TooLongHost says in words which part of a host is longer than DNS takes; "" when none is.
func TooLongHost(text string) string {
	if len(text) > longestHost {
		return fmt.Sprintf("it has %d characters, and DNS takes %d", len(text), longestHost)
	}
	for _, part := range strings.Split(text, ".") {
		if len(part) > longestLabel {
			return fmt.Sprintf("its part %.20s… has %d characters, and DNS takes %d", part, len(part), longestLabel)
		}
	}
	return ""
}

// HostMeant is the host that a text most likely means, which is no host as it is written:
// the name in a URL, in lower case, without port and path, without a dot at its end. "" when
// it is unclear.
func HostMeant(text string) string {
	rest := strings.TrimSpace(text)
	if _, after, schemed := strings.Cut(rest, "://"); schemed {
		rest = after
	}
	rest = strings.TrimLeft(rest, "/")
	if end := strings.IndexAny(rest, "/?#"); end >= 0 {
		rest = rest[:end]
	}
	rest = rest[strings.LastIndex(rest, "@")+1:]
	if strings.Count(rest, ":") > 1 {
		return "" // an address
	}
	rest, _, _ = strings.Cut(rest, ":")
	rest = strings.NewReplacer("_", "-", " ", "-").Replace(strings.ToLower(strings.TrimSpace(rest)))
	if plain, err := idna.Lookup.ToASCII(rest); err == nil { // bücher.example
		rest = plain
	}
	labels := strings.FieldsFunc(rest, func(c rune) bool { return c == '.' })
	for i := range labels {
		labels[i] = strings.Trim(labels[i], "-")
	}
	if host := strings.Join(labels, "."); len(Host(host)) == 0 && TooLongHost(host) == "" {
		return host
	}
	return ""
}
