// Package render turns the model of one cluster into Kubernetes and Flux
// objects, as Go types, each with the CUE path that it came from. One file
// holds one concern.
package render

import (
	"io/fs"
	"maps"
	"slices"

	corev1 "k8s.io/api/core/v1"

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
		scope:    newScope(d, in),
		byID:     map[manifest.ID]*manifest.Object{},
		backedUp: map[string]bool{},
		lazy:     map[string]bool{},
	}
	r.index()
	r.checkCluster()
	exposed, monitors := trafficOf(r.scope)
	r.tunnelled = exposed.tunnelled
	c := &cluster{declared: d, dir: in.Dir, providers: r.providers, after: orders{r.scope}.after()}
	c.apps = map[string]*app{}
	for _, name := range sorted(d.Apps) {
		if d.Apps[name].Off == "" {
			r.guarded("app", model.Path{"apps", name}, func() { r.app(c, name, d.Apps[name]) })
		}
	}
	for _, name := range sorted(r.charts) {
		r.guarded("chart", model.Path{"charts", name}, func() { r.chart(c, r.charts[name]) })
	}
	rights := newAccess(r.scope)
	for _, name := range sorted(c.apps) {
		r.guarded("app", model.Path{"apps", name}, func() { rights.app(name, d.Apps[name]) })
	}
	rights.entries(c.written())
	c.access = rights.out
	n := network{r.scope}
	c.resolvedTraffic = resolvedTraffic{exposed: exposed, monitors: monitors, offered: facts{n}.offered(), releases: c.namespacesOfReleases()}
	solvers := n.answer(exposed.solvers)
	workspaces{r.scope, c}.opened()
	c.networkPolicies = n.networkPolicies(solvers)
	namespaces{r.scope, c}.resolve()
	pieces := pieces(c)
	arrange(pieces)
	for _, p := range pieces {
		r.guarded(p.what, p.at, func() { r.put(p.make()...) })
	}
	f := assemble(&r.Reporter, c, r.made)
	f.finish()
	r.units, r.byID, r.made = f.units, maps.Clone(f.byID), nil
	r.admitted()
	f.put(r.made...)
	f.definitions()
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

	workspaces []string                 // sorted
	providers  map[string]*chart        // the first chart that brings an API group or storage provisioner
	tunnelled  map[string][]tunnelRoute // by tunnel
}

type renderer struct {
	*scope
	made     []made
	units    map[string]*manifest.Unit
	byID     map[manifest.ID]*manifest.Object
	backedUp map[string]bool // shared claims that some pod backs up
	lazy     map[string]bool // units with claims that nothing consumes yet

	classUnits map[string]string // units with a storage class, by the class
}

// workload is one workload of an app, with what others ask of it.
type workload struct {
	*model.Workload
	party
	app     *model.App
	appName string
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

func (r *scope) workload(appName string, app *model.App, name string) *workload {
	w := &workload{Workload: app.Workloads[name], app: app, appName: appName}
	w.party = party{kind: "app", owner: appName, name: name, full: appName, namespace: app.Namespace, at: model.Path{"apps", appName}}
	if w.HostNetwork != "" {
		w.host = w
	}
	if name != "" {
		w.full += "-" + name
		w.at = w.at.Join("workloads", name)
	}
	w.selector = w.Selector
	if len(w.selector) == 0 {
		w.selector = map[string]string{labelName: appName}
		if name != "" {
			w.selector[labelComponent] = name
		}
	}
	w.labels = labels(appName, name)
	maps.Copy(w.labels, w.selector)
	for _, set := range w.sets() {
		for _, c := range sorted(set.containers) {
			for _, p := range sorted(set.containers[c].Ports) {
				w.ports = append(w.ports, port{name: p, number: set.containers[c].Ports[p], protocol: corev1.ProtocolTCP, container: c, at: w.at.Join(set.field, c, "ports", p)})
			}
			for _, p := range sorted(set.containers[c].UDP) {
				w.ports = append(w.ports, port{name: p, number: set.containers[c].UDP[p], protocol: corev1.ProtocolUDP, container: c, at: w.at.Join(set.field, c, "udp", p)})
			}
		}
	}
	slices.SortStableFunc(w.ports, func(a, b port) int { return compare(a.name, b.name) })
	return w
}

// set is one of the fields that hold containers.
type set struct {
	field      string
	containers map[string]*model.Container
}

// sets returns the containers that run as long as the pod, by field.
func (w *workload) sets() []set {
	return []set{{"containers", w.Containers}, {"sidecars", w.Sidecars}}
}

// kind is the controller of the workload's pods.
func (w *workload) kind() string {
	switch {
	case w.Kind != "":
		return w.Kind
	case w.Schedule != "":
		return "CronJob"
	}
	return "Deployment"
}

// runs reports whether the workload has pods as soon as it is applied.
func (w *workload) runs() bool {
	return w.kind() != "CronJob" && (w.Replicas == nil || *w.Replicas > 0)
}

func (w *workload) replicas() int32 {
	if w.Replicas == nil {
		return 1
	}
	return *w.Replicas
}

// app resolves one app.
func (r *renderer) app(c *cluster, name string, app *model.App) {
	at := model.Path{"apps", name}
	if app.Namespace == "" {
		r.Error(at, "app/missing-field", "app "+name+" has no namespace", "every app lives in one", `add namespace: "…"`)
		return
	}
	a := r.resolveApp(name, app)
	c.apps[name] = a
}

// chart resolves one chart.
func (r *renderer) chart(c *cluster, declared *chart) {
	if x := (charts{r.scope}).resolve(declared); x != nil {
		c.charts = append(c.charts, x)
	}
}

// resolveApp decides what is made of an app.
func (r *renderer) resolveApp(name string, declared *model.App) *app {
	at := model.Path{"apps", name}
	out := &app{
		name: name, unit: r.appUnit(name),
		secrets: secretReader{r.scope}.secretsOf(&holder{kind: "app", name: name, namespace: declared.Namespace, at: at, secrets: declared.Secrets}),
	}
	for i, w := range r.apps[name] {
		resolved := pods{r.scope, r.backedUp}.workload(w)
		resolved.account = accountOf(w, i == 0)
		out.workloads = append(out.workloads, resolved)
	}
	out.objects = ownObjects(&r.Reporter, name, declared.Namespace, at, declared.Objects)
	return out
}

func sorted[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }
