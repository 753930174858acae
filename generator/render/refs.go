package render

import (
	"fmt"
	"slices"
	"strings"

	"stillsuit.dev/finding"
	"stillsuit.dev/generator/model"
)

// lookup finds what a name means to a workload: a workload of its own app, an
// app with all its workloads, app/workload, or a chart. of is nil for others.
func (r *scope) lookup(of *party, name string) []*party {
	if of != nil && of.kind == "app" {
		for _, sibling := range r.apps[of.owner] {
			if sibling.name == name && name != "" {
				return []*party{&sibling.party}
			}
		}
	}
	app, one, _ := strings.Cut(name, "/")
	if c := r.charts[name]; c != nil {
		return []*party{&c.party}
	}
	if one == "" {
		return partiesOf(r.apps[app])
	}
	for _, other := range r.apps[app] {
		if other.name == one {
			return []*party{&other.party}
		}
	}
	return nil
}

// unknownApp reports a name that lookup does not find.
func (r *scope) unknownApp(at model.Path, of *party, name, fact string) {
	called, off := "app "+name, ""
	if c := r.d.Charts[name]; c != nil {
		called, off = "chart "+name, c.Off
	}
	if app := r.d.Apps[name]; app != nil {
		off = app.Off
	}
	if off != "" {
		r.Error(at, "app/off", fact, fmt.Sprintf("%s is off: %s", called, off), "switch it on, or remove this")
		return
	}
	known := slices.Concat(sorted(r.apps), sorted(r.charts))
	if of != nil && of.kind == "app" {
		for _, sibling := range r.apps[of.owner] {
			if sibling.name != "" && sibling.name != of.name {
				known = append(known, sibling.name)
			}
		}
	}
	if of != nil && of.kind == "chart" {
		known = slices.DeleteFunc(known, func(n string) bool { return n == of.owner })
	}
	app, one, nested := strings.Cut(name, "/")
	if nested && r.apps[app] != nil {
		var workloads []string
		for _, other := range r.apps[app] {
			workloads = append(workloads, other.name)
		}
		r.Error(at, "app/unknown", fact, has("app "+app, "workload", workloads), finding.DidYouMean(one, workloads, "name one of them"))
		return
	}
	r.Error(at, "app/unknown", fact, "there is no app or chart of that name in this cluster", finding.DidYouMean(name, known, "declare it, or remove this"))
}

// portOf finds a port among parties, by its name or as workload/port. It reports
// one that does not exist or that several workloads have. of says whose it is.
func (r *scope) portOf(at model.Path, of string, among []*party, name string) (*party, port, bool) {
	one, short, nested := strings.Cut(name, "/")
	if !nested {
		short = name
	}
	var known []string
	var found []*party
	var p port
	for _, w := range among {
		for _, candidate := range w.ports {
			full := candidate.name
			if len(among) > 1 {
				full = w.name + "/" + candidate.name
			}
			known = append(known, full)
			if candidate.name == short && (!nested || w.name == one) {
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
			if len(among) > 0 && among[0].kind == "chart" {
				suggestion = "add it to the chart's services"
			}
		}
		r.Error(at, "app/unknown-port", fmt.Sprintf("port %s of %s is named here", name, of), has("it", "port", known), suggestion)
	default:
		var names []string
		for _, w := range found {
			names = append(names, w.name+"/"+short)
		}
		r.Error(at, "app/ambiguous-port", fmt.Sprintf("port %s of %s is named here", name, of), fmt.Sprintf("%s have one of that name", all(names)), fmt.Sprintf("write %s", oneOf(names)))
	}
	return nil, port{}, false
}

func shorts(names []string) []string {
	var out []string
	for _, n := range names {
		out = append(out, n[strings.LastIndex(n, "/")+1:])
	}
	return out
}
