package workspaces

import (
	"fmt"
	"slices"

	"stillsuit.dev/finding"
	"stillsuit.dev/generator/model"
)

// checkOutside reports what is said of a namespace that something else makes and that could
// only be rendered with it, and what only such a namespace can have.
func (r *Namespaces) checkOutside(name string, ns *Namespace) {
	at, declared := model.Path{"namespaces", name}, ns.Declared
	switch {
	case ns.System && ns.Outside:
		r.Error(at.Join("outside"), "namespace/outside", fmt.Sprintf("namespace %s is outside, and is one of the system's", name), "stillsuit makes none of those anyway", "remove outside")
		return
	case declared.Isolate != nil && !ns.Outside:
		why := "stillsuit makes it, and denies all traffic there that nothing allows"
		if ns.System {
			why = "the cluster's own programs run there"
		}
		r.Error(at.Join("isolate"), "namespace/outside", fmt.Sprintf("namespace %s has isolate: %t, and is not outside", name, *declared.Isolate), why, "remove isolate")
		return
	case !ns.Outside:
		return
	}
	var said []string
	for _, f := range []struct {
		field string
		said  bool
	}{
		{"labels", len(declared.Labels) > 0}, {"quota", declared.Quota != nil}, {"limitRange", declared.LimitRange != nil},
		{"claims", len(declared.Claims) > 0}, {"workspace", declared.Workspace != ""}, {"hosts", len(declared.Hosts) > 0},
	} {
		if f.said {
			said = append(said, f.field)
		}
	}
	if len(said) == 0 {
		return
	}
	mend := fmt.Sprintf("remove %s, or outside when stillsuit is to make the namespace", finding.All(said))
	if slices.Contains(said, "claims") {
		mend += "; an app mounts a claim that is there with existing"
	}
	r.Error(at.Join(said[0]), "namespace/outside", fmt.Sprintf("namespace %s is outside (%s), and has %s", name, declared.Outside, finding.All(said)), "nothing of it is rendered", mend)
}
