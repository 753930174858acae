package traffic

import (
	"cmp"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"stillsuit.dev/finding"
	"stillsuit.dev/generator/internal/resolve/scope"
	"stillsuit.dev/generator/model"
)

// through collects the exposures of an app or chart that lead through tunnels.
func (r *exposures) through(of *exposer) {
	if len(of.among) == 0 { // all workloads of the app are off
		return
	}
	for _, e := range slices.Sorted(maps.Keys(of.exposes)) {
		if x := of.exposes[e]; x.Tunnel != "" && x.Mesh == "" && x.LoadBalancer == "" && (x.Host != "" || len(x.Hosts) > 0) {
			r.exposure(of, e).tunnel()
		}
	}
}

// checkTunnel reports a holder that is not there, and a configuration that says
// too little or is put nowhere.
func (r *exposures) checkTunnel(at model.Path, name string, t model.Tunnel) {
	if len(r.Tunnelled[name]) > 0 || t.Config != "" {
		if len(r.Lookup(nil, t.App)) == 0 {
			r.UnknownApp(at.Join("app"), nil, t.App, fmt.Sprintf("tunnel %s is held by %s", name, t.App))
		}
	}
	switch {
	case t.Config == "" && (t.ID != "" || t.Credentials != ""):
		r.Error(at, "cluster/tunnel", fmt.Sprintf("tunnel %s has an id or credentials, and no config", name), "cloudflared reads them from its configuration", `add config: "/etc/cloudflared/config.yaml", or remove them`)
	case t.Config == "":
	case t.ID == "":
		r.Error(at, "cluster/tunnel", fmt.Sprintf("tunnel %s has a config and no id", name), "cloudflared takes its hosts from a file only when that names the tunnel", `add id: "…", which cloudflared tunnel create said`)
	case r.Charts[t.App] != nil:
		r.Error(at.Join("config"), "cluster/tunnel", fmt.Sprintf("tunnel %s has a config, and chart %s holds it", name, t.App), "a file cannot be put into the pods of a chart", "remove config, and say in the chart's values which host leads where")
	}
}

// tunnel lets the app that holds the tunnel reach the port, and notes which host
// leads there.
func (x *exposure) tunnel() {
	tunnel, ok := declared(x, x.Desired.Cluster.Tunnels, x.Declared.Tunnel, "goes through tunnel", "cluster.tunnels", "tunnel")
	if !ok {
		return
	}
	to, ok := x.target()
	if !ok || !x.speaks("") {
		return
	}
	w, p, scheme := to.Party, to.Port, cmp.Or(x.Declared.Scheme, "http")
	prefix := strings.TrimSuffix(x.Declared.Path, "/")
	for _, host := range x.hosts(x.Desired.Cluster.Domain) {
		x.once("host " + host + cmp.Or(x.Declared.Path, "/"))
		if !slices.ContainsFunc(tunnel.Domains, func(d string) bool { return host == d || strings.HasSuffix(host, "."+d) }) {
			x.Error(x.at, "expose/domain", fmt.Sprintf("host %s goes through tunnel %s", host, x.Declared.Tunnel), fmt.Sprintf("that tunnel serves only %s", finding.AllSorted(tunnel.Domains)), "choose a host below one of them")
		}
		route := scope.TunnelRoute{Hostname: host, Origin: x.origin(), Service: fmt.Sprintf("%s://%s.%s.svc.cluster.local:%d", scheme, ServiceOf(w, p), w.Namespace, p.Front())}
		if prefix != "" {
			route.Path = "^" + regexp.QuoteMeta(prefix) + "(/|$)"
		}
		x.Tunnelled[x.Declared.Tunnel] = append(x.Tunnelled[x.Declared.Tunnel], route)
	}
	for _, h := range x.Lookup(nil, tunnel.App) {
		x.goes(x.at, h, w, p)
		x.Lets(x.at, h, w, p)
	}
}

// ServiceOf is the name of the Service of a port.
func ServiceOf(w *scope.Party, p scope.Port) string {
	if p.Service != nil {
		return p.Service.Name
	}
	return w.Full
}
