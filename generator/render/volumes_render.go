package render

import corev1 "k8s.io/api/core/v1"

func claimSpec(c claim) corev1.PersistentVolumeClaimSpec {
	spec := corev1.PersistentVolumeClaimSpec{AccessModes: []corev1.PersistentVolumeAccessMode{corev1.PersistentVolumeAccessMode(c.access)}}
	if c.size != nil {
		spec.Resources.Requests = corev1.ResourceList{corev1.ResourceStorage: *c.size}
	}
	if c.class != "" {
		spec.StorageClassName = &c.class
	}
	return spec
}
