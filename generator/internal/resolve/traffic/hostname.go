package traffic

import (
	"fmt"
	"maps"
	"net/netip"
	"slices"
	"strings"

	"stillsuit.dev/generator/internal/resolve/scope"
	"stillsuit.dev/generator/model"
	"stillsuit.dev/generator/valid"
)

// CheckHost reports a text that is no host, and says which one it seems to mean. What it is,
// and of what, is in words: host of exposure web.
func CheckHost(r *scope.Scope, at model.Path, what, of, text string) bool {
	wrong, long := len(valid.Host(text)) > 0 || what == "domain" && strings.HasPrefix(text, "*."), valid.TooLongHost(text)
	if !wrong && long == "" && what != "domain" {
		long = valid.TooLongHost(FullHost(text, r.Desired.Cluster.Domain))
	}
	problem := fmt.Sprintf("%s %q of %s is not a host name", what, shown(text), of)
	switch {
	case long != "" && (!wrong || valid.HostMeant(text) == ""):
		r.Error(at, "expose/host", problem, long, "write a shorter one")
	case wrong:
		r.Error(at, "expose/host", problem, hostDetail(what, text), hostFix(what, of, text))
	default:
		return true
	}
	return false
}

// hostDetail is the rule that a text breaks.
func hostDetail(what, text string) string {
	switch {
	case what == "domain" && strings.HasPrefix(text, "*."):
		return "a domain stands for every host below it, and has no star"
	case strings.Contains(text, "*"):
		return "a host name may have a star in place of its first part, and nowhere else"
	case strings.HasSuffix(text, "."), strings.Contains(text, ".."), strings.HasPrefix(text, "."):
		return "a host name has no dot at its ends, and none beside another"
	case isAddress(text):
		return "it is an address"
	case strings.ContainsAny(text, ":/") || strings.ToLower(text) != text:
		return "a host name has no scheme, port, path or capital letters"
	}
	return "a host name is lower-case letters, digits, dashes and dots"
}

// shown is a text cut short.
func shown(text string) string {
	if runes := []rune(text); len(runes) > 80 {
		return string(runes[:80]) + "…"
	}
	return text
}

// hostFix says what to write in place of a text that is no host.
func hostFix(what, of, text string) string {
	scheme, rest, schemed := strings.Cut(strings.TrimSpace(text), "://")
	if !schemed {
		rest = strings.TrimSpace(text)
	}
	rest, path, _ := strings.Cut(rest, "/")
	_, port, _ := strings.Cut(rest, ":")
	meant := valid.HostMeant(text)
	switch {
	case what == "domain" && strings.HasPrefix(text, "*.") && len(valid.Host(text)) == 0:
		return fmt.Sprintf("write %q", text[2:])
	case strings.Contains(text, "${"):
		return `write \(cluster.domain) for the cluster's domain: Flux replaces no ${…} in what stillsuit renders`
	case isAddress(text) || isAddress(strings.TrimSuffix(rest, ":"+port)):
		if strings.HasPrefix(of, "exposure ") {
			return "write a name, or expose the app with loadBalancer"
		}
		return "write a name"
	case meant == "":
		return "write lower-case letters, digits, dashes and dots"
	}
	fix := fmt.Sprintf("write %q", meant)
	if what != "host" || !strings.HasPrefix(of, "exposure ") {
		return fix
	}
	if path != "" {
		fix += fmt.Sprintf(" and path: %q", "/"+path)
	}
	if schemed && scheme == "https" {
		fix += `, with scheme: "https" beside it when the app itself serves TLS`
	}
	if port != "" {
		fix += "; the ingress controller decides the port"
	}
	return fix
}

func isAddress(text string) bool {
	_, err := netip.ParseAddr(strings.Trim(text, "[]"))
	return err == nil
}

// checkHost is CheckHost for exposures.
func (x *exposures) checkHost(at model.Path, what, of, text string) bool {
	return CheckHost(x.Scope, at, what, of, text)
}

// checkDomains reports domains of the cluster that are no hosts.
func (x *exposures) checkDomains() {
	c := x.Desired.Cluster
	if c.Domain != "" {
		x.checkHost(model.Path{"cluster", "domain"}, "domain", "the cluster", c.Domain)
	}
	for _, name := range slices.Sorted(maps.Keys(c.Meshes)) {
		if domain := c.Meshes[name].Domain; domain != "" {
			x.checkHost(model.Path{"cluster", "meshes", name, "domain"}, "domain", "mesh "+name, domain)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(c.Tunnels)) {
		for i, domain := range c.Tunnels[name].Domains {
			x.checkHost(model.Path{"cluster", "tunnels", name, "domains", fmt.Sprint(i)}, "domain", "tunnel "+name, domain)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(c.Certificates)) {
		for i, domain := range c.Certificates[name].Domains {
			x.checkHost(model.Path{"cluster", "certificates", name, "domains", fmt.Sprint(i)}, "domain", "authority "+name, domain)
		}
	}
}
