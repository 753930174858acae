package render

import (
	"io/fs"

	"stillsuit.dev/generator/lock"
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

	workspaces []string                 // sorted
	providers  map[string]*chart        // the first chart that brings an API group or storage provisioner
	tunnelled  map[string][]tunnelRoute // by tunnel
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
		providers: map[string]*chart{},
	}
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
			r.apps[name] = append(r.apps[name], newWorkload(name, app, w))
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
