package scheduler

import (
	"fmt"
	"slices"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/component-helpers/storage/ephemeral"
)

// volumesOf finds the claims of a pod, and why no node would take it with them.
func (s *storage) volumesOf(p *Pod) error {
	object := p.Kubernetes
	var found []*Refusal
	for i := range object.Spec.Volumes {
		v := &object.Spec.Volumes[i]
		var name string
		switch {
		case v.PersistentVolumeClaim != nil:
			name = v.PersistentVolumeClaim.ClaimName
		case v.Ephemeral != nil:
			name = ephemeral.VolumeClaimName(object, v)
			if err := s.makeEphemeral(object, v, name); err != nil {
				return err
			}
		default:
			continue
		}
		id, known := s.claimID[object.Namespace+"/"+name]
		if !known {
			found = append(found, &Refusal{Filter: VolumeRestrictions, Reason: fmt.Sprintf("persistentvolumeclaim %q not found", name), Static: true})
			continue
		}
		if refusal := s.claims[id].refusal; refusal != nil {
			found = append(found, refusal)
		}
		if !slices.Contains(p.claims, id) {
			p.claims = append(p.claims, id)
		}
	}
	// The plugin that looks first says what it finds.
	for _, filter := range []string{VolumeRestrictions, VolumeBinding, VolumeZone} {
		if i := slices.IndexFunc(found, func(r *Refusal) bool { return r.Filter == filter }); i >= 0 {
			p.gate = found[i]
			return nil
		}
	}
	return nil
}

// makeEphemeral makes the claim of an ephemeral volume, as its controller does, unless
// it is there.
func (s *storage) makeEphemeral(pod *corev1.Pod, v *corev1.Volume, name string) error {
	if _, known := s.claimID[pod.Namespace+"/"+name]; known || v.Ephemeral.VolumeClaimTemplate == nil {
		return nil
	}
	return s.addClaim(&corev1.PersistentVolumeClaim{
		ObjectMeta: metav1.ObjectMeta{Namespace: pod.Namespace, Name: name}, Spec: v.Ephemeral.VolumeClaimTemplate.Spec,
	})
}
