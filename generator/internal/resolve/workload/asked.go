package workload

import (
	"maps"
	"slices"

	"stillsuit.dev/generator/internal/resolve/scope"
	"stillsuit.dev/generator/model"
)

// Asked are the ports of a workload that its HTTP and TCP probes ask.
func Asked(w *scope.Workload) []scope.Port {
	var out []scope.Port
	for _, set := range w.Sets() {
		for _, name := range slices.Sorted(maps.Keys(set.Containers)) {
			c := set.Containers[name]
			for _, probe := range probes(w, set.Field, c) {
				at := probe.Port
				if at == "" {
					at = firstPort(c)
				}
				i := slices.IndexFunc(w.Ports, func(p scope.Port) bool { return p.Name == at && p.Container == name })
				if i >= 0 && !slices.ContainsFunc(out, func(p scope.Port) bool { return p.Number == w.Ports[i].Number }) {
					out = append(out, w.Ports[i])
				}
			}
		}
	}
	return out
}

// askedFirst reports whether a container without a readiness probe is asked at its first port.
func askedFirst(w *scope.Workload, field string, c *model.Container) bool {
	return c.Ready == nil && field == "containers" && len(c.Ports) > 0 && w.Kind() != "Job" && w.Kind() != "CronJob"
}

// probes are the probes of a container that ask a port.
func probes(w *scope.Workload, field string, c *model.Container) []*model.Probe {
	ready := c.Ready
	if askedFirst(w, field, c) {
		ready = &model.Probe{}
	}
	return slices.DeleteFunc([]*model.Probe{ready, c.Alive, startedProbe(c)}, func(p *model.Probe) bool {
		return p == nil || p.Off != "" || len(p.Command) > 0
	})
}
