package change

import "fmt"

// set reports what cannot change in a StatefulSet.
func set(p *pair) {
	templates(p)
	p.strategy("updateStrategy")
}

// rolling reports a Deployment that cannot be recreated.
func rolling(p *pair) {
	if p.new.Kind == "Deployment" { // a DaemonSet may keep what does not fit
		p.strategy("strategy")
	}
}

// strategy reports pods that are to be replaced otherwise than by rolling. What the API
// server filled in for that is nobody's, so Flux does not take it away, and it does not
// fit the other strategies (kubernetes issue 24198). Workloads that are generated say it
// themselves.
func (p *pair) strategy(field string) {
	rolls := func(o map[string]any) bool {
		kind := at(o, "spec", field, "type")
		return kind == nil || kind == "RollingUpdate"
	}
	if rolls(p.was) && !rolls(p.is) && at(p.was, "spec", field, "rollingUpdate") == nil {
		p.refused(refusal{
			field: []string{"spec", field, "type"}, labels: []string{"update", "strategy"}, fact: fmt.Sprintf("spec.%s.type of %s %s", field, p.new.DisplayName(), words(at(p.is, "spec", field, "type"))),
			before: "it is RollingUpdate", why: "spec." + field + ".rollingUpdate, which Kubernetes filled in, stays and does not fit",
			keep: "write spec." + field + ".rollingUpdate out in a change before this one",
		})
	}
}
