package render

import (
	corev1 "k8s.io/api/core/v1"
	storagev1 "k8s.io/api/storage/v1"
)

// storageClasses are the StorageClasses that have a provisioner here.
func storageClasses(classes []*storageClass) []made {
	var out []made
	for _, x := range classes {
		sc := &storagev1.StorageClass{
			ObjectMeta:  factMeta("", x.name),
			Provisioner: x.Provisioner, Parameters: x.Parameters,
			ReclaimPolicy:     ptr(corev1.PersistentVolumeReclaimRetain),
			VolumeBindingMode: ptr(storagev1.VolumeBindingImmediate),
		}
		if x.WaitsForConsumer() {
			sc.VolumeBindingMode = ptr(storagev1.VolumeBindingWaitForFirstConsumer)
		}
		// Most of a class cannot be changed. Volumes do without the class that they
		// were made from, so it may be made anew.
		sc.Annotations = map[string]string{annotationForce: "enabled"}
		if x.Default {
			sc.Annotations[annotationDefaultClass] = "true"
		}
		// Without them a pod is placed on a node where its volume is never made.
		if len(x.Nodes) > 0 {
			sc.AllowedTopologies = []corev1.TopologySelectorTerm{{MatchLabelExpressions: []corev1.TopologySelectorLabelRequirement{{Key: labelHostname, Values: x.Nodes}}}}
		}
		out = append(out, of(x.unit, kindStorageClass, sc, x.at))
	}
	return out
}
