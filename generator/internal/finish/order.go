package finish

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	kustomizev1 "github.com/fluxcd/kustomize-controller/api/v1"

	"stillsuit.dev/generator/internal/resolve/scope"
	"stillsuit.dev/generator/model"
)

// order finds what each unit waits for, and reports units that wait for each
// other. Only what must be ordered is: Flux waits until each dependency is ready
// at the current revision, so that a chain of them would freeze the cluster
// behind one sick unit.
func (r *finisher) order() {
	for _, name := range slices.Sorted(maps.Keys(r.units)) {
		if name == scope.UnitNamespaces || len(r.units[name].Objects) == 0 {
			continue
		}
		r.dependsOn[name] = append(slices.Clone(r.c.After[name].Units), r.brought(r.units[name])...)
	}
	r.circles()
	for name, names := range r.dependsOn {
		if u := r.units[scope.UnitNamespaces]; u != nil && len(u.Objects) > 0 { // else Flux would wait for what is not there
			names = append(names, scope.UnitNamespaces)
		}
		slices.Sort(names)
		r.dependsOn[name] = slices.Compact(names)
	}
}

func references(names []string) []kustomizev1.DependencyReference {
	var out []kustomizev1.DependencyReference
	for _, name := range names {
		out = append(out, kustomizev1.DependencyReference{Name: name})
	}
	return out
}

// circles reports units that wait for each other: Flux would apply none of them.
func (r *finisher) circles() {
	const (
		open = 1
		done = 2
	)
	state := map[string]int{}
	var stack []string
	var visit func(name string)
	visit = func(name string) {
		state[name] = open
		stack = append(stack, name)
		for _, next := range r.dependsOn[name] {
			switch state[next] {
			case 0:
				visit(next)
			case open:
				r.circle(append(slices.Clone(stack[slices.Index(stack, next):]), next))
			}
		}
		stack = stack[:len(stack)-1]
		state[name] = done
	}
	for _, name := range slices.Sorted(maps.Keys(r.dependsOn)) {
		if state[name] == 0 {
			visit(name)
		}
	}
}

// circle reports a circle of units at the last after in it. Without one, each
// holds objects of a kind that the next defines.
func (r *finisher) circle(units []string) {
	where, mend := model.Path(r.units[units[0]].Origin), "move the definitions into a unit of their own"
	for i, name := range units[:len(units)-1] {
		after := r.c.After[name]
		if n, said := after.Said[units[i+1]]; said {
			where, mend = after.At.Join("after", fmt.Sprint(n)), "take one of them out of after"
		}
	}
	r.Error(where, "app/after-cycle", "units wait for each other: "+strings.Join(units, " after "), "Flux would never apply any of them", mend)
}
