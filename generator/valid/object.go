package valid

import (
	"maps"
	"reflect"
	"strconv"

	batchv1 "k8s.io/api/batch/v1"
	batchv1beta1 "k8s.io/api/batch/v1beta1"
	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"stillsuit.dev/generator/manifest"
)

// rules are those for objects of Kubernetes.
func rules() Rules {
	cron := each(field("schedule", schedule), field("timeZone", timeZone))
	return Rules{
		reflect.TypeFor[metav1.ObjectMeta]():                       each(field("labels", Labels), field("annotations", Annotations)),
		reflect.TypeFor[metav1.LabelSelector]():                    selector(field("matchLabels", Labels)),
		reflect.TypeFor[metav1.LabelSelectorRequirement]():         selector(requirement),
		reflect.TypeFor[corev1.NodeSelectorRequirement]():          ofNodes,
		reflect.TypeFor[corev1.TopologySelectorLabelRequirement](): topology,
		reflect.TypeFor[corev1.TopologySpreadConstraint]():         spread,
		reflect.TypeFor[corev1.PodAffinityTerm]():                  requirement,
		reflect.TypeFor[corev1.Toleration]():                       requirement,
		reflect.TypeFor[corev1.Taint]():                            requirement,
		reflect.TypeFor[corev1.PodSpec]():                          field("nodeSelector", Labels),
		reflect.TypeFor[corev1.ServiceSpec]():                      field("selector", Labels),
		reflect.TypeFor[corev1.ReplicationControllerSpec]():        field("selector", Labels),
		reflect.TypeFor[corev1.Container]():                        field("name", label.rule),
		reflect.TypeFor[corev1.EphemeralContainer]():               field("name", label.rule),
		reflect.TypeFor[corev1.ContainerPort]():                    field("name", portName.rule),
		reflect.TypeFor[corev1.ServicePort]():                      field("name", label.rule),
		reflect.TypeFor[corev1.Volume]():                           field("name", label.rule),
		reflect.TypeFor[networkingv1.IngressRule]():                field("host", host.rule),
		reflect.TypeFor[networkingv1.IngressTLS]():                 field("hosts", hosts),
		reflect.TypeFor[batchv1.CronJobSpec]():                     cron,
		reflect.TypeFor[batchv1beta1.CronJobSpec]():                cron,
	}
}

// Object returns what Kubernetes refuses in an object of a group and kind, or in a part
// of one, such as a patch. t is its Go type, or nil for a kind that has none: then its
// metadata is looked at, and pod templates where other kinds have them.
func Object(t reflect.Type, group, kind string, object map[string]any) []Problem {
	return rules().object(t, group, kind, object)
}

func (r Rules) object(t reflect.Type, group, kind string, object map[string]any) []Problem {
	var out []Problem
	metadata, _ := object["metadata"].(map[string]any)
	if name, ok := metadata["name"].(string); ok {
		out = append(out, Name(group, kind, name)...)
	}
	out = append(out, field("namespace", label.rule)(metadata, []string{"metadata"})...)
	if object["status"] != nil && kind != "Node" { // what was observed is nobody's to correct
		object = maps.Clone(object)
		delete(object, "status")
	}
	if t != nil {
		return append(out, r.Find(t, object)...)
	}
	out = append(out, r.Find(reflect.TypeFor[metav1.ObjectMeta](), object["metadata"], "metadata")...)
	for _, keys := range manifest.PodTemplates() {
		at := any(object)
		for _, key := range keys {
			m, _ := at.(map[string]any)
			at = m[key]
		}
		template, _ := at.(map[string]any)
		spec, _ := template["spec"].(map[string]any)
		if containers, _ := spec["containers"].([]any); len(containers) > 0 {
			out = append(out, r.Find(reflect.TypeFor[corev1.PodTemplateSpec](), template, keys...)...)
		}
	}
	if scheduled(group, kind) {
		spec, _ := object["spec"].(map[string]any)
		out = append(out, field("schedule", schedule)(spec, []string{"spec"})...)
	}
	return out
}

// Name returns what Kubernetes refuses in the name of an object of a group and kind.
func Name(group, kind, name string) []Problem {
	return nameOf(group, kind).rule(name, []string{"metadata", "name"})
}

// hosts refuses each text of a list that is no host.
func hosts(value any, keys []string) []Problem {
	var out []Problem
	list, _ := value.([]any)
	for i, one := range list {
		out = append(out, host.rule(one, Below(keys, strconv.Itoa(i)))...)
	}
	return out
}

// scheduled kinds of others have a schedule at spec.schedule that is read as a CronJob's
// is (velero.io/docs, api-types/schedule; kyverno, api/kyverno/v2).
func scheduled(group, kind string) bool {
	switch group + "/" + kind {
	case "velero.io/Schedule", "kyverno.io/CleanupPolicy", "kyverno.io/ClusterCleanupPolicy", "policies.kyverno.io/DeletingPolicy":
		return true
	}
	return false
}
