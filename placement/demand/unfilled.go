package demand

import (
	"fmt"
	"reflect"
	"slices"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	"k8s.io/apimachinery/pkg/runtime"

	"stillsuit.dev/generator/manifest"
	"stillsuit.dev/inventory"
)

// amountsUnfilled notes the amounts of a workload's pods that something fills in later, and
// reports whether there are some.
func (r *reader) amountsUnfilled(w *Workload) bool {
	if w.Pod == nil || w.Pod.Object.Written == nil {
		return false
	}
	o, at := w.Pod.Object, w.Pod.Spot().Keys
	some := false
	manifest.Walk(reflect.TypeFor[corev1.PodSpec](), manifest.At(o.Written, at), slices.Clone(at), func(t reflect.Type, value any, keys []string) {
		text, is := value.(string)
		if !is || t != reflect.TypeFor[resource.Quantity]() || !manifest.Unfilled(text) || !asks(keys) || said(o, keys) {
			return
		}
		some = true
		r.unfilled(o, slices.Clone(keys), text, "so what its pods request is not known, and they are in no sum")
	})
	return some
}

// asks reports whether an amount is one that a node has to have free, or that a pod may take
// at most, and not the size of a volume.
func asks(keys []string) bool {
	return slices.Contains(keys, "resources") && !slices.Contains(keys, "volumes") || slices.Contains(keys, "overhead")
}

// countUnfilled notes a number of pods that something fills in later, of which one is counted.
func (r *reader) countUnfilled(w *Workload) {
	o, keys := w.Counted.Object, w.Counted.Keys
	if text, is := manifest.At(o.Written, keys).(string); is && manifest.Unfilled(text) && !said(o, keys) {
		r.unfilled(o, keys, text, "so one pod is counted")
	}
}

func (r *reader) unfilled(o *manifest.Object, keys []string, text, what string) {
	r.out.Unknown = append(r.out.Unknown, Unknown{
		Spot: inventory.Spot{Object: o, Keys: keys}, Harmless: true,
		Problem: fmt.Sprintf("%s of %s is %s", manifest.Dotted(keys), o.DisplayName(), text), Detail: "it is filled in later, " + what,
		Fix: "write a default, such as `${NAME:=VALUE}`, or check the tree that `flux build kustomization` prints",
	})
}

// said reports whether an object has a value at keys although another one is written: the
// default of a variable.
func said(o *manifest.Object, keys []string) bool {
	if m, is := o.Value.(map[string]any); is {
		text, still := manifest.At(m, keys).(string)
		return still && !manifest.Unfilled(text)
	}
	object, err := runtime.DefaultUnstructuredConverter.ToUnstructured(o.Value)
	return err == nil && manifest.At(object, keys) != nil
}
