package workload

import (
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/utils/ptr"

	"stillsuit.dev/generator/internal/kinds"
	"stillsuit.dev/generator/internal/labels"
	"stillsuit.dev/generator/internal/render/object"
	"stillsuit.dev/generator/internal/resolve/scope"
	"stillsuit.dev/generator/internal/resolve/workload"
)

// nominal is what an export is said to hold: Kubernetes wants a size, and an NFS server
// is not told of it.
const nominal = "1Gi"

// Shares are the exports of a workload that are mounted with options, each a volume and the
// claim that it is kept for. They hold nothing: what lies on the server stays when they go.
func Shares(u scope.Unit, w *workload.Resolved) []object.Made {
	var out []object.Made
	for _, x := range w.Volumes.Shares {
		modes := []corev1.PersistentVolumeAccessMode{corev1.ReadWriteMany}
		if x.ReadOnly {
			modes[0] = corev1.ReadOnlyMany
		}
		size := corev1.ResourceList{corev1.ResourceStorage: resource.MustParse(nominal)}
		volume := &corev1.PersistentVolume{
			ObjectMeta: metav1.ObjectMeta{Name: x.Volume, Labels: labels.Of(w.AppName, w.Name)},
			Spec: corev1.PersistentVolumeSpec{
				AccessModes: modes, Capacity: size, MountOptions: x.Options,
				ClaimRef:                      &corev1.ObjectReference{APIVersion: "v1", Kind: kinds.Claim.Kind, Namespace: x.Namespace, Name: x.Claim},
				PersistentVolumeReclaimPolicy: corev1.PersistentVolumeReclaimRetain,
				PersistentVolumeSource:        corev1.PersistentVolumeSource{NFS: &corev1.NFSVolumeSource{Server: x.Server, Path: x.Export, ReadOnly: x.ReadOnly}},
			},
		}
		claim := &corev1.PersistentVolumeClaim{
			ObjectMeta: w.Meta(x.Claim),
			Spec: corev1.PersistentVolumeClaimSpec{
				AccessModes: modes, Resources: corev1.VolumeResourceRequirements{Requests: size},
				StorageClassName: ptr.To(""), VolumeName: x.Volume,
			},
		}
		out = append(out, object.Of(u, kinds.Volume, volume, x.At), object.Of(u, kinds.Claim, claim, x.At))
	}
	return out
}
