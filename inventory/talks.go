package inventory

import (
	"maps"
	"slices"

	"stillsuit.dev/generator/model"
)

// Talks are the apps and charts that each app and chart talks to, as declared: by
// connections, and through the tunnel or ingress controller that it is exposed by. Each list
// is sorted.
func (s *Subject) Talks() map[string][]string {
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
			s.way(out, name, app.Expose[e])
		}
	}
	for _, name := range slices.Sorted(maps.Keys(s.Charts)) {
		add(name, s.Charts[name].Connects)
		for _, e := range slices.Sorted(maps.Keys(s.Charts[name].Expose)) {
			s.way(out, name, s.Charts[name].Expose[e])
		}
	}
	for name := range out {
		slices.Sort(out[name])
		out[name] = slices.Compact(out[name])
	}
	return out
}

// way adds what an exposure comes in through.
func (s *Subject) way(out map[string][]string, name string, e *model.Expose) {
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

// Talkers are the apps and charts that talk to each: what Talks returns, the other way round.
func (s *Subject) Talkers() map[string][]string {
	out := map[string][]string{}
	for name, others := range s.Talks() {
		for _, other := range others {
			out[other] = append(out[other], name)
		}
	}
	return out
}

// Affected are the apps and charts that are not gone and talk to some that are, over any
// number of steps, each with those, sorted. talkers is what Talkers returns. It costs a walk
// over what depends on each that is gone.
func Affected(talkers map[string][]string, gone []string) map[string][]string {
	out, left := map[string][]string{}, map[string]bool{}
	for _, name := range gone {
		left[name] = true
	}
	for _, name := range slices.Sorted(maps.Keys(left)) {
		seen := map[string]bool{name: true}
		for next := []string{name}; len(next) > 0; {
			last := next[len(next)-1]
			next = next[:len(next)-1]
			for _, by := range talkers[last] {
				if !seen[by] {
					seen[by] = true
					next = append(next, by)
				}
			}
		}
		for by := range seen {
			if !left[by] {
				out[by] = append(out[by], name)
			}
		}
	}
	return out
}
