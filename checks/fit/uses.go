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
	charts    map[string]*model.Chart
	// talkers are the apps and charts that talk to each; runs has those apps and charts,
	// and the other workloads, that have pods.
	talkers map[string][]string
	runs    map[string]bool
}

func dependenciesOf(s *inventory.Subject, workloads []*demand.Workload) *dependencies {
	d := &dependencies{cluster: s.Cluster, workloads: workloads, charts: s.Charts, talkers: s.Talkers(), runs: map[string]bool{}}
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

// degraded are those of the affected that use something which is gone themselves. What only
// scrapes it, as the cluster's monitoring does, goes on as before.
func (d *dependencies) degraded(gone []string, affected map[string][]string) []string {
	scrapes := map[string]bool{}
	if d.cluster != nil && d.cluster.Metrics != nil {
		for _, w := range d.workloads {
			if alerts(d.cluster, w) {
				scrapes[w.Group()] = true
			}
		}
	}
	var out []string
	for name := range affected {
		if slices.ContainsFunc(gone, func(other string) bool {
			return slices.Contains(d.talkers[other], name) && (!scrapes[name] || d.connects(name)[other] == nil)
		}) {
			out = append(out, name)
		}
	}
	slices.Sort(out)
	return out
}

// connects are the connections that a chart declares.
func (d *dependencies) connects(name string) map[string][]string {
	if c := d.charts[name]; c != nil {
		return c.Connects
	}
	return nil
}

// losers are the apps that are not gone themselves and talk to some that are, by
// declared connections, over any number of steps.
func (d *dependencies) losers(gone []string) map[string][]string {
	out := inventory.Affected(d.talkers, gone)
	maps.DeleteFunc(out, func(name string, _ []string) bool { return !d.runs[name] })
	return out
}
