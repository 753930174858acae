package facts

import (
	corev1 "k8s.io/api/core/v1"
	storagev1 "k8s.io/api/storage/v1"
	"k8s.io/utils/ptr"

	"stillsuit.dev/generator/internal/kinds"
	"stillsuit.dev/generator/internal/labels"
	"stillsuit.dev/generator/internal/render/object"
	"stillsuit.dev/generator/internal/resolve/facts"
	"stillsuit.dev/generator/model"
)

// StorageClasses are the StorageClasses that have a provisioner here.
func StorageClasses(classes []*facts.StorageClass) []object.Made {
	var out []object.Made
	for _, x := range classes {
		sc := &storagev1.StorageClass{
			ObjectMeta:  object.FactMeta("", x.Name),
			Provisioner: x.Declared.Provisioner, Parameters: x.Declared.Parameters,
			ReclaimPolicy:     ptr.To(corev1.PersistentVolumeReclaimRetain),
			VolumeBindingMode: ptr.To(storagev1.VolumeBindingImmediate),
			MountOptions:      x.Declared.Options,
		}
		if known, _ := model.ProvisionerOf(x.Declared.Provisioner); known.Expands {
			sc.AllowVolumeExpansion = ptr.To(true)
		}
		if x.Declared.WaitsForConsumer() {
			sc.VolumeBindingMode = ptr.To(storagev1.VolumeBindingWaitForFirstConsumer)
		}
		// Most of a class cannot be changed. Volumes do without the class that they
		// were made from, so it may be made anew.
		sc.Annotations = map[string]string{labels.AnnotationForce: "enabled"}
		if x.Declared.Provisioner == model.LocalPath { // Velero skips the other kind
			sc.Annotations[model.AnnotationVolumeType] = "local"
		}
		if x.Declared.Default {
			sc.Annotations[labels.AnnotationDefaultClass] = "true"
		}
		// Without them a pod is placed on a node where its volume is never made.
		if len(x.Declared.Nodes) > 0 {
			sc.AllowedTopologies = []corev1.TopologySelectorTerm{{MatchLabelExpressions: []corev1.TopologySelectorLabelRequirement{{Key: labels.Hostname, Values: x.Declared.Nodes}}}}
		}
		out = append(out, object.Of(x.Unit, kinds.StorageClass, sc, x.At))
	}
	return out
}
