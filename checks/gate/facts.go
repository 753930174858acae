package gate

import (
	"fmt"
	"maps"
	"net/netip"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"stillsuit.dev/finding"
	"stillsuit.dev/generator/model"
)

// facts compares what the cluster says of itself, and what checks and policies go by.
func (c *comparison) facts() {
	base, head := c.base.Cluster, c.head.Cluster
	for i, recipient := range head.Secrets.Age {
		if !slices.Contains(base.Secrets.Age, recipient) {
			c.weaker(fact("secrets", "age", strconv.Itoa(i)), fact("secrets", "age"), "secrets are encrypted to "+recipient+" too", "that key reads none of them")
		}
	}
	if len(base.Registries) > 0 {
		if len(head.Registries) == 0 {
			c.same(fact("registries"), "images may come from any registry", "they come from "+finding.All(base.Registries))
		}
		for i, r := range head.Registries {
			if !slices.ContainsFunc(base.Registries, func(b string) bool { return below(strings.TrimSuffix(r, "/"), strings.TrimSuffix(b, "/"), "/") }) {
				c.weaker(fact("registries", strconv.Itoa(i)), fact("registries"), "images may come from "+r, "they may not")
			}
		}
	}
	for _, name := range slices.Sorted(maps.Keys(base.Images)) {
		was := base.Images[name]
		if !slices.ContainsFunc(slices.Collect(maps.Values(head.Images)), func(is *model.ImageFact) bool { return sameFact(is, was) }) {
			c.same(fact("images", name), "what was known of "+was.Image+" is gone or another", "a check goes by it")
		}
	}
	if base.Kubernetes.Brings("network-policy") && !head.Kubernetes.Brings("network-policy") && head.Network.CNI == base.Network.CNI {
		c.same(fact("kubernetes", "bundled", "network-policy"), "K3s enforces no network policies", "it does")
	}
	for _, name := range slices.Sorted(maps.Keys(c.head.Charts)) {
		is, was := c.head.Charts[name], c.base.Charts[name]
		if was != nil && slices.Contains(is.Provides, kyverno) && !reflect.DeepEqual(is.Values, was.Values) {
			c.same(path("charts", name, "values"), "the values of chart "+name+" are others, which asks the policies in the cluster", "it is told something else")
		}
	}
}

// sameFact compares what two facts say; their reasons are for people.
func sameFact(a, b *model.ImageFact) bool {
	x, y := *a, *b
	x.Reason, y.Reason = "", ""
	return x == y
}

// below reports whether a name is another one, or lies below it.
func below(name, other, separator string) bool {
	return name == other || strings.HasPrefix(name, other+separator)
}

// reach compares the names and addresses that apps can have.
func (c *comparison) reach() {
	base, head := c.base.Cluster, c.head.Cluster
	known := func(domain string, all []string) bool {
		return slices.ContainsFunc(all, func(b string) bool { return domain == b || strings.HasSuffix(domain, "."+b) })
	}
	var tunnelled, home []string
	for _, t := range base.Tunnels {
		tunnelled = append(tunnelled, t.Domains...)
	}
	for _, a := range base.Certificates {
		home = append(home, a.Domains...)
	}
	home = append(home, base.Domain)
	for _, name := range slices.Sorted(maps.Keys(head.Tunnels)) {
		for i, domain := range head.Tunnels[name].Domains {
			if !known(domain, tunnelled) {
				c.weaker(fact("tunnels", name, "domains", strconv.Itoa(i)), fact("tunnels", name, "domains"), fmt.Sprintf("tunnel %s leads from %s to apps here", name, domain), "it does not")
			}
		}
		if was, both := base.Tunnels[name]; both && was.App != head.Tunnels[name].App {
			c.same(fact("tunnels", name, "app"), fmt.Sprintf("tunnel %s is held open by %s", name, head.Tunnels[name].App), "it is "+was.App)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(head.Certificates)) {
		for i, domain := range head.Certificates[name].Domains {
			if !known(domain, home) {
				c.weaker(fact("certificates", name, "domains", strconv.Itoa(i)), fact("certificates", name, "domains"), "hosts may end in "+domain, "they may not")
			}
		}
	}
	if base.Domain != "" && !known(head.Domain, home) {
		c.same(fact("domain"), "hosts may end in "+head.Domain, "the domain is "+base.Domain)
	}
	was := ranges(base.Network.Pools)
	for _, name := range slices.Sorted(maps.Keys(head.Network.Pools)) {
		first, last, err := model.Range(head.Network.Pools[name])
		if err != nil || len(was) == 0 {
			continue // told by the render; and nothing was bounded
		}
		if !slices.ContainsFunc(was, func(b [2]netip.Addr) bool { return b[0].Compare(first) <= 0 && last.Compare(b[1]) <= 0 }) {
			c.same(fact("network", "pools", name), "load balancers may take "+head.Network.Pools[name], "no pool has all of that")
		}
	}
}

// ranges are the first and last addresses of pools.
func ranges(pools map[string]string) [][2]netip.Addr {
	var out [][2]netip.Addr
	for _, text := range pools {
		if first, last, err := model.Range(text); err == nil {
			out = append(out, [2]netip.Addr{first, last})
		}
	}
	return out
}

// boundaries compares the namespaces in which accounts may have rights at all.
func (c *comparison) boundaries() {
	compare := func(at []string, who string, is, was []string) {
		switch more := without(is, was); {
		case len(was) == 0:
		case len(is) == 0:
			c.same(path(at...), who+" has no boundary", "it has rights in "+finding.All(was)+" only")
		case len(more) > 0:
			c.same(path(at...), who+" may have rights in "+finding.All(more), "its boundary is "+finding.All(was))
		}
	}
	for name, app := range c.head.Apps {
		if was := c.base.Apps[name]; was != nil {
			compare([]string{"apps", name, "boundary"}, "app "+name, app.Boundary, was.Boundary)
		}
	}
	for name, entry := range c.head.RBAC {
		if was := c.base.RBAC[name]; was != nil {
			compare([]string{"rbac", name, "boundary"}, name, entry.Boundary, was.Boundary)
		}
	}
}
