package eligible

import (
	"fmt"
	"slices"

	corev1 "k8s.io/api/core/v1"
	storagev1 "k8s.io/api/storage/v1"

	"stillsuit.dev/inventory"
	"stillsuit.dev/placement/scheduler"
)

// storage is what the pods' volumes ask of a node.
type storage []requirement

// requirement is fulfilled by some nodes.
type requirement struct {
	reason string // why a node does not
	fits   func(*corev1.Node) bool
}

func (s storage) refuses(node *corev1.Node) string {
	for _, r := range s {
		if !r.fits(node) {
			return r.reason
		}
	}
	return ""
}

// storage returns what the claims of the pods ask of a node. A claim that nothing
// here makes asks for nothing that is known.
func (l *Finder) storage(p *inventory.PodTemplate) (storage, error) {
	var out storage
	for i := range p.Claims {
		r, err := l.claim(&p.Claims[i])
		if err != nil {
			return nil, err
		}
		out = append(out, r...)
	}
	for _, v := range p.Spec.Volumes {
		var claim *corev1.PersistentVolumeClaim
		switch {
		case v.PersistentVolumeClaim != nil:
			claim = l.claims[p.Object.Namespace+"/"+v.PersistentVolumeClaim.ClaimName]
		case v.Ephemeral != nil && v.Ephemeral.VolumeClaimTemplate != nil:
			claim = &corev1.PersistentVolumeClaim{Spec: v.Ephemeral.VolumeClaimTemplate.Spec}
			claim.Name = v.Name
		}
		if claim == nil {
			continue
		}
		r, err := l.claim(claim)
		if err != nil {
			return nil, err
		}
		out = append(out, r...)
	}
	return out, nil
}

func (l *Finder) claim(claim *corev1.PersistentVolumeClaim) (storage, error) {
	if bound := l.volumes[claim.Spec.VolumeName]; bound != nil {
		return storage{{
			reason: fmt.Sprintf("volume %s of claim %s is not there", bound.Name, claim.Name),
			fits:   func(n *corev1.Node) bool { return scheduler.Reaches(bound, n) },
		}}, nil
	}
	name := scheduler.ClassOf(claim, l.classes)
	reason := fmt.Sprintf("no storage of class %s, for claim %s", name, claim.Name)
	if i := slices.IndexFunc(l.classes, func(c *storagev1.StorageClass) bool { return c.Name == name }); i >= 0 {
		allowed, err := scheduler.Allowed(l.classes[i])
		if err != nil || allowed == nil {
			return nil, err
		}
		return storage{{reason, allowed.Match}}, nil
	}
	if nodes := l.declared(name); len(nodes) > 0 {
		return storage{{reason, func(n *corev1.Node) bool { return slices.Contains(nodes, n.Name) }}}, nil
	}
	return nil, nil
}

// declared are the nodes on which volumes of a class lie that is not rendered.
func (l *Finder) declared(class string) []string {
	if l.subject.Cluster == nil || class == "" {
		return nil
	}
	return l.subject.Cluster.NodesOf(class)
}
