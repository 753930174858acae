package render

import (
	"fmt"
	"slices"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"stillsuit.dev/generator/manifest"
	"stillsuit.dev/generator/model"
)

// controllers are those that `flux bootstrap` installs by default.
var controllers = []string{"helm-controller", "kustomize-controller", "notification-controller", "source-controller"}

// reconcilers are the controllers that roll units out.
const reconcilers = "(kustomize-controller|helm-controller)"

// jsonPatch is an operation of RFC 6902.
type jsonPatch struct {
	Op    string `json:"op"`
	Path  string `json:"path"`
	Value any    `json:"value"`
}

// bootstrap patches Flux's own controllers: how many units roll at a time, how
// soon a dependent unit looks again, and what a small node can give them. Its own
// unit gives up and tries again as the others do.
func (r *renderer) bootstrap() []manifest.Patch {
	c := r.d.Cluster
	argument := func(value string) jsonPatch {
		return jsonPatch{Op: "add", Path: "/spec/template/spec/containers/0/args/-", Value: value}
	}
	out := []manifest.Patch{
		{Kind: "Deployment", Name: reconcilers, Value: []jsonPatch{
			argument(fmt.Sprintf("--concurrent=%d", c.Rollout.Concurrent)), argument("--requeue-dependency=5s"),
		}},
		// A fix must not wait for the timeout of what it mends.
		{Kind: "Deployment", Name: "kustomize-controller", Value: []jsonPatch{argument("--feature-gates=CancelHealthCheckOnNewRevision=true")}},
	}
	// Flux's own unit is written by flux bootstrap, without what every other one has.
	out = append(out, manifest.Patch{Kind: "Kustomization", Name: "flux-system", Value: []jsonPatch{
		{Op: "add", Path: "/spec/retryInterval", Value: metav1.Duration{Duration: retryInterval}},
		{Op: "add", Path: "/spec/timeout", Value: metav1.Duration{Duration: c.Flux.Timeout.Or(defaultTimeout)}},
	}})
	for _, name := range controllers {
		limit := c.Flux.Limit(name)
		out = append(out, manifest.Patch{Kind: "Deployment", Name: name, Value: []jsonPatch{
			{Op: "replace", Path: "/spec/template/spec/containers/0/resources/limits/memory", Value: limit.String()},
		}})
	}
	for _, name := range sorted(c.Flux.Memory) {
		if !slices.Contains(controllers, name) {
			r.Error(model.Path{"cluster", "flux", "memory", name}, "cluster/unknown-controller", fmt.Sprintf("a memory limit is set for %s", name),
				fmt.Sprintf("Flux's controllers are %s", all(controllers)), didYouMean(name, controllers, "remove it"))
		}
	}
	if c.Rollout.Concurrent == 1 {
		r.Warn(model.Path{"cluster", "rollout", "concurrent"}, "cluster/concurrent", "one unit rolls at a time",
			"a unit that never becomes healthy then holds up every other, fixes included, until its timeout", "write 2")
	}
	if place := c.Flux.Place; place != nil {
		spec := map[string]any{}
		if selector := (places{r.scope}).nodeSelector(model.Path{"cluster", "flux", "place"}, place); selector != nil {
			spec["nodeSelector"] = selector
		}
		if tolerated := tolerations(c.Tolerated(place)); tolerated != nil {
			spec["tolerations"] = tolerated
		}
		out = append(out, manifest.Patch{Kind: "Deployment", Name: ".*-controller", Value: map[string]any{
			"apiVersion": "apps/v1", "kind": "Deployment", "metadata": map[string]any{"name": "all"},
			"spec": map[string]any{"template": map[string]any{"spec": spec}},
		}})
	}
	return out
}
