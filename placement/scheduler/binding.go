package scheduler

import (
	"slices"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/component-helpers/storage/volume"
)

// binding is what a state has bound a claim to.
type binding struct {
	done   bool
	node   int // of a local volume, else nowhere
	volume *corev1.PersistentVolume
}

// bindings are what a state has bound claims to, and how many pods run with each.
type bindings struct {
	s     *storage
	bound []binding
	users []int32
}

func (b *bindings) copy(from *bindings) {
	b.bound = append(b.bound[:0], from.bound...)
	b.users = append(b.users[:0], from.users...)
}

// grow makes room for claims that were read since.
func (b *bindings) grow() {
	for len(b.bound) < len(b.s.claims) {
		b.bound = append(b.bound, binding{node: nowhere})
		b.users = append(b.users, 0)
	}
}

// change adds a number of pods to those that run with claims, or takes them away.
func (b *bindings) change(claims []int, sign int32) {
	for _, id := range claims {
		b.users[id] += sign
	}
}

// inUse judges VolumeRestrictions for claims that only one pod may use.
func (b *bindings) inUse(p *Pod) bool {
	for _, id := range p.claims {
		if b.s.claims[id].once && b.users[id] > 0 {
			return true
		}
	}
	return false
}

// allow judges VolumeBinding and VolumeZone on a node.
func (b *bindings) allow(p *Pod, node int) verdict {
	elsewhere, zone, waiting := false, false, false
	for _, id := range p.claims {
		c, to := b.s.claims[id], &b.bound[id]
		switch {
		case to.volume != nil:
			elsewhere = elsewhere || !Reaches(to.volume, b.s.nodes[node])
			zoned := b.s.zonedFor(to.volume)
			zone = zone || zoned != nil && !zoned[node]
		case to.done:
			elsewhere = elsewhere || to.node != nowhere && to.node != node
			// What was provisioned is where its class allows.
			elsewhere = elsewhere || to.node == nowhere && c.allowed != nil && !c.allowed[node]
		case c.bound:
			elsewhere = elsewhere || c.reach != nil && !c.reach[node]
			zone = zone || c.zoned != nil && !c.zoned[node]
		default:
			waiting = true
		}
	}
	missing := false
	if waiting {
		_, missing = b.match(p, node)
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
func (b *bindings) match(p *Pod, node int) (found map[int]*corev1.PersistentVolume, missing bool) {
	var waiting []int
	static := false
	for _, id := range p.claims {
		if c := b.s.claims[id]; !c.bound && !b.bound[id].done {
			waiting = append(waiting, id)
			static = static || len(b.s.volumes[volume.GetPersistentVolumeClaimClass(c.object)]) > 0
		}
	}
	n := b.s.nodes[node]
	var excluded map[string]*corev1.PersistentVolume
	if static {
		found, excluded = map[int]*corev1.PersistentVolume{}, b.s.excluded(b)
		slices.SortStableFunc(waiting, func(i, j int) int {
			x, y := b.s.claims[i].object.Spec.Resources.Requests[corev1.ResourceStorage], b.s.claims[j].object.Spec.Resources.Requests[corev1.ResourceStorage]
			return x.Cmp(y)
		})
	}
	for _, id := range waiting {
		c := b.s.claims[id]
		chosen, selected := c.object.Annotations[volume.AnnSelectedNode]
		if selected && chosen != n.Name {
			return nil, true
		}
		if static && !selected {
			v, err := volume.FindMatchingVolume(c.object, b.s.volumes[volume.GetPersistentVolumeClaimClass(c.object)], n, excluded, true, true)
			if err == nil && v != nil {
				found[id], excluded[v.Name] = v, v
				continue
			}
		}
		missing = missing || !c.provisions || c.allowed != nil && !c.allowed[node]
	}
	return found, missing
}

// bind binds the waiting claims of a pod on the node where it comes to run.
func (b *bindings) bind(p *Pod, node int) {
	if len(p.claims) == 0 {
		return
	}
	found, _ := b.match(p, node)
	for _, id := range p.claims {
		c, to := b.s.claims[id], &b.bound[id]
		if c.bound || to.done || c.refusal != nil {
			continue
		}
		*to = binding{done: true, node: nowhere, volume: found[id]}
		if to.volume == nil && c.local {
			to.node = node
		}
	}
}
