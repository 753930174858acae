package traffic

import (
	"fmt"
	"net/netip"
	"strings"

	"stillsuit.dev/generator/model"
	"stillsuit.dev/generator/valid"
)

// checkHost reports a text that is no host, and says which one it seems to mean. What it is,
// and of what, is in words: host of exposure web.
func (x *exposures) checkHost(at model.Path, what, of, text string) bool {
	if len(valid.Host(text)) == 0 {
		return true
	}
	scheme, rest, schemed := strings.Cut(text, "://")
	if !schemed {
		rest = text
	}
	host, path, _ := strings.Cut(rest, "/")
	host, port, _ := strings.Cut(host, ":")
	host = strings.ToLower(strings.Trim(host, ". "))
	mend := "write lower-case letters, digits, dashes and dots"
	_, err := netip.ParseAddr(text)
	switch {
	case err == nil:
		mend = "write a name, or expose the app with loadBalancer"
	case len(valid.Host(host)) == 0:
		mend = fmt.Sprintf("write %q", host)
		if path != "" && what == "host" {
			mend += fmt.Sprintf(" and path: %q", "/"+path)
		}
		if schemed && scheme == "https" && what == "host" {
			mend += `, with scheme: "https" beside it when the app itself serves TLS`
		}
		if port != "" {
			mend += "; the ingress controller decides the port"
		}
	}
	x.Error(at, "expose/host", fmt.Sprintf("%s %q of %s is not a host name", what, text, of), "a host name has no scheme, port, path or capital letters", mend)
	return false
}

// checkDomains reports domains of the cluster that are no hosts.
func (x *exposures) checkDomains() {
	c := x.Desired.Cluster
	if c.Domain != "" {
		x.checkHost(model.Path{"cluster", "domain"}, "domain", "the cluster", c.Domain)
	}
	for name, m := range c.Meshes {
		if m.Domain != "" {
			x.checkHost(model.Path{"cluster", "meshes", name, "domain"}, "domain", "mesh "+name, m.Domain)
		}
	}
	for name, t := range c.Tunnels {
		for i, domain := range t.Domains {
			x.checkHost(model.Path{"cluster", "tunnels", name, "domains", fmt.Sprint(i)}, "domain", "tunnel "+name, domain)
		}
	}
	for name, a := range c.Certificates {
		for i, domain := range a.Domains {
			x.checkHost(model.Path{"cluster", "certificates", name, "domains", fmt.Sprint(i)}, "domain", "authority "+name, domain)
		}
	}
}
