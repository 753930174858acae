package flux

import (
	"fmt"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"stillsuit.dev/generator/internal/render/workload"
	"stillsuit.dev/generator/internal/resolve"
	"stillsuit.dev/generator/internal/resolve/scope"
	"stillsuit.dev/generator/manifest"
)

// reconcilers are the controllers that roll units out.
const reconcilers = "(kustomize-controller|helm-controller)"

// jsonPatch is an operation of RFC 6902.
type jsonPatch struct {
	Op    string `json:"op"`
	Path  string `json:"path"`
	Value any    `json:"value"`
}

// Bootstrap patches Flux's own controllers: how many units roll at a time, how
// soon a dependent unit looks again, and what a small node can give them. Its own
// unit gives up and tries again as the others do.
func Bootstrap(in *resolve.Cluster) []manifest.Patch {
	c := in.Desired.Cluster
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
		{Op: "add", Path: "/spec/retryInterval", Value: metav1.Duration{Duration: scope.RetryInterval}},
		{Op: "add", Path: "/spec/timeout", Value: metav1.Duration{Duration: c.Flux.Timeout.Or(scope.DefaultTimeout)}},
	}})
	for _, name := range resolve.Controllers {
		limit := c.Flux.Limit(name)
		out = append(out, manifest.Patch{Kind: "Deployment", Name: name, Value: []jsonPatch{
			{Op: "replace", Path: "/spec/template/spec/containers/0/resources/limits/memory", Value: limit.String()},
		}})
	}
	if place := in.Flux; place != nil {
		spec := map[string]any{}
		if place.Selector != nil {
			spec["nodeSelector"] = place.Selector
		}
		if tolerated := workload.Tolerations(place.Tolerated); tolerated != nil {
			spec["tolerations"] = tolerated
		}
		out = append(out, manifest.Patch{Kind: "Deployment", Name: ".*-controller", Value: map[string]any{
			"apiVersion": "apps/v1", "kind": "Deployment", "metadata": map[string]any{"name": "all"},
			"spec": map[string]any{"template": map[string]any{"spec": spec}},
		}})
	}
	return out
}
