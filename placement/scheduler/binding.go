package scheduler

import (
	"fmt"
	"slices"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/component-helpers/storage/ephemeral"
	"k8s.io/component-helpers/storage/volume"
)

// binding is what a state has bound a claim to.
type binding struct {
	done   bool
	node   int // of a local volume, else nowhere
	volume *corev1.PersistentVolume
}

// volumesOf finds the claims of a pod, and why no node would take it with them.
func (s *Scheduler) volumesOf(p *Pod) error {
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
func (s *Scheduler) makeEphemeral(pod *corev1.Pod, v *corev1.Volume, name string) error {
	if _, known := s.claimID[pod.Namespace+"/"+name]; known || v.Ephemeral.VolumeClaimTemplate == nil {
		return nil
	}
	return s.addClaim(&corev1.PersistentVolumeClaim{
		ObjectMeta: metav1.ObjectMeta{Namespace: pod.Namespace, Name: name}, Spec: v.Ephemeral.VolumeClaimTemplate.Spec,
	})
}

// Bind says that the volume of a claim "namespace/name" lies on a node. On a node that
// the cluster does not have, it is out of reach. A claim that it does not have is none.
func (st *State) Bind(claim, node string) {
	st.grow()
	id, known := st.s.claimID[claim]
	if !known {
		return
	}
	i, has := st.s.index[node]
	if !has {
		i = lost
	}
	st.bound[id] = binding{done: true, node: i}
	st.version++
}

// inUse judges VolumeRestrictions for claims that only one pod may use.
func (st *State) inUse(p *Pod) bool {
	for _, id := range p.claims {
		if st.s.claims[id].once && st.users[id] > 0 {
			return true
		}
	}
	return false
}

// volumesAllow judges VolumeBinding and VolumeZone on a node.
func (st *State) volumesAllow(p *Pod, node int) verdict {
	elsewhere, zone, waiting := false, false, false
	for _, id := range p.claims {
		c, b := st.s.claims[id], &st.bound[id]
		switch {
		case b.volume != nil:
			elsewhere = elsewhere || !Reaches(b.volume, st.s.nodes[node])
			zoned := st.s.zonedFor(b.volume)
			zone = zone || zoned != nil && !zoned[node]
		case b.done:
			elsewhere = elsewhere || b.node != nowhere && b.node != node
			// What was provisioned is where its class allows.
			elsewhere = elsewhere || b.node == nowhere && c.allowed != nil && !c.allowed[node]
		case c.bound:
			elsewhere = elsewhere || c.reach != nil && !c.reach[node]
			zone = zone || c.zoned != nil && !c.zoned[node]
		default:
			waiting = true
		}
	}
	missing := false
	if waiting {
		_, missing = st.match(p, node)
	}
	switch {
	case elsewhere && missing:
		return volumeElsewhereNoVolume
	case elsewhere:
		return volumeElsewhere
	case missing:
		return noVolume
	case zone:
		return zoneElsewhere
	}
	return fits
}

// match finds volumes on a node for the claims of a pod that wait for one, smallest
// claim first; nil where one would be provisioned. missing says that a claim gets none.
func (st *State) match(p *Pod, node int) (found map[int]*corev1.PersistentVolume, missing bool) {
	var waiting []int
	static := false
	for _, id := range p.claims {
		if c := st.s.claims[id]; !c.bound && !st.bound[id].done {
			waiting = append(waiting, id)
			static = static || len(st.s.volumes[volume.GetPersistentVolumeClaimClass(c.object)]) > 0
		}
	}
	n := st.s.nodes[node]
	var excluded map[string]*corev1.PersistentVolume
	if static {
		found, excluded = map[int]*corev1.PersistentVolume{}, st.s.excluded(st)
		slices.SortStableFunc(waiting, func(a, b int) int {
			x, y := st.s.claims[a].object.Spec.Resources.Requests[corev1.ResourceStorage], st.s.claims[b].object.Spec.Resources.Requests[corev1.ResourceStorage]
			return x.Cmp(y)
		})
	}
	for _, id := range waiting {
		c := st.s.claims[id]
		chosen, selected := c.object.Annotations[volume.AnnSelectedNode]
		if selected && chosen != n.Name {
			return nil, true
		}
		if static && !selected {
			v, err := volume.FindMatchingVolume(c.object, st.s.volumes[volume.GetPersistentVolumeClaimClass(c.object)], n, excluded, true, true)
			if err == nil && v != nil {
				found[id], excluded[v.Name] = v, v
				continue
			}
		}
		missing = missing || !c.provisions || c.allowed != nil && !c.allowed[node]
	}
	return found, missing
}

// excluded are the volumes that claims have, of the cluster and of a state (nil for
// none). A volume that is kept for a claim is not among them.
func (s *Scheduler) excluded(st *State) map[string]*corev1.PersistentVolume {
	out := map[string]*corev1.PersistentVolume{}
	for name := range s.taken {
		out[name] = nil
	}
	if st != nil {
		for _, b := range st.bound {
			if b.volume != nil {
				out[b.volume.Name] = b.volume
			}
		}
	}
	return out
}

// bind binds the waiting claims of a pod on the node where it comes to run.
func (st *State) bind(p *Pod, node int) {
	if len(p.claims) == 0 {
		return
	}
	found, _ := st.match(p, node)
	for _, id := range p.claims {
		c, b := st.s.claims[id], &st.bound[id]
		if c.bound || b.done || c.refusal != nil {
			continue
		}
		*b = binding{done: true, node: nowhere, volume: found[id]}
		if b.volume == nil && c.local {
			b.node = node
		}
	}
}
