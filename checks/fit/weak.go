package fit

import (
	"cmp"
	"maps"
	"net/url"
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/labels"

	"stillsuit.dev/generator/model"
	"stillsuit.dev/placement/demand"
	"stillsuit.dev/placement/scheduler"
)

// consequences finds which apps are gone after a loss, and what the others lose.
func (a *analysis) consequences(l *Loss, rest *plan, st *scheduler.State) {
	running := map[*demand.Workload]bool{}
	for _, i := range rest.lasting() {
		if st.Node(rest.pods[i].ready) != "" {
			running[rest.pods[i].Workload] = true
		}
	}
	gone := map[string]bool{}
	for _, i := range a.plan.lasting() {
		one := a.plan.pods[i]
		if a.state.Node(one.ready) != "" && !running[one.Workload] && !one.PerNode && !one.Grants && (len(one.Origin) > 1 || a.subject.Cluster == nil) {
			gone[one.Group()] = true
		}
	}
	l.Gone = slices.Sorted(maps.Keys(gone))
	l.Lose = a.losers(gone)
	l.Alerting = a.alerting(func(w *demand.Workload) bool { return running[w] })
}

// losers are the apps that are not gone themselves and talk to some that are, by
// declared connections, over any number of steps.
func (a *analysis) losers(gone map[string]bool) map[string][]string {
	out := map[string][]string{}
	for _, name := range slices.Sorted(maps.Keys(a.talks)) {
		if gone[name] {
			continue
		}
		seen := map[string]bool{name: true}
		next := a.talks[name]
		for len(next) > 0 {
			var further []string
			for _, other := range next {
				if seen[other] {
					continue
				}
				seen[other] = true
				if gone[other] {
					out[name] = append(out[name], other)
				}
				further = append(further, a.talks[other]...)
			}
			next = further
		}
		slices.Sort(out[name])
	}
	maps.DeleteFunc(out, func(name string, lost []string) bool { return len(lost) == 0 || !a.runs[name] })
	return out
}

// uses are the apps and charts that each one talks to, as declared.
func (a *analysis) uses() map[string][]string {
	out := map[string][]string{}
	add := func(name string, to map[string][]string) {
		for _, other := range slices.Sorted(maps.Keys(to)) {
			if other != name {
				out[name] = append(out[name], other)
			}
		}
	}
	for _, name := range slices.Sorted(maps.Keys(a.subject.Apps)) {
		app := a.subject.Apps[name]
		add(name, app.Connects)
		for _, w := range slices.Sorted(maps.Keys(app.Workloads)) {
			connects := maps.Clone(app.Workloads[w].Connects)
			maps.DeleteFunc(connects, func(to string, _ []string) bool { return app.Workloads[to] != nil })
			add(name, connects)
		}
		for _, e := range slices.Sorted(maps.Keys(app.Expose)) {
			a.way(out, name, app.Expose[e])
		}
	}
	for _, name := range slices.Sorted(maps.Keys(a.subject.Charts)) {
		add(name, a.subject.Charts[name].Connects)
		for _, e := range slices.Sorted(maps.Keys(a.subject.Charts[name].Expose)) {
			a.way(out, name, a.subject.Charts[name].Expose[e])
		}
	}
	for name := range out {
		slices.Sort(out[name])
		out[name] = slices.Compact(out[name])
	}
	return out
}

// way adds what an exposure comes in through.
func (a *analysis) way(out map[string][]string, name string, e *model.Expose) {
	c := a.subject.Cluster
	switch {
	case e.Tunnel != "":
		if app := c.Tunnels[e.Tunnel].App; app != "" && app != name {
			out[name] = append(out[name], app)
		}
	case e.Host != "":
		for _, chart := range slices.Sorted(maps.Keys(a.subject.Charts)) {
			if at := a.subject.Charts[chart]; at.Namespace == c.Ingress.Namespace && at.Namespace != "" && chart != name {
				out[name] = append(out[name], chart)
			}
		}
	}
}

const (
	alertingYes     = "yes"
	alertingNo      = "no"
	alertingUnknown = "unknown"
)

// alerting tells whether what raises alerts runs: who scrapes (cluster.metrics), and
// the Alertmanager that Flux reports to and the scraper's own.
func (a *analysis) alerting(runs func(*demand.Workload) bool) string {
	c := a.subject.Cluster
	if c == nil || c.Metrics == nil {
		return alertingUnknown
	}
	found := false
	for _, w := range a.demand.Workloads {
		if !a.alerts(w) {
			continue
		}
		found = true
		if !runs(w) {
			return alertingNo
		}
	}
	if !found {
		return alertingUnknown
	}
	return alertingYes
}

// alerts reports whether a workload takes part in raising alerts.
func (a *analysis) alerts(w *demand.Workload) bool {
	c := a.subject.Cluster
	if w.Template.Namespace == c.Metrics.Namespace && (answers(w, c.Metrics.Pods) || answers(w, map[string]string{labelName: "alertmanager"})) {
		return true
	}
	for _, name := range slices.Sorted(maps.Keys(c.Notifications)) {
		n := c.Notifications[name]
		at, err := url.Parse(n.Address)
		if n.Type != "alertmanager" || err != nil {
			continue
		}
		service, rest, _ := strings.Cut(at.Hostname(), ".")
		namespace, _, _ := strings.Cut(rest, ".")
		if w.Template.Namespace == namespace && w.Component != "" && strings.HasSuffix(service, "-"+w.Component) {
			return true
		}
	}
	return false
}

const labelName = "app.kubernetes.io/name"

// answers reports whether labels choose a workload. The components of a chart go by
// the name that most charts label their pods with.
func answers(w *demand.Workload, by map[string]string) bool {
	if len(by) == 0 {
		return false
	}
	if labels.SelectorFromSet(by).Matches(labels.Set(w.Template.Labels)) {
		return true
	}
	return w.Component != "" && len(by) == 1 && by[labelName] == w.Component
}

// weak ranks the single points of failure: nodes and boards, and the apps that others
// cannot do without.
func (a *analysis) weak() {
	for _, l := range a.report.Losses {
		hangs := slices.Concat(l.Gone, slices.Sorted(maps.Keys(l.Lose)))
		slices.Sort(hangs)
		if hangs = slices.Compact(hangs); len(hangs) > 0 {
			a.report.Weak = append(a.report.Weak, Weak{l.What, hangs})
		}
	}
	single := map[string]bool{}
	for _, w := range a.demand.Workloads {
		if w.Runs == demand.Always && w.Pods == 1 && !w.PerNode && !w.Grants && len(w.Origin) > 1 {
			single[w.Group()] = true
		}
	}
	for _, name := range slices.Sorted(maps.Keys(single)) {
		if lost := a.losers(map[string]bool{name: true}); len(lost) > 0 {
			a.report.Weak = append(a.report.Weak, Weak{name, slices.Sorted(maps.Keys(lost))})
		}
	}
	slices.SortStableFunc(a.report.Weak, func(x, y Weak) int {
		return cmp.Or(len(y.Hangs)-len(x.Hangs), strings.Compare(x.What, y.What))
	})
}
