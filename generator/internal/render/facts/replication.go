package facts

import (
	"fmt"
	"time"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/utils/ptr"

	"stillsuit.dev/generator/internal/kinds"
	"stillsuit.dev/generator/internal/labels"
	"stillsuit.dev/generator/internal/render/object"
	"stillsuit.dev/generator/internal/render/workload"
	"stillsuit.dev/generator/internal/resolve/facts"
	"stillsuit.dev/generator/internal/resolve/scope"
	"stillsuit.dev/generator/model"
)

// replicationSource is the used part of the spec of VolSync's ReplicationSource (v1alpha1).
type replicationSource struct {
	Claim   string             `json:"sourcePVC"`
	Trigger replicationTrigger `json:"trigger"`
	Restic  resticSource       `json:"restic"`
}

type replicationTrigger struct {
	Schedule string `json:"schedule"`
}

// resticSource is the used part of the mover that writes with restic.
type resticSource struct {
	Repository    string                      `json:"repository"`
	CopyMethod    string                      `json:"copyMethod"`
	SnapshotClass string                      `json:"volumeSnapshotClassName,omitempty"`
	Cache         *resource.Quantity          `json:"cacheCapacity,omitempty"`
	Retain        resticRetain                `json:"retain"`
	Security      *corev1.PodSecurityContext  `json:"moverSecurityContext"`
	Resources     corev1.ResourceRequirements `json:"moverResources"`
}

type resticRetain struct {
	Within string `json:"within"`
}

// Replications tell VolSync which volumes it copies, when, and into which repository. The pod
// that does runs as the user whose files it reads.
func Replications(all []*facts.Replication) []object.Made {
	var out []object.Made
	for _, x := range all {
		spec := replicationSource{Claim: x.Claim, Trigger: replicationTrigger{x.Schedule}, Restic: resticSource{
			Repository: x.Secret, CopyMethod: "Direct", Cache: x.Cache, Retain: resticRetain{within(x.Keep)},
			Security: workload.PodSecurity(x.Of), Resources: moverResources(x.Mover),
		}}
		if x.AsImage {
			spec.Restic.Security.RunAsNonRoot = ptr.To(false)
		}
		if x.Snapshots != "" {
			spec.Restic.CopyMethod, spec.Restic.SnapshotClass = "Snapshot", x.Snapshots
		}
		m := metav1.ObjectMeta{Name: x.Name, Namespace: x.Namespace, Labels: labels.Of(x.Of.AppName, x.Of.Name)}
		out = append(out, object.OfCustom(x.Unit, kinds.Replication, m, spec, x.At))
	}
	return out
}

// within is a time as restic writes it: in hours, since its m are months
// (restic.readthedocs.io, Removing snapshots according to a policy).
func within(keep time.Duration) string {
	return fmt.Sprintf("%dh", max(1, int64((keep+time.Hour-1)/time.Hour)))
}

// moverResources are those of a store, over ours.
func moverResources(m model.Mover) corev1.ResourceRequirements {
	out := corev1.ResourceRequirements{
		Requests: corev1.ResourceList{corev1.ResourceCPU: resource.MustParse("10m"), corev1.ResourceMemory: resource.MustParse("128Mi")},
		Limits:   corev1.ResourceList{corev1.ResourceMemory: resource.MustParse("512Mi")},
	}
	for _, said := range []struct {
		of   *model.Resources
		into corev1.ResourceList
	}{{m.Requests, out.Requests}, {m.Limits, out.Limits}} {
		if said.of == nil {
			continue
		}
		for name, amount := range scope.List(*said.of) {
			said.into[name] = amount
		}
	}
	return out
}
