package facts

import (
	"slices"
	"strconv"
	"strings"

	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"

	"stillsuit.dev/generator/internal/resolve/scope"
	"stillsuit.dev/generator/internal/resolve/traffic"
	"stillsuit.dev/generator/model"
)

// asksNameServers lets cert-manager see whether the record that proves a host is there.
// Unless it is told to ask recursive name servers alone, it asks the domain's authoritative
// ones, which are anywhere (cert-manager.io/docs/configuration/acme/dns01, "Setting
// Nameservers for DNS01 Self Check").
func (r authorities) asksNameServers(at model.Path, c *scope.Chart, solvers []map[string]any) {
	asks := false
	for i, solver := range solvers {
		dns, is := solver["dns01"].(map[string]any)
		if !is {
			continue
		}
		asks = true
		here := at.Join("solvers", strconv.Itoa(i), "dns01")
		if provider, is := dns["rfc2136"].(map[string]any); is {
			server, _ := provider["nameserver"].(string)
			r.asksNameServer(here.Join("rfc2136", "nameserver"), c, server)
		}
		if provider, is := dns["acmeDNS"].(map[string]any); is {
			if host, _ := provider["host"].(string); host != "" {
				r.ReachesURL(&c.Party, here.Join("acmeDNS", "host"), host)
			}
		}
	}
	if !asks {
		return
	}
	servers, only := recursive(c.Declared.Values)
	for _, server := range servers {
		if strings.HasPrefix(server, "https://") {
			r.ReachesURL(&c.Party, c.At.Join("values"), server)
		} else {
			r.asksNameServer(c.At.Join("values"), c, server)
		}
	}
	if !only {
		eachDNS(func(p scope.Port) { c.Reaches([]networkingv1.NetworkPolicyPeer{r.Internet()}, p) }, 53)
	}
}

// asksNameServer opens the way to one name server: an address, or host:port.
func (r authorities) asksNameServer(at model.Path, c *scope.Chart, server string) {
	host, number := server, int32(53)
	if i := strings.LastIndex(server, ":"); i >= 0 && (strings.Count(server, ":") == 1 || server[i-1] == ']') {
		if n, err := strconv.ParseUint(server[i+1:], 10, 16); err == nil {
			host, number = strings.Trim(server[:i], "[]"), int32(n)
		}
	}
	if host == "" {
		return // its own validation refuses that
	}
	if traffic.InCluster(host) {
		r.ReachesHost(&c.Party, at, host, scope.Port{Number: number, Protocol: corev1.ProtocolTCP})
		return
	}
	eachDNS(func(p scope.Port) { r.ReachesHost(&c.Party, at, host, p) }, number)
}

func eachDNS(open func(scope.Port), number int32) {
	open(scope.Port{Number: number, Protocol: corev1.ProtocolUDP})
	open(scope.Port{Number: number, Protocol: corev1.ProtocolTCP})
}

// recursive are the name servers that the chart's values tell cert-manager to ask first,
// and whether it asks no others: values of its own, or arguments.
func recursive(values map[string]any) (servers []string, only bool) {
	split := func(text string) []string {
		return slices.DeleteFunc(strings.Split(text, ","), func(s string) bool { return s == "" })
	}
	text, _ := values["dns01RecursiveNameservers"].(string)
	servers = split(text)
	only, _ = values["dns01RecursiveNameserversOnly"].(bool)
	arguments, _ := values["extraArgs"].([]any)
	for _, argument := range arguments {
		text, _ := argument.(string)
		name, value, _ := strings.Cut(text, "=")
		switch name {
		case "--dns01-recursive-nameservers":
			servers = append(servers, split(value)...)
		case "--dns01-recursive-nameservers-only":
			only = value == "" || value == "true"
		}
	}
	return servers, only && len(servers) > 0
}
