package render

import (
	"fmt"
	"slices"

	"stillsuit.dev/finding"
	"stillsuit.dev/generator/model"
)

// controllers are those that `flux bootstrap` installs by default.
var controllers = []string{"helm-controller", "kustomize-controller", "notification-controller", "source-controller"}

// fluxPlace decides where Flux's own controllers may run; nil when that is not said. It
// reports what is said of them and does not hold.
func fluxPlace(r *scope) *placement {
	c := r.d.Cluster
	for _, name := range sorted(c.Flux.Memory) {
		if !slices.Contains(controllers, name) {
			r.Error(model.Path{"cluster", "flux", "memory", name}, "cluster/unknown-controller", fmt.Sprintf("a memory limit is set for %s", name),
				fmt.Sprintf("Flux's controllers are %s", all(controllers)), finding.DidYouMean(name, controllers, "remove it"))
		}
	}
	if c.Rollout.Concurrent == 1 {
		r.Warn(model.Path{"cluster", "rollout", "concurrent"}, "cluster/concurrent", "one unit rolls at a time",
			"a unit that never becomes healthy then holds up every other, fixes included, until its timeout", "write 2")
	}
	if c.Flux.Place == nil {
		return nil
	}
	return &placement{
		selector:  places{r}.nodeSelector(model.Path{"cluster", "flux", "place"}, c.Flux.Place),
		tolerated: c.Tolerated(c.Flux.Place),
	}
}
