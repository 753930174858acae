// Package scope is what all decisions about a cluster are made from: what is declared,
// what each name in it means, and what is known of apps, charts, ports and secrets.
package scope

import (
	"io/fs"
	"maps"
	"slices"

	"stillsuit.dev/generator/image"
	"stillsuit.dev/generator/internal/policy"
	"stillsuit.dev/generator/lock"
	"stillsuit.dev/generator/model"
)

// Inputs are what is read besides the model.
type Inputs struct {
	// Lock holds what is known of images.
	Lock *lock.Lock
	// Library are the policies that the cluster may choose, sorted by name.
	Library []policy.Policy
	// Files is the repository.
	Files fs.FS
	// Dir is the cluster's directory in Files: clusters/turingpi.
	Dir string
}

// Scope is what everything is decided from: what is declared, with what each name in it
// means, and what has been decided so far.
type Scope struct {
	model.Reporter
	Desired  *model.Desired
	Inputs   Inputs
	Err      error                  // of the first file that could not be read
	Apps     map[string][]*Workload // by app, sorted by name; apps that are off are not here
	Charts   map[string]*Chart      // by name; charts that are off are not here
	Lives    map[string][]*Party    // by namespace: apps by name, then charts
	Secrets  map[string]*Secret     // by app or chart, and name there
	Security map[string]Level       // the most that anything in a namespace needs
	Unranged map[string][]string    // ports that every pod can reach, by the node that must

	Stranded   []string                 // what uses the Kubernetes API, where no server has an address
	Workspaces []string                 // sorted
	Providers  map[string]*Chart        // the first chart that brings an API group or storage provisioner
	Tunnelled  map[string][]TunnelRoute // by tunnel
}

// New holds what is declared. Index fills in what names mean.
func New(d *model.Desired, in Inputs) *Scope {
	return &Scope{
		Reporter: model.Reporter{Places: d.Places},
		Desired:  d, Inputs: in,
		Apps:      map[string][]*Workload{},
		Charts:    map[string]*Chart{},
		Lives:     map[string][]*Party{},
		Secrets:   map[string]*Secret{},
		Security:  map[string]Level{},
		Unranged:  map[string][]string{},
		Providers: map[string]*Chart{},
	}
}

// Index lists the workloads, the charts and their ports, so that they can refer
// to each other.
func (r *Scope) Index() {
	for _, name := range slices.Sorted(maps.Keys(r.Desired.Namespaces)) {
		if r.Desired.Namespaces[name].Workspace != "" {
			r.Workspaces = append(r.Workspaces, name)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(r.Desired.Apps)) {
		app := r.Desired.Apps[name]
		if app.Off != "" {
			continue
		}
		for _, w := range slices.Sorted(maps.Keys(app.Workloads)) {
			r.Apps[name] = append(r.Apps[name], r.newWorkload(name, app, w))
		}
		r.Lives[app.Namespace] = append(r.Lives[app.Namespace], PartiesOf(r.Apps[name])...)
	}
	for _, name := range slices.Sorted(maps.Keys(r.Desired.Charts)) {
		declared := r.Desired.Charts[name]
		if declared.Off != "" {
			continue
		}
		c := NewChart(name, declared)
		r.Charts[name] = c
		r.Lives[c.Namespace] = append(r.Lives[c.Namespace], &c.Party)
		for _, of := range c.Declared.Provides {
			if r.Providers[of] == nil {
				r.Providers[of] = c
			}
		}
	}
}

// SystemNamespaces are there before Flux, and are not ours to shut.
var SystemNamespaces = model.SystemNamespaces()

// Outside reports whether something other than stillsuit makes a namespace.
func (r *Scope) Outside(namespace string) bool {
	ns := r.Desired.Namespaces[namespace]
	return ns != nil && ns.Outside != ""
}

// Shared reports whether others run pods in a namespace, which stillsuit does not know.
func (r *Scope) Shared(namespace string) bool {
	return r.Outside(namespace) || slices.Contains(SystemNamespaces, namespace)
}

// Isolated reports whether a namespace denies what nothing allows, to all of its pods.
func (r *Scope) Isolated(namespace string) bool {
	if !r.Shared(namespace) {
		return true
	}
	ns := r.Desired.Namespaces[namespace]
	return ns != nil && ns.Isolate != nil && *ns.Isolate
}

// Inhabitant is an app or chart that lives in a namespace.
type Inhabitant struct {
	Says string // "app immich"
	At   model.Path
}

// Inhabitants are the apps and charts in each namespace, apps first.
func (r *Scope) Inhabitants() map[string][]Inhabitant {
	out := map[string][]Inhabitant{}
	for _, name := range slices.Sorted(maps.Keys(r.Apps)) {
		if ns := r.Desired.Apps[name].Namespace; ns != "" {
			out[ns] = append(out[ns], Inhabitant{"app " + name, model.Path{"apps", name}})
		}
	}
	for _, name := range slices.Sorted(maps.Keys(r.Charts)) {
		if c := r.Charts[name]; c.Declared.Namespace != "" && c.Declared.Outside == "" {
			out[c.Declared.Namespace] = append(out[c.Declared.Namespace], Inhabitant{c.Says(), c.At})
		}
	}
	return out
}

// Allowed reports an image, or a chart, from a registry that the cluster does not name.
func (r *Scope) Allowed(where model.Path, of image.Reference) {
	if f, wrong := r.Desired.Cluster.WrongRegistry(of); wrong {
		r.Report(where, f)
	}
}

// TunnelRoute is where requests for a host, and a path, lead. The first that fits
// is taken, and the last fits all.
type TunnelRoute struct {
	Hostname string `json:"hostname,omitempty"`
	Path     string `json:"path,omitempty"`
	Service  string `json:"service"`
	// Origin is how the Service is spoken to, beside its URL; nil for the default.
	Origin *TunnelOrigin `json:"originRequest,omitempty"`
}

// TunnelOrigin says what the certificate of a Service must be like (cloudflared,
// config/configuration.go, OriginRequestConfig).
type TunnelOrigin struct {
	ServerName string `json:"originServerName,omitempty"`
	Unverified bool   `json:"noTLSVerify,omitempty"`
}
