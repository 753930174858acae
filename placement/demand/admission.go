package demand

import (
	"fmt"
	"maps"
	"slices"

	corev1 "k8s.io/api/core/v1"
	nodev1 "k8s.io/api/node/v1"
	schedulingv1 "k8s.io/api/scheduling/v1"

	"stillsuit.dev/finding"
	"stillsuit.dev/inventory"
	"stillsuit.dev/placement/scheduler"
)

// admission is what the API server does to a pod before it is scheduled: the
// defaults of its fields, and the admission plugins LimitRanger, Priority and
// RuntimeClass.
type admission struct {
	ranges   map[string][]corev1.LimitRangeItem // by namespace
	classes  map[string]*schedulingv1.PriorityClass
	fallback *schedulingv1.PriorityClass
	runtimes map[string]*nodev1.RuntimeClass
}

func newAdmission(s *inventory.Subject) *admission {
	a := &admission{
		ranges: map[string][]corev1.LimitRangeItem{}, runtimes: map[string]*nodev1.RuntimeClass{},
		classes: map[string]*schedulingv1.PriorityClass{
			// As kube-apiserver makes them (k8s.io/kubernetes, pkg/apis/scheduling).
			"system-cluster-critical": {Value: 2000000000}, "system-node-critical": {Value: 2000001000},
		},
	}
	for _, o := range s.Objects {
		switch v := o.Value.(type) {
		case *corev1.LimitRange:
			a.ranges[v.Namespace] = append(a.ranges[v.Namespace], v.Spec.Limits...)
		case *schedulingv1.PriorityClass:
			a.classes[v.Name] = v
			if v.GlobalDefault {
				a.fallback = v
			}
		case *nodev1.RuntimeClass:
			a.runtimes[v.Name] = v
		}
	}
	return a
}

// admit lays the defaults over the workload's template.
func (a *admission) admit(w *Workload) *Unknown {
	spec := &w.Template.Spec
	for _, item := range a.ranges[w.Template.Namespace] {
		if item.Type == corev1.LimitTypeContainer {
			each(spec, func(c *corev1.Container) {
				below(&c.Resources.Limits, item.Default)
				below(&c.Resources.Requests, item.DefaultRequest)
			})
		}
	}
	// A request that is not said is the limit.
	each(spec, func(c *corev1.Container) { below(&c.Resources.Requests, c.Resources.Limits) })
	if spec.Resources != nil {
		below(&spec.Resources.Requests, spec.Resources.Limits)
	}
	a.runtime(spec)
	return a.priority(w)
}

func each(spec *corev1.PodSpec, change func(*corev1.Container)) {
	for i := range spec.InitContainers {
		change(&spec.InitContainers[i])
	}
	for i := range spec.Containers {
		change(&spec.Containers[i])
	}
}

// below lays a list under another.
func below(over *corev1.ResourceList, under corev1.ResourceList) {
	out := corev1.ResourceList{}
	maps.Copy(out, under)
	maps.Copy(out, *over)
	if len(out) > 0 {
		*over = out
	}
}

func (a *admission) runtime(spec *corev1.PodSpec) {
	if spec.RuntimeClassName == nil {
		return
	}
	class := a.runtimes[*spec.RuntimeClassName]
	if class == nil {
		return
	}
	if class.Overhead != nil {
		spec.Overhead = class.Overhead.PodFixed
	}
	scheduler.RunBy(spec, class)
}

func (a *admission) priority(w *Workload) *Unknown {
	spec := &w.Template.Spec
	spec.Priority = new(int32)
	class := a.fallback
	if name := spec.PriorityClassName; name != "" {
		if class = a.classes[name]; class == nil {
			at := w.Spot.Join("priorityClassName")
			at.Path = []string{"importance"}
			return &Unknown{
				Spot: at, Problem: fmt.Sprintf("%s asks for priority class %s", w.Name, name),
				Detail: "no such class is here, so whom its pods push aside cannot be told",
				Fix:    mend(name, slices.Sorted(maps.Keys(a.classes))),
			}
		}
	}
	if class != nil {
		*spec.Priority, spec.PreemptionPolicy = class.Value, class.PreemptionPolicy
	}
	return nil
}

func mend(class string, known []string) string {
	return finding.DidYouMean(class, known, "add the PriorityClass, which are "+finding.All(known)+" here")
}
