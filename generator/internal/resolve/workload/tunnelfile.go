package workload

import (
	"cmp"
	"maps"
	"slices"

	"k8s.io/utils/ptr"

	"stillsuit.dev/generator/internal/resolve/scope"
	"stillsuit.dev/generator/manifest"
	"stillsuit.dev/generator/model"
)

// tunnelConfig is what cloudflared is told of a tunnel that is managed by file
// (developers.cloudflare.com, Tunnel, configuration file).
type tunnelConfig struct {
	Tunnel      string              `json:"tunnel"`
	Credentials string              `json:"credentials-file,omitempty"`
	Ingress     []scope.TunnelRoute `json:"ingress"`
}

// tunnelFiles are the configurations of the tunnels that a workload holds.
func (r fileReader) tunnelFiles(w *scope.Workload, containers []string) []*mountedFile {
	var out []*mountedFile
	for _, name := range slices.Sorted(maps.Keys(r.Desired.Cluster.Tunnels)) {
		t := r.Desired.Cluster.Tunnels[name]
		if t.Config == "" || !slices.Contains(r.Lookup(nil, t.App), &w.Party) {
			continue
		}
		config := tunnelConfig{Tunnel: t.ID, Credentials: t.Credentials, Ingress: slices.Clone(r.Tunnelled[name])}
		slices.SortFunc(config.Ingress, func(a, b scope.TunnelRoute) int {
			if a.Hostname != b.Hostname {
				return cmp.Compare(a.Hostname, b.Hostname)
			}
			return cmp.Compare(len(b.Path), len(a.Path)) // the longer path first: it is the narrower
		})
		config.Ingress = append(config.Ingress, scope.TunnelRoute{Service: "http_status:404"})
		text, err := manifest.Marshal(config)
		if err != nil {
			panic(err) // it is made of texts
		}
		out = append(out, &mountedFile{at: model.Path{"cluster", "tunnels", name, "config"}, path: t.Config, file: &model.File{Text: ptr.To(string(text))}, containers: containers})
	}
	return out
}
