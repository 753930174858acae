package resolve

import (
	"fmt"
	"maps"
	"slices"

	"stillsuit.dev/finding"
	"stillsuit.dev/generator/internal/resolve/scope"
	"stillsuit.dev/generator/internal/resolve/workload"
	"stillsuit.dev/generator/model"
)

// Controllers are those that `flux bootstrap` installs by default.
var Controllers = []string{"helm-controller", "kustomize-controller", "notification-controller", "source-controller"}

// fluxPlace decides where Flux's own controllers may run; nil when that is not said. It
// reports what is said of them and does not hold.
func fluxPlace(r *scope.Scope) *workload.Placement {
	c := r.Desired.Cluster
	for _, name := range slices.Sorted(maps.Keys(c.Flux.Memory)) {
		if !slices.Contains(Controllers, name) {
			r.Error(model.Path{"cluster", "flux", "memory", name}, "cluster/unknown-controller", fmt.Sprintf("a memory limit is set for %s", name),
				fmt.Sprintf("Flux's controllers are %s", finding.AllSorted(Controllers)), finding.DidYouMean(name, Controllers, "remove it")).Like(name, Controllers)
		}
	}
	if c.Flux.Operator != nil && c.Flux.URL == "" {
		r.Error(model.Path{"cluster", "flux", "operator"}, "cluster/no-source", "the Flux Operator is to install Flux, and cluster.flux does not say what Flux follows",
			"", `add url: "ssh://git@github.com/OWNER/REPOSITORY.git"`)
	}
	if c.Rollout.Concurrent == 1 {
		r.Warn(model.Path{"cluster", "rollout", "concurrent"}, "cluster/concurrent", "one unit rolls at a time",
			"a unit that never becomes healthy then holds up every other, fixes included, until its timeout", "write 2")
	}
	if c.Flux.Place == nil {
		return nil
	}
	return &workload.Placement{
		Selector:  workload.Places{Scope: r}.NodeSelector(model.Path{"cluster", "flux", "place"}, c.Flux.Place),
		Tolerated: c.Tolerated(c.Flux.Place),
	}
}
