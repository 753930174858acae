package fit

import (
	"fmt"

	policyv1 "k8s.io/api/policy/v1"
	"k8s.io/apimachinery/pkg/util/intstr"

	"stillsuit.dev/checks"
	"stillsuit.dev/finding"
	"stillsuit.dev/generator/manifest"
	"stillsuit.dev/inventory"
	"stillsuit.dev/placement/demand"
)

// tellDrains reports disruption budgets that never allow an eviction: `kubectl drain`
// waits for ever.
func tellDrains(pass *checks.Pass, workloads []*demand.Workload) {
	of := map[*manifest.Object]int{}
	var budgets []*manifest.Object
	for _, w := range workloads {
		for _, b := range w.Budgets {
			if _, known := of[b]; !known {
				budgets = append(budgets, b)
			}
			if w.Runs == demand.Always && !w.PerNode {
				of[b] += w.Pods
			}
		}
	}
	for _, o := range budgets {
		tellDrain(pass, o, o.Value.(*policyv1.PodDisruptionBudget), of[o])
	}
}

func tellDrain(pass *checks.Pass, o *manifest.Object, b *policyv1.PodDisruptionBudget, pods int) {
	field, away := "", 1
	switch {
	case b.Spec.MaxUnavailable != nil:
		field = "maxUnavailable"
		away = scaled(b.Spec.MaxUnavailable, pods)
	case b.Spec.MinAvailable != nil:
		field = "minAvailable"
		away = pods - scaled(b.Spec.MinAvailable, pods)
	}
	if away > 0 || pods == 0 {
		return
	}
	pass.Error(inventory.Spot{Object: o, Keys: []string{"spec", field}, Path: []string{"disruption", field}}, "fit/drain",
		fmt.Sprintf("%s never allows any of its %s to be evicted", o.ID, finding.Count(pods, "pod")), "a drain of their node waits for ever, and so does an upgrade",
		"set maxUnavailable to 1, or run one more replica")
}

// scaled is a number of pods, as the disruption controller reads it: rounded up.
func scaled(v *intstr.IntOrString, of int) int {
	n, err := intstr.GetScaledValueFromIntOrPercent(v, of, true)
	if err != nil {
		return of // the API server refuses it
	}
	return n
}

// drainCodes documents what is reported here.
func drainCodes() []finding.CodeDoc {
	return []finding.CodeDoc{
		{
			Code: "fit/drain", Title: "a disruption budget allows no eviction",
			Plural:  "%d disruption budgets allow no eviction",
			Text:    "Draining a node evicts its pods, unless a disruption budget forbids it. This budget never allows one of its pods to be evicted, whatever else runs. So `kubectl drain` of their node waits for ever, and so does every upgrade of the node.",
			Example: "disruption: minAvailable: 1    // with one replica",
		},
	}
}
