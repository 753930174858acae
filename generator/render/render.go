// Package render turns the model of one cluster into Kubernetes and Flux
// objects, as Go types, each with the CUE path that it came from. One file
// holds one concern.
package render

import (
	"io/fs"
	"maps"
	"slices"

	rbacv1 "k8s.io/api/rbac/v1"

	"stillsuit.dev/finding"
	"stillsuit.dev/generator/lock"
	"stillsuit.dev/generator/manifest"
	"stillsuit.dev/generator/model"
)

// Inputs are what is read besides the model.
type Inputs struct {
	// Lock holds what is known of images.
	Lock *lock.Lock
	// Library are the policies that the cluster may choose, sorted by name.
	Library []LibraryPolicy
	// Files is the repository.
	Files fs.FS
	// Dir is the cluster's directory in Files: clusters/turingpi.
	Dir string
}

// Cluster renders everything of one cluster. What is wrong is in the findings;
// the set then lacks what could not be made. The error says which file is there
// and cannot be read.
func Cluster(d *model.Desired, in Inputs) (*manifest.Set, []finding.Finding, error) {
	if in.Lock == nil {
		in.Lock = &lock.Lock{}
	}
	return clusterOf(d, in, func([]piece) {})
}

// clusterOf renders a cluster, with the pieces in the order that arrange puts them.
func clusterOf(d *model.Desired, in Inputs, arrange func([]piece)) (*manifest.Set, []finding.Finding, error) {
	r := &renderer{
		scope:      newScope(d, in),
		byID:       map[manifest.ID]*manifest.Object{},
		backedUp:   map[string]bool{},
		lazy:       map[string]bool{},
		subjects:   map[string]rbacv1.Subject{},
		classUnits: map[string]string{},
	}
	r.index()
	r.checkCluster()
	r.tunnels()
	c := &cluster{declared: d, dir: in.Dir, providers: r.providers, after: orders{r.scope}.after()}
	c.apps = map[string]*app{}
	for _, name := range sorted(d.Apps) {
		if d.Apps[name].Off == "" {
			r.guarded("app", model.Path{"apps", name}, func() { r.app(c, name, d.Apps[name]) })
		}
	}
	pieces := pieces(c)
	arrange(pieces)
	for _, p := range pieces {
		r.guarded(p.what, p.at, func() { r.put(p.make()...) })
	}
	for _, name := range sorted(r.charts) {
		r.guarded("chart", model.Path{"charts", name}, func() { r.chart(r.charts[name]) })
	}
	r.access()
	r.facts()
	r.workspaceIngress()
	r.policies()
	r.namespaces()
	r.priorityClasses()
	c.lazyNamespaces = r.lazy[unitNamespaces]
	f := assemble(&r.Reporter, c, r.made)
	f.classUnits = r.classUnits
	f.finish()
	r.units, r.byID, r.made = f.units, maps.Clone(f.byID), nil
	r.admitted()
	f.put(r.made...)
	f.definitions()
	r.byID = f.byID
	r.boundaries()
	set := f.set(r.bootstrap())
	return set, finding.Sort(r.Findings), r.err
}

func newScope(d *model.Desired, in Inputs) *scope {
	return &scope{
		Reporter: model.Reporter{Places: d.Places},
		d:        d, in: in,
		apps:      map[string][]*workload{},
		charts:    map[string]*chart{},
		lives:     map[string][]*party{},
		secrets:   map[string]*secret{},
		security:  map[string]level{},
		taken:     map[string]model.Path{},
		routes:    map[string][]tunnelRoute{},
		solvers:   map[string]model.Path{},
		providers: map[string]*chart{},
	}
}

// scope is what everything is decided from: what is declared, with what each name in it
// means, and what has been decided so far.
type scope struct {
	model.Reporter
	d        *model.Desired
	in       Inputs
	err      error                  // of the first file that could not be read
	apps     map[string][]*workload // by app, sorted by name; apps that are off are not here
	charts   map[string]*chart      // by name; charts that are off are not here
	lives    map[string][]*party    // by namespace: apps by name, then charts
	secrets  map[string]*secret     // by app or chart, and name there
	security map[string]level       // the most that anything in a namespace needs
	taken    map[string]model.Path  // hosts and addresses, by who has them
	solvers  map[string]model.Path  // namespaces in which hosts are answered for, by who needs it

	routes     map[string][]tunnelRoute // by tunnel
	workspaces []string                 // sorted
	providers  map[string]*chart        // the first chart that brings an API group or storage provisioner
}

type renderer struct {
	*scope
	made     []made
	units    map[string]*manifest.Unit
	byID     map[manifest.ID]*manifest.Object
	backedUp map[string]bool           // shared claims that some pod backs up
	lazy     map[string]bool           // units with claims that nothing consumes yet
	subjects map[string]rbacv1.Subject // of rbac, by entry

	classUnits map[string]string // units with a storage class, by the class
}

// index lists the workloads, the charts and their ports, so that they can refer
// to each other.
func (r *scope) index() {
	for _, name := range sorted(r.d.Namespaces) {
		if r.d.Namespaces[name].Workspace != "" {
			r.workspaces = append(r.workspaces, name)
		}
	}
	for _, name := range sorted(r.d.Apps) {
		app := r.d.Apps[name]
		if app.Off != "" {
			continue
		}
		for _, w := range sorted(app.Workloads) {
			r.apps[name] = append(r.apps[name], r.workload(name, app, w))
		}
		r.lives[app.Namespace] = append(r.lives[app.Namespace], partiesOf(r.apps[name])...)
	}
	for _, name := range sorted(r.d.Charts) {
		declared := r.d.Charts[name]
		if declared.Off != "" {
			continue
		}
		c := newChart(name, declared)
		r.charts[name] = c
		r.lives[c.namespace] = append(r.lives[c.namespace], &c.party)
		for _, of := range c.Provides {
			if r.providers[of] == nil {
				r.providers[of] = c
			}
		}
	}
}

// app resolves one app.
func (r *renderer) app(c *cluster, name string, app *model.App) {
	at := model.Path{"apps", name}
	if app.Namespace == "" {
		r.Error(at, "app/missing-field", "app "+name+" has no namespace", "every app lives in one", `add namespace: "…"`)
		return
	}
	unit := r.appUnit(name)
	c.apps[name] = pods{r.scope, r.backedUp}.app(name, app)
	r.exposures(&exposer{kind: "app", name: name, at: at, unit: unit, among: partiesOf(r.apps[name])}, app.Expose)
	for _, w := range r.apps[name] {
		r.checkPorts(w)
		r.monitor(w)
		r.connections(w)
	}
	r.grants(unit, name, app)
}

func sorted[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }
