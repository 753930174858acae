package charts

import (
	"fmt"
	"maps"
	"slices"

	"stillsuit.dev/generator/internal/resolve/scope"
)

// checkChart reports what does not go together in a chart, or with the others.
func (r Charts) checkChart(c *scope.Chart) {
	r.checkProvides(c)
	r.checkBundled(c)
	r.checkFootprint(c)
	for _, name := range slices.Sorted(maps.Keys(c.Declared.Services)) {
		if c.Declared.Services[name].Port == 0 {
			r.Error(c.At.Join("services", name), "app/missing-field", fmt.Sprintf("service %s of chart %s has no port", name, c.Owner), "it is what others connect to", "add port: 80")
		}
	}
	if c.Declared.Outside == "" {
		r.checkShared(c)
		return
	}
	for _, f := range []struct {
		field string
		said  bool
	}{{"expose", len(c.Declared.Expose) > 0}, {"objects", len(c.Declared.Objects) > 0}, {"secretValues", len(c.Declared.SecretValues) > 0}, {"metrics", len(c.Declared.Metrics) > 0}, {"after", len(c.Declared.After) > 0}} {
		if f.said {
			r.Error(c.At.Join(f.field), "chart/outside", fmt.Sprintf("chart %s says %s", c.Owner, f.field), fmt.Sprintf("it is installed outside Flux (%s), so nothing is rendered for it", c.Declared.Outside), "remove one of the two")
		}
	}
	for _, other := range r.inNamespace(c.Declared.Namespace) {
		if other != &c.Party && !r.isOutside(other) && r.Isolated(c.Declared.Namespace) {
			mend := fmt.Sprintf(`write namespaces: %q: outside: "…" when something else makes the namespace`, c.Declared.Namespace)
			if r.Outside(c.Declared.Namespace) {
				mend = "remove isolate from the namespace"
			}
			r.Error(c.At.Join("namespace"), "chart/outside", fmt.Sprintf("chart %s is installed outside Flux, in namespace %s", c.Owner, c.Declared.Namespace),
				fmt.Sprintf("%s lives there too, so the namespace is shut, and nothing would open it for the chart", other.Says()), "move one of them, or "+mend)
			return
		}
	}
}

// inNamespace lists the parties with pods that NetworkPolicies of a namespace are
// about.
func (r Charts) inNamespace(namespace string) []*scope.Party {
	return slices.DeleteFunc(slices.Clone(r.Lives[namespace]), func(p *scope.Party) bool {
		return p.Host != nil || p.Kind == "chart" && !r.Charts[p.Owner].Declared.RunsPods()
	})
}

func (r Charts) isOutside(p *scope.Party) bool {
	return p.Kind == "chart" && r.Charts[p.Owner].Declared.Outside != ""
}

// checkShared reports a chart that takes every pod of its namespace for its own
// where others live.
func (r Charts) checkShared(c *scope.Chart) {
	if len(c.Selector) > 0 || !c.Declared.RunsPods() || slices.Contains(scope.SystemNamespaces, c.Declared.Namespace) {
		return
	}
	mend := `name its pods, such as pods: "app.kubernetes.io/instance": "` + c.Declared.Release + `", or move `
	if r.Outside(c.Declared.Namespace) {
		r.Error(c.At, "chart/pods", fmt.Sprintf("chart %s does not say which pods of namespace %s are its own", c.Owner, c.Declared.Namespace),
			"others run pods there too, and the NetworkPolicy of the chart would be about them", mend+"it to another namespace")
		return
	}
	for _, other := range r.inNamespace(c.Declared.Namespace) {
		if other != &c.Party && !r.isOutside(other) {
			r.Error(c.At, "chart/pods", fmt.Sprintf("chart %s does not say which pods of namespace %s are its own", c.Owner, c.Declared.Namespace),
				fmt.Sprintf("%s lives there too, and what is opened for the chart would be open for it", other.Says()), mend+"one of them")
			return
		}
	}
}
