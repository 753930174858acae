package demand

import (
	"fmt"

	autoscalingv2 "k8s.io/api/autoscaling/v2"

	"stillsuit.dev/generator/manifest"
	"stillsuit.dev/inventory"
)

// scaled gives workloads the most pods that an autoscaler may make of them.
func (r *reader) scaled() {
	for _, o := range r.subject.Objects {
		h, ok := o.Value.(*autoscalingv2.HorizontalPodAutoscaler)
		if !ok {
			continue
		}
		for _, w := range r.out.Workloads {
			if w.Pod != nil && w.Pod.Object.Namespace == h.Namespace && w.Pod.Object.Kind == h.Spec.ScaleTargetRef.Kind && w.Pod.Object.Name == h.Spec.ScaleTargetRef.Name {
				if text, is := manifest.At(o.Written, []string{"spec", "maxReplicas"}).(string); is && manifest.Unfilled(text) && h.Spec.MaxReplicas == 0 {
					r.unfilled(o, []string{"spec", "maxReplicas"}, text, "so the pods of "+w.Name+" are counted without it")
					continue
				}
				if h.Spec.MaxReplicas < 1 {
					r.unknown(inventory.Spot{Object: o, Keys: []string{"spec", "maxReplicas"}}, fmt.Sprintf("HorizontalPodAutoscaler %s has maxReplicas %d", h.Name, h.Spec.MaxReplicas), "Kubernetes refuses less than 1, so the pods of "+w.Name+" were counted without it", "write the most pods that it may make")
					continue
				}
				w.Pods = int(h.Spec.MaxReplicas)
				w.Counted = inventory.Spot{Object: o, Keys: []string{"spec", "maxReplicas"}}
			}
		}
	}
}
