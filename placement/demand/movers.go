package demand

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"stillsuit.dev/inventory"
)

// source is what VolSync's ReplicationSource says of the pod that copies its volume, as far
// as it is read here (backube/volsync v0.16.0 api/v1alpha1/replicationsource_types.go).
type source struct {
	Spec struct {
		Claim    string `json:"sourcePVC"`
		Paused   bool   `json:"paused"`
		Restic   *mover `json:"restic"`
		Rclone   *mover `json:"rclone"`
		Rsync    *mover `json:"rsync"`
		RsyncTLS *mover `json:"rsyncTLS"`
	} `json:"spec"`
}

type mover struct {
	CopyMethod string                       `json:"copyMethod"`
	Labels     map[string]string            `json:"moverPodLabels"`
	Resources  *corev1.ResourceRequirements `json:"moverResources"`
}

// of is the mover that a source has, and the field that it stands in.
func (s source) of() (string, *mover) {
	for _, m := range []struct {
		field string
		mover *mover
	}{{"restic", s.Spec.Restic}, {"rclone", s.Spec.Rclone}, {"rsync", s.Spec.Rsync}, {"rsyncTLS", s.Spec.RsyncTLS}} {
		if m.mover != nil {
			return m.field, m.mover
		}
	}
	return "", nil
}

// movers keeps the pods that VolSync makes from time to time: one for each source, on the
// node of the pods that have the volume unless it copies a snapshot or a clone of it
// (internal/controller/utils/affinity.go). One that cannot be read makes none: the API
// server refuses it.
func (r *reader) movers(pods []*inventory.PodTemplate) {
	for _, o := range r.subject.Objects {
		if o.Group != "volsync.backube" || o.Kind != "ReplicationSource" {
			continue
		}
		read, err := inventory.Read[source](o)
		if err != nil {
			continue
		}
		field, m := read.of()
		if m == nil || read.Spec.Paused {
			continue
		}
		at := inventory.Spot{Object: o, Keys: []string{"spec", field, "moverResources"}}
		labels := map[string]string{"app.kubernetes.io/created-by": "volsync"}
		w := &Workload{
			Name: fmt.Sprintf("ReplicationSource %s", o.Name), Runs: Timed, Pods: 1, Unit: r.unitOf[o], Origin: ofCUE(o.Origin), Spot: at,
			Template: &corev1.Pod{ObjectMeta: metav1.ObjectMeta{Name: "volsync-src-" + o.Name, Namespace: o.Namespace, Labels: labels}},
		}
		maps.Copy(labels, m.Labels)
		container := corev1.Container{Name: field}
		if m.Resources != nil {
			container.Resources = *m.Resources.DeepCopy()
		}
		spec := &w.Template.Spec
		spec.Containers, spec.RestartPolicy = []corev1.Container{container}, corev1.RestartPolicyNever
		if m.CopyMethod == "" || m.CopyMethod == "Direct" || m.CopyMethod == "None" {
			spec.Volumes = []corev1.Volume{{Name: "data", VolumeSource: corev1.VolumeSource{
				PersistentVolumeClaim: &corev1.PersistentVolumeClaimVolumeSource{ClaimName: read.Spec.Claim},
			}}}
			spec.Tolerations = tolerationsOf(pods, o.Namespace, read.Spec.Claim)
		}
		r.add(w)
	}
}

// tolerationsOf are those of the first pods with a claim, which the pod that copies it
// takes over.
func tolerationsOf(pods []*inventory.PodTemplate, namespace, claim string) []corev1.Toleration {
	for _, p := range pods {
		if p.Object.Namespace != namespace {
			continue
		}
		has := slices.ContainsFunc(p.Spec.Volumes, func(v corev1.Volume) bool {
			return v.PersistentVolumeClaim != nil && v.PersistentVolumeClaim.ClaimName == claim
		})
		has = has || slices.ContainsFunc(p.Claims, func(c corev1.PersistentVolumeClaim) bool {
			return strings.HasPrefix(claim, c.Name+"-"+p.Object.Name+"-")
		})
		if has {
			return slices.Clone(p.Spec.Tolerations)
		}
	}
	return nil
}
