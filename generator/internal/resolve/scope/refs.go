package scope

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"stillsuit.dev/finding"
	"stillsuit.dev/generator/internal/kinds"
	"stillsuit.dev/generator/model"
)

// Lookup finds what a name means to a workload: a workload of its own app, an
// app with all its workloads, app/workload, or a chart. of is nil for others.
func (r *Scope) Lookup(of *Party, name string) []*Party {
	if of != nil && of.Kind == "app" {
		for _, sibling := range r.Apps[of.Owner] {
			if sibling.Name == name && name != "" {
				return []*Party{&sibling.Party}
			}
		}
	}
	app, one, _ := strings.Cut(name, "/")
	if c := r.Charts[name]; c != nil {
		return []*Party{&c.Party}
	}
	if one == "" {
		return PartiesOf(r.Apps[app])
	}
	for _, other := range r.Apps[app] {
		if other.Name == one {
			return []*Party{&other.Party}
		}
	}
	return nil
}

// UnknownApp reports a name that lookup does not find.
func (r *Scope) UnknownApp(at model.Path, of *Party, name, fact string) {
	called, off := "app "+name, ""
	if c := r.Desired.Charts[name]; c != nil {
		called, off = "chart "+name, c.Off
	}
	if app := r.Desired.Apps[name]; app != nil {
		off = app.Off
	}
	if off != "" {
		r.Error(at, "app/off", fact, fmt.Sprintf("%s is off: %s", called, off), "switch it on, or remove this")
		return
	}
	known := slices.Concat(slices.Sorted(maps.Keys(r.Apps)), slices.Sorted(maps.Keys(r.Charts)))
	if of != nil && of.Kind == "app" {
		for _, sibling := range r.Apps[of.Owner] {
			if sibling.Name != "" && sibling.Name != of.Name {
				known = append(known, sibling.Name)
			}
		}
	}
	if of != nil && of.Kind == "chart" {
		known = slices.DeleteFunc(known, func(n string) bool { return n == of.Owner })
	}
	app, one, nested := strings.Cut(name, "/")
	if nested && r.Apps[app] != nil {
		var workloads []string
		for _, other := range r.Apps[app] {
			workloads = append(workloads, other.Name)
		}
		r.Error(at, "app/unknown", fact, finding.Has("app "+app, "workload", workloads), finding.DidYouMean(one, workloads, "name one of them")).Like(one, workloads)
		return
	}
	r.Error(at, "app/unknown", fact, "there is no app or chart of that name in this cluster", finding.DidYouMean(name, known, "declare it, or remove this")).Like(name, known)
}

// PortOf finds a port among parties, by its name or as workload/port. It reports
// one that does not exist or that several workloads have. of says whose it is.
func (r *Scope) PortOf(at model.Path, of string, among []*Party, name string) (*Party, Port, bool) {
	one, short, nested := strings.Cut(name, "/")
	if !nested {
		short = name
	}
	var known []string
	var found []*Party
	var p Port
	for _, w := range among {
		for _, candidate := range w.Ports {
			full := candidate.Name
			if len(among) > 1 {
				full = w.Name + "/" + candidate.Name
			}
			known = append(known, full)
			if candidate.Name == short && (!nested || w.Name == one) {
				found, p = append(found, w), candidate
			}
		}
	}
	switch len(found) {
	case 1:
		return found[0], p, true
	case 0:
		suggestion := finding.DidYouMean(name, known, "")
		if suggestion == "" {
			suggestion = finding.DidYouMean(short, shorts(known), "name one of them")
		}
		if len(known) == 0 {
			suggestion = "add it to ports of one of its containers"
			if len(among) > 0 && among[0].Kind == "chart" {
				suggestion = "add it to the chart's services"
			}
		}
		r.Error(at, "app/unknown-port", fmt.Sprintf("port %s of %s is named here", name, of), finding.Has("it", "port", known), suggestion)
	default:
		var names []string
		for _, w := range found {
			names = append(names, w.Name+"/"+short)
		}
		r.Error(at, "app/ambiguous-port", fmt.Sprintf("port %s of %s is named here", name, of), fmt.Sprintf("%s have one of that name", finding.AllSorted(names)), fmt.Sprintf("write %s", finding.OneOfSorted(names)))
	}
	return nil, Port{}, false
}

func shorts(names []string) []string {
	var out []string
	for _, n := range names {
		out = append(out, n[strings.LastIndex(n, "/")+1:])
	}
	return out
}

// KnownNode reports a node that the cluster does not have.
func (r *Scope) KnownNode(at model.Path, name, fact string) {
	if nodes := slices.Sorted(maps.Keys(r.Desired.Cluster.Nodes)); !slices.Contains(nodes, name) {
		r.Error(at, "place/unknown-node", fact, finding.Has("this cluster", "node", nodes), finding.DidYouMean(name, nodes, "name one of them")).Like(name, nodes)
	}
}

// KnownNamespace reports a namespace that neither an app nor an entry names.
func (r *Scope) KnownNamespace(at model.Path, name, fact string) {
	if r.Desired.Namespaces[name] != nil || len(r.Lives[name]) > 0 {
		return
	}
	known := slices.Sorted(maps.Keys(r.Desired.Namespaces))
	for _, app := range r.Desired.Apps {
		if app.Namespace != "" {
			known = append(known, app.Namespace)
		}
	}
	for _, c := range r.Desired.Charts {
		if c.Namespace != "" {
			known = append(known, c.Namespace)
		}
	}
	if !slices.Contains(known, name) {
		r.Error(at, "namespace/unknown", fact, "no app lives there and namespaces does not declare it", finding.DidYouMean(name, known, fmt.Sprintf("declare namespaces: %q: {}", name))).Like(name, known)
	}
}

// ProviderOf is the chart that makes a fact true: that which provides an API group
// or a storage provisioner. It returns nil when the chart is installed outside,
// where whoever does it tells it the fact; and when there is none, which it has
// then reported. what is the fact in a sentence: "pools are declared".
func (r *Scope) ProviderOf(group string, at model.Path, what string) *Chart {
	if c := r.Providers[group]; c != nil {
		if c.Declared.Outside != "" || c.Declared.Namespace == "" {
			return nil
		}
		return c
	}
	var known []string
	for _, c := range r.Charts {
		known = append(known, c.Declared.Provides...)
	}
	contrast, mend := "no chart here provides "+group, finding.DidYouMean(group, known, fmt.Sprintf("add the chart that does, with provides: [%q]", group))
	for _, name := range slices.Sorted(maps.Keys(r.Desired.Charts)) {
		if c := r.Desired.Charts[name]; slices.Contains(c.Provides, group) {
			contrast, mend = fmt.Sprintf("chart %s, which provides %s, is off: %s", name, group, c.Off), "switch it on, or remove this"
		}
	}
	r.Error(at, "cluster/no-chart", what, contrast, mend)
	return nil
}

// MiddlewareNamespace is where a middleware lies.
func (r *Scope) MiddlewareNamespace(m model.Middleware) string {
	c := r.Providers[kinds.GroupTraefik]
	switch {
	case m.Namespace != "":
		return m.Namespace
	case m.Spec != nil && c != nil && c.Declared.Namespace != "":
		return c.Declared.Namespace
	case m.Spec != nil && c == nil && r.Desired.Cluster.Kubernetes.Brings("traefik"):
		return "kube-system"
	}
	return r.Desired.Cluster.Ingress.Namespace
}
