package render

import (
	"cmp"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"stillsuit.dev/generator/manifest"
	"stillsuit.dev/generator/model"
)

// tunnelConfig is what cloudflared is told of a tunnel that is managed by file
// (developers.cloudflare.com, Tunnel, configuration file).
type tunnelConfig struct {
	Tunnel      string        `json:"tunnel"`
	Credentials string        `json:"credentials-file,omitempty"`
	Ingress     []tunnelRoute `json:"ingress"`
}

// tunnelRoute is where requests for a host, and a path, lead. The first that fits
// is taken, and the last fits all.
type tunnelRoute struct {
	Hostname string `json:"hostname,omitempty"`
	Path     string `json:"path,omitempty"`
	Service  string `json:"service"`
}

// through collects the exposures of an app or chart that lead through tunnels.
func (r *exposures) through(of *exposer) {
	if len(of.among) == 0 { // all workloads of the app are off
		return
	}
	for _, e := range sorted(of.declared) {
		if x := of.declared[e]; x.Tunnel != "" && x.Mesh == "" && x.LoadBalancer == "" && (x.Host != "" || len(x.Hosts) > 0) {
			r.exposure(of, e).tunnel()
		}
	}
}

// checkTunnel reports a holder that is not there, and a configuration that says
// too little or is put nowhere.
func (r *exposures) checkTunnel(at model.Path, name string, t model.Tunnel) {
	if len(r.tunnelled[name]) > 0 || t.Config != "" {
		if len(r.lookup(nil, t.App)) == 0 {
			r.unknownApp(at.Join("app"), nil, t.App, fmt.Sprintf("tunnel %s is held by %s", name, t.App))
		}
	}
	switch {
	case t.Config == "" && (t.ID != "" || t.Credentials != ""):
		r.Error(at, "cluster/tunnel", fmt.Sprintf("tunnel %s has an id or credentials, and no config", name), "they are told to cloudflared in its configuration", `add config: "/etc/cloudflared/config.yaml", or remove them`)
	case t.Config == "":
	case t.ID == "":
		r.Error(at, "cluster/tunnel", fmt.Sprintf("tunnel %s has a config and no id", name), "cloudflared takes its hosts from a file only when that names the tunnel", `add id: "…", which cloudflared tunnel create said`)
	case r.charts[t.App] != nil:
		r.Error(at.Join("config"), "cluster/tunnel", fmt.Sprintf("tunnel %s has a config, and chart %s holds it", name, t.App), "a file cannot be put into the pods of a chart", "remove config, and say in the chart's values which host leads where")
	}
}

// tunnel lets the app that holds the tunnel reach the port, and notes which host
// leads there.
func (x *exposure) tunnel() {
	tunnel, ok := declared(x, x.d.Cluster.Tunnels, x.Tunnel, "goes through tunnel", "cluster.tunnels", "tunnel")
	if !ok {
		return
	}
	to, ok := x.target()
	if !ok {
		return
	}
	w, p := to.party, to.port
	prefix := strings.TrimSuffix(x.Path, "/")
	for _, host := range x.hosts(x.d.Cluster.Domain) {
		x.once("host", host+cmp.Or(x.Path, "/"))
		if !slices.ContainsFunc(tunnel.Domains, func(d string) bool { return host == d || strings.HasSuffix(host, "."+d) }) {
			x.Error(x.at, "expose/domain", fmt.Sprintf("host %s goes through tunnel %s", host, x.Tunnel), fmt.Sprintf("that tunnel serves only %s", all(tunnel.Domains)), "choose a host below one of them")
		}
		route := tunnelRoute{Hostname: host, Service: fmt.Sprintf("http://%s.%s.svc.cluster.local:%d", serviceOf(w, p), w.namespace, p.front())}
		if prefix != "" {
			route.Path = "^" + regexp.QuoteMeta(prefix) + "(/|$)"
		}
		x.tunnelled[x.Tunnel] = append(x.tunnelled[x.Tunnel], route)
	}
	for _, h := range x.lookup(nil, tunnel.App) {
		h.reaches(x.peersAt(x.at, w, p, h), p)
		w.admits(x.peersOf(x.at, h, w), p)
	}
}

// serviceOf is the name of the Service of a port.
func serviceOf(w *party, p port) string {
	if p.service != nil {
		return p.service.name
	}
	return w.full
}

// tunnelFiles are the configurations of the tunnels that a workload holds.
func (r fileReader) tunnelFiles(w *workload, containers []string) []*mountedFile {
	var out []*mountedFile
	for _, name := range sorted(r.d.Cluster.Tunnels) {
		t := r.d.Cluster.Tunnels[name]
		if t.Config == "" || !slices.Contains(r.lookup(nil, t.App), &w.party) {
			continue
		}
		config := tunnelConfig{Tunnel: t.ID, Credentials: t.Credentials, Ingress: slices.Clone(r.tunnelled[name])}
		slices.SortFunc(config.Ingress, func(a, b tunnelRoute) int {
			if a.Hostname != b.Hostname {
				return cmp.Compare(a.Hostname, b.Hostname)
			}
			return cmp.Compare(len(b.Path), len(a.Path)) // the longer path first: it is the narrower
		})
		config.Ingress = append(config.Ingress, tunnelRoute{Service: "http_status:404"})
		text, err := manifest.Marshal(config)
		if err != nil {
			panic(err) // it is made of texts
		}
		out = append(out, &mountedFile{at: model.Path{"cluster", "tunnels", name, "config"}, path: t.Config, file: &model.File{Text: ptr(string(text))}, containers: containers})
	}
	return out
}
