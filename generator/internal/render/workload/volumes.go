package workload

import (
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"stillsuit.dev/generator/internal/kinds"
	"stillsuit.dev/generator/internal/labels"
	"stillsuit.dev/generator/internal/render/object"
	"stillsuit.dev/generator/internal/resolve/scope"
	"stillsuit.dev/generator/internal/resolve/workload"
)

// ClaimSpec is what a claim requests.
func ClaimSpec(c workload.Claim) corev1.PersistentVolumeClaimSpec {
	spec := corev1.PersistentVolumeClaimSpec{AccessModes: []corev1.PersistentVolumeAccessMode{corev1.PersistentVolumeAccessMode(c.Access)}}
	if c.Size != nil {
		spec.Resources.Requests = corev1.ResourceList{corev1.ResourceStorage: *c.Size}
	}
	if c.Class != "" {
		spec.StorageClassName = &c.Class
	}
	return spec
}

// OwnClaims are those of a workload's own volumes. They are never pruned.
func OwnClaims(u scope.Unit, w *workload.Resolved) []object.Made {
	var out []object.Made
	for _, c := range w.Volumes.Claims {
		claim := &corev1.PersistentVolumeClaim{ObjectMeta: w.Meta(c.Name), Spec: ClaimSpec(c.Claim)}
		claim.Annotations = labels.With(labels.NeverPruned(), c.Annotations)
		out = append(out, object.Of(u, kinds.Claim, claim, c.At))
	}
	return out
}

// claimTemplates are the claims that a StatefulSet with several pods makes.
func claimTemplates(w *workload.Resolved) []corev1.PersistentVolumeClaim {
	var out []corev1.PersistentVolumeClaim
	for _, c := range w.Volumes.PerPod {
		out = append(out, corev1.PersistentVolumeClaim{
			ObjectMeta: metav1.ObjectMeta{Name: c.Name, Labels: labels.Of(w.AppName, w.Name), Annotations: c.Annotations}, Spec: ClaimSpec(c.Claim),
		})
	}
	return out
}
