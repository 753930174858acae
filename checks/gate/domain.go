package gate

import (
	"slices"
	"strings"

	"stillsuit.dev/generator/model"
)

// domain compares the names that apps get without a tunnel.
func (c facts) domain() {
	base, head := c.base.Cluster, c.head.Cluster
	if base.Domain != "" && !hasDomain(homes(base), head.Domain) {
		c.same(fact("domain"), "hosts may end in "+head.Domain, "the domain is "+base.Domain)
	}
}

// homes are the domains in which apps have names at home.
func homes(of *model.Cluster) []string {
	var out []string
	for _, a := range of.Certificates {
		out = append(out, a.Domains...)
	}
	return append(out, of.Domain)
}

// hasDomain reports whether a domain is one of others, or lies below one.
func hasDomain(others []string, domain string) bool {
	return slices.ContainsFunc(others, func(b string) bool { return domain == b || strings.HasSuffix(domain, "."+b) })
}
