package fit

import (
	"maps"
	"slices"

	"stillsuit.dev/generator/model"
	"stillsuit.dev/inventory"
	"stillsuit.dev/placement/demand"
)

// dependencies are who needs whom, by declared connections, and who raises alerts.
type dependencies struct {
	cluster   *model.Cluster // nil where nothing is declared
	workloads []*demand.Workload
	// talks are whom each app and chart talks to; runs has those apps and charts, and
	// the other workloads, that have pods.
	talks map[string][]string
	runs  map[string]bool
}

func dependenciesOf(s *inventory.Subject, workloads []*demand.Workload) *dependencies {
	d := &dependencies{cluster: s.Cluster, workloads: workloads, talks: talks(s), runs: map[string]bool{}}
	for _, w := range workloads {
		d.runs[w.Group()] = true
	}
	return d
}

// gone are the apps and charts of which something that ran before no longer runs.
func (d *dependencies) gone(before *nominal, running map[*demand.Workload]bool) []string {
	gone := map[string]bool{}
	for _, i := range before.lasting() {
		one := before.pods[i]
		if before.node(i) != "" && !running[one.Workload] && !one.PerNode && !one.Grants && (len(one.Origin) > 1 || d.cluster == nil) {
			gone[one.Group()] = true
		}
	}
	return slices.Sorted(maps.Keys(gone))
}

// losers are the apps that are not gone themselves and talk to some that are, by
// declared connections, over any number of steps.
func (d *dependencies) losers(gone []string) map[string][]string {
	out := map[string][]string{}
	for _, name := range slices.Sorted(maps.Keys(d.talks)) {
		if slices.Contains(gone, name) {
			continue
		}
		seen := map[string]bool{name: true}
		next := d.talks[name]
		for len(next) > 0 {
			var further []string
			for _, other := range next {
				if seen[other] {
					continue
				}
				seen[other] = true
				if slices.Contains(gone, other) {
					out[name] = append(out[name], other)
				}
				further = append(further, d.talks[other]...)
			}
			next = further
		}
		slices.Sort(out[name])
	}
	maps.DeleteFunc(out, func(name string, lost []string) bool { return len(lost) == 0 || !d.runs[name] })
	return out
}

// talks are the apps and charts that each one talks to, as declared.
func talks(s *inventory.Subject) map[string][]string {
	out := map[string][]string{}
	add := func(name string, to map[string][]string) {
		for _, other := range slices.Sorted(maps.Keys(to)) {
			if other != name {
				out[name] = append(out[name], other)
			}
		}
	}
	for _, name := range slices.Sorted(maps.Keys(s.Apps)) {
		app := s.Apps[name]
		add(name, app.Connects)
		for _, w := range slices.Sorted(maps.Keys(app.Workloads)) {
			connects := maps.Clone(app.Workloads[w].Connects)
			maps.DeleteFunc(connects, func(to string, _ []string) bool { return app.Workloads[to] != nil })
			add(name, connects)
		}
		for _, e := range slices.Sorted(maps.Keys(app.Expose)) {
			way(s, out, name, app.Expose[e])
		}
	}
	for _, name := range slices.Sorted(maps.Keys(s.Charts)) {
		add(name, s.Charts[name].Connects)
		for _, e := range slices.Sorted(maps.Keys(s.Charts[name].Expose)) {
			way(s, out, name, s.Charts[name].Expose[e])
		}
	}
	for name := range out {
		slices.Sort(out[name])
		out[name] = slices.Compact(out[name])
	}
	return out
}

// way adds what an exposure comes in through.
func way(s *inventory.Subject, out map[string][]string, name string, e *model.Expose) {
	c := s.Cluster
	switch {
	case e.Tunnel != "":
		if app := c.Tunnels[e.Tunnel].App; app != "" && app != name {
			out[name] = append(out[name], app)
		}
	case e.Host != "":
		for _, chart := range slices.Sorted(maps.Keys(s.Charts)) {
			if at := s.Charts[chart]; at.Namespace == c.Ingress.Namespace && at.Namespace != "" && chart != name {
				out[name] = append(out[name], chart)
			}
		}
	}
}
