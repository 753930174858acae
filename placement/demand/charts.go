package demand

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/meta"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"

	"stillsuit.dev/generator/manifest"
	"stillsuit.dev/generator/model"
	"stillsuit.dev/generator/valid"
	"stillsuit.dev/inventory"
)

// charts keeps what charts run, by their footprints: those of the tree, and those
// that something other than Flux installs.
func (r *reader) charts() {
	for _, o := range r.subject.Objects {
		if o.Kind == "HelmRelease" && strings.HasSuffix(o.Group, "fluxcd.io") {
			r.release(o)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(r.subject.Charts)) {
		if c := r.subject.Charts[name]; c.Outside != "" && c.Off == "" {
			at := &manifest.Object{ID: manifest.ID{Kind: "HelmRelease", Namespace: c.Namespace, Name: name}, Origin: []string{"charts", name}}
			if c.Footprint == nil {
				r.noFootprint(at)
			}
			r.footprints(at, c.Namespace, "", c.Footprint)
		}
	}
}

func (r *reader) noFootprint(o *manifest.Object) {
	r.out.Unknown = append(r.out.Unknown, Unknown{
		Spot: inventory.Spot{Object: o}, Footprint: true,
		Problem: fmt.Sprintf("the requests of the pods of HelmRelease %s are unknown", o.Name), Detail: "Helm renders the chart in the cluster, so its pods are missing in every sum",
		Fix: "add the annotation " + model.AnnotationFootprint + ": '{\"main\": {\"requests\": {\"memory\": \"…\"}}}', or '{}' when it runs no pods",
	})
}

func (r *reader) release(o *manifest.Object) {
	annotations, namespace := read(o.Value)
	said, found := annotations[model.AnnotationFootprint]
	if !found {
		r.noFootprint(o)
		return
	}
	prints, err := model.ReadFootprints(said)
	if err != nil {
		r.out.Unknown = append(r.out.Unknown, Unknown{
			Spot: inventory.Spot{Object: o, Keys: []string{"metadata", "annotations", model.AnnotationFootprint}}, Footprint: true,
			Problem: fmt.Sprintf("the annotation %s of HelmRelease %s cannot be read", model.AnnotationFootprint, o.Name), Detail: err.Error(), Fix: "correct it",
		})
		return
	}
	r.footprints(o, namespace, r.unitOf[o], prints)
}

// read returns the annotations of a HelmRelease, and where it installs.
func read(value any) (map[string]string, string) {
	object, ok := value.(runtime.Object)
	if m, custom := value.(map[string]any); custom {
		object, ok = &unstructured.Unstructured{Object: m}, true
	}
	if !ok {
		return nil, ""
	}
	raw, err := runtime.DefaultUnstructuredConverter.ToUnstructured(object)
	if err != nil {
		return nil, ""
	}
	at, err := meta.Accessor(object)
	if err != nil {
		return nil, ""
	}
	target, _, _ := unstructured.NestedString(raw, "spec", "targetNamespace")
	if target == "" {
		target = at.GetNamespace()
	}
	return at.GetAnnotations(), target
}

func (r *reader) footprints(o *manifest.Object, namespace, unit string, prints model.Footprints) {
	for _, component := range slices.Sorted(maps.Keys(prints)) {
		f := prints[component]
		at := inventory.Spot{Object: o, Keys: []string{"metadata", "annotations", model.AnnotationFootprint}, Path: []string{"footprint", component}}
		if f == nil {
			r.unknown(at, fmt.Sprintf("component %s in the footprint of HelmRelease %s is null", component, o.Name), "its pods are missing in every sum", "say what it requests, or remove it")
			continue
		}
		if f.Off != "" {
			continue
		}
		labels := map[string]string{"app.kubernetes.io/instance": o.Name, "app.kubernetes.io/component": component}
		w := &Workload{
			Name: o.Name + " " + component, Unit: unit, Pods: f.Pods(1), PerNode: f.PerNode, Origin: ofCUE(o.Origin), Component: component,
			// The annotation is one line of the object, whose keys lead no further.
			Spot:     at,
			Selector: &metav1.LabelSelector{MatchLabels: labels},
			Template: &corev1.Pod{ObjectMeta: metav1.ObjectMeta{Name: o.Name + "-" + component, Namespace: namespace, Labels: labels}},
			Update:   Update{Surge: 1},
		}
		w.Counted = w.Spot
		if f.Replicas != nil {
			w.Counted.Path = append(slices.Clone(w.Spot.Path), "replicas")
			if *f.Replicas < 0 {
				if *f.Replicas != valid.UnknownCount { // which was reported where it was read
					r.unknown(w.Counted, fmt.Sprintf("component %s of HelmRelease %s has %d replicas", component, o.Name, *f.Replicas), "a number of pods is 0 or more, so none was counted", "write the number that the chart runs")
				}
			}
		}
		if f.PerNode || len(f.Claims) > 0 {
			w.Update = Update{Recreate: true, Unavailable: 1}
		}
		spec := &w.Template.Spec
		spec.NodeSelector = f.Labels
		for _, key := range f.Tolerate {
			t := corev1.Toleration{Key: key, Operator: corev1.TolerationOpExists}
			if key == "*" {
				t.Key = ""
			}
			spec.Tolerations = append(spec.Tolerations, t)
		}
		spec.Containers = []corev1.Container{{Name: component, Resources: corev1.ResourceRequirements{Requests: list(f.Requests), Limits: list(f.Limits)}}}
		for _, claim := range slices.Sorted(maps.Keys(f.Claims)) {
			c := corev1.PersistentVolumeClaim{ObjectMeta: metav1.ObjectMeta{Name: claim}}
			c.Spec.AccessModes = []corev1.PersistentVolumeAccessMode{corev1.ReadWriteOnce}
			if class := f.Claims[claim]; class != "" {
				c.Spec.StorageClassName = &class
			}
			w.Claims = append(w.Claims, c)
		}
		r.add(w)
	}
}

func list(r *model.Resources) corev1.ResourceList {
	out := corev1.ResourceList{}
	if r == nil {
		return out
	}
	for name, q := range map[corev1.ResourceName]*resource.Quantity{corev1.ResourceCPU: r.CPU, corev1.ResourceMemory: r.Memory} {
		if q != nil {
			out[name] = *q
		}
	}
	return out
}

// of is a list of memory and cores, as text.
func of(cpu, memory string) corev1.ResourceList {
	out := corev1.ResourceList{}
	if cpu != "" {
		out[corev1.ResourceCPU] = resource.MustParse(cpu)
	}
	if memory != "" {
		out[corev1.ResourceMemory] = resource.MustParse(memory)
	}
	return out
}
