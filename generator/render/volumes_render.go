package render

import (
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

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

// ownClaims are those of a workload's own volumes. They are never pruned.
func ownClaims(u unit, w *resolvedWorkload) []made {
	var out []made
	for _, c := range w.volumes.claims {
		claim := &corev1.PersistentVolumeClaim{ObjectMeta: w.meta(c.name), Spec: claimSpec(c.claim)}
		claim.Annotations = neverPruned()
		out = append(out, of(u, kindClaim, claim, c.at))
	}
	return out
}

// claimTemplates are the claims that a StatefulSet with several pods makes.
func claimTemplates(w *resolvedWorkload) []corev1.PersistentVolumeClaim {
	var out []corev1.PersistentVolumeClaim
	for _, c := range w.volumes.perPod {
		out = append(out, corev1.PersistentVolumeClaim{
			ObjectMeta: metav1.ObjectMeta{Name: c.name, Labels: labels(w.appName, w.name)}, Spec: claimSpec(c.claim),
		})
	}
	return out
}
