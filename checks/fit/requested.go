package fit

import (
	"maps"
	"slices"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"stillsuit.dev/checks"
	"stillsuit.dev/finding"
	"stillsuit.dev/generator/manifest"
	"stillsuit.dev/inventory"
	"stillsuit.dev/placement/demand"
)

// requested is what is to be placed, and what was left out of it. It is a value: what
// leaves something out, or adds something, returns another one.
type requested struct {
	*demand.Demand
	refused map[*manifest.Object]bool // what the API server refuses
	leftOut []NotPlaced
}

// requestedBy is all that the subject's objects ask for.
func requestedBy(s *inventory.Subject) (requested, error) {
	d, err := demand.Of(s)
	return requested{Demand: d}, err
}

// some reports whether anything is asked for.
func (r requested) some() bool { return len(r.Workloads)+len(r.Uncounted) > 0 }

// without leaves out the workloads for which there is a reason.
func (r requested) without(because func(*demand.Workload) string) requested {
	d := *r.Demand
	r.leftOut = slices.Clone(r.leftOut)
	d.Workloads = slices.DeleteFunc(slices.Clone(d.Workloads), func(w *demand.Workload) bool {
		why := because(w)
		if why != "" {
			r.leftOut = append(r.leftOut, NotPlaced{Workload: w.Name, Pods: w.Pods, Because: why})
		}
		return why != ""
	})
	r.Demand = &d
	return r
}

// crowded is without for workloads that have too many pods for the nodes.
func (r requested) crowded(because func(*demand.Workload) string) requested {
	before := len(r.leftOut)
	r = r.without(because)
	for i := range r.leftOut[before:] {
		r.leftOut[before+i].TooMany = true
	}
	return r
}

// with adds a pod for each name, with the memory that it asks for.
func (r requested) with(extra map[string]resource.Quantity) requested {
	d := *r.Demand
	d.Units, d.Workloads = slices.Clone(d.Units), slices.Clone(d.Workloads)
	for _, name := range slices.Sorted(maps.Keys(extra)) {
		amounts := corev1.ResourceList{corev1.ResourceMemory: extra[name]}
		priority := int32(0)
		d.Units = append(d.Units, inventory.Unit{Name: name})
		d.Workloads = append(d.Workloads, &demand.Workload{
			Name: name, Pods: 1, Update: demand.Update{Surge: 1}, Unit: name,
			Template: &corev1.Pod{
				ObjectMeta: metav1.ObjectMeta{Name: name, Namespace: "default", Labels: map[string]string{"app": name}},
				Spec: corev1.PodSpec{
					Priority:   &priority,
					Containers: []corev1.Container{{Name: name, Resources: corev1.ResourceRequirements{Requests: amounts, Limits: amounts}}},
				},
			},
		})
	}
	r.Demand = &d
	return r
}

// tellUnknown reports what cannot be counted.
func tellUnknown(pass *checks.Pass, unknown []demand.Unknown) {
	for _, u := range unknown {
		switch {
		case u.Harmless:
			pass.Note(u.Spot, "fit/unknown-demand", u.Problem, u.Detail, u.Fix)
		case !u.Footprint:
			pass.Warn(u.Spot, "fit/unknown-demand", u.Problem, u.Detail, u.Fix)
		case pass.Cluster == nil: // a declared chart without a footprint is told of where it is rendered
			pass.Note(u.Spot, "fit/unknown-footprint", u.Problem, u.Detail, u.Fix)
		}
	}
}

// requestedCodes documents what is reported here.
func requestedCodes() []finding.CodeDoc {
	return []finding.CodeDoc{
		{
			Code: "fit/unknown-demand", Title: "stillsuit cannot tell what pods request, or how many there are",
			Plural:  "%d workloads cannot be counted",
			Text:    "The pods of this object cannot be counted: its kind is unknown, it is a CronJob whose runs can overlap without limit, or it has a priority class that does not exist. It is a note for an amount or a number of pods that Flux fills in later, such as ${MEMORY}: the default of ${MEMORY:=64Mi} counts, and pods with an amount without a default are in no sum.",
			Example: "concurrency: \"Allow\"    // without a deadline",
		},
		{
			Code: "fit/unknown-footprint", Title: "stillsuit cannot tell what the pods of a chart request",
			Plural:  "%d charts have no footprint, so their pods were not counted",
			Text:    "A HelmRelease is rendered in the cluster, so the check does not see its pods. The annotation stillsuit.dev/footprint says what they request, by component: replicas or perNode, requests, limits, labels of nodes, tolerate and claims.",
			Example: "stillsuit.dev/footprint: '{\"server\": {\"requests\": {\"memory\": \"256Mi\"}, \"limits\": {\"memory\": \"512Mi\"}}}'",
		},
	}
}
