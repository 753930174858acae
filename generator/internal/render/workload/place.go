package workload

import (
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"stillsuit.dev/generator/internal/labels"
	"stillsuit.dev/generator/internal/resolve/workload"
	"stillsuit.dev/generator/model"
)

// placed says in a pod where it may run.
func placed(spec *corev1.PodSpec, w *workload.Resolved) {
	place := w.Declared.Place
	if place == nil {
		place = &model.Place{}
	}
	spec.NodeSelector = w.Place.Selector
	spec.Affinity = affinity(w, place)
	if place.Spread != "" {
		spec.TopologySpreadConstraints = []corev1.TopologySpreadConstraint{{
			MaxSkew: 1, TopologyKey: topology(place.Spread), WhenUnsatisfiable: corev1.ScheduleAnyway, LabelSelector: &metav1.LabelSelector{MatchLabels: w.Selector},
		}}
	}
	spec.Tolerations = Tolerations(w.Place.Tolerated)
}

// affinity is nil when the pods may run beside anything on any node.
func affinity(w *workload.Resolved, place *model.Place) *corev1.Affinity {
	var required []corev1.NodeSelectorRequirement
	for _, of := range []struct {
		label  string
		values []string
	}{{labels.Arch, w.Place.Arches}, {labels.Hostname, w.Place.Nodes}} {
		if of.values != nil {
			required = append(required, corev1.NodeSelectorRequirement{Key: of.label, Operator: corev1.NodeSelectorOpIn, Values: of.values})
		}
	}
	out := &corev1.Affinity{}
	if required != nil {
		out.NodeAffinity = &corev1.NodeAffinity{RequiredDuringSchedulingIgnoredDuringExecution: &corev1.NodeSelector{
			NodeSelectorTerms: []corev1.NodeSelectorTerm{{MatchExpressions: required}},
		}}
	}
	if other := w.Place.Beside; other != nil {
		term := corev1.PodAffinityTerm{LabelSelector: &metav1.LabelSelector{MatchLabels: other.Selector}, TopologyKey: labels.Hostname}
		if other.Namespace != w.Namespace {
			term.Namespaces = []string{other.Namespace}
		}
		out.PodAffinity = &corev1.PodAffinity{RequiredDuringSchedulingIgnoredDuringExecution: []corev1.PodAffinityTerm{term}}
	}
	if place.Apart != "" {
		out.PodAntiAffinity = &corev1.PodAntiAffinity{RequiredDuringSchedulingIgnoredDuringExecution: []corev1.PodAffinityTerm{
			{LabelSelector: &metav1.LabelSelector{MatchLabels: w.Selector}, TopologyKey: topology(place.Apart)},
		}}
	}
	if *out == (corev1.Affinity{}) {
		return nil
	}
	return out
}

func topology(domain string) string {
	if domain == "board" {
		return model.LabelBoard
	}
	return labels.Hostname
}

// Tolerations are those of taints, by their keys.
func Tolerations(keys []string) []corev1.Toleration {
	var out []corev1.Toleration
	for _, key := range keys {
		out = append(out, corev1.Toleration{Key: key, Operator: corev1.TolerationOpExists})
	}
	return out
}
