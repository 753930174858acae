package landing

import (
	"fmt"
	"slices"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/component-helpers/scheduling/corev1/nodeaffinity"
	"k8s.io/component-helpers/storage/volume"

	"stillsuit.dev/policies"
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
func (l *Lander) storage(p *policies.Pod) (storage, error) {
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

func (l *Lander) claim(claim *corev1.PersistentVolumeClaim) (storage, error) {
	if bound := l.volumes[claim.Spec.VolumeName]; bound != nil {
		return storage{{
			reason: fmt.Sprintf("volume %s of claim %s is not there", bound.Name, claim.Name),
			fits:   func(n *corev1.Node) bool { return volume.CheckNodeAffinity(bound, n.Labels) == nil },
		}}, nil
	}
	name := l.className(claim)
	reason := fmt.Sprintf("no storage of class %s, for claim %s", name, claim.Name)
	if class := l.classes[name]; class != nil {
		if len(class.AllowedTopologies) == 0 {
			return nil, nil
		}
		selector, err := nodeaffinity.NewNodeSelector(topologies(class.AllowedTopologies))
		if err != nil {
			return nil, fmt.Errorf("read allowed topologies of storage class %s: %w", name, err)
		}
		return storage{{reason, selector.Match}}, nil
	}
	if nodes := l.declared(name); len(nodes) > 0 {
		return storage{{reason, func(n *corev1.Node) bool { return slices.Contains(nodes, n.Name) }}}, nil
	}
	return nil, nil
}

// className is the claim's class: what it says, else the default.
func (l *Lander) className(claim *corev1.PersistentVolumeClaim) string {
	if volume.PersistentVolumeClaimHasClass(claim) {
		return volume.GetPersistentVolumeClaimClass(claim)
	}
	for _, class := range l.classes {
		if class.Annotations["storageclass.kubernetes.io/is-default-class"] == "true" {
			return class.Name
		}
	}
	return ""
}

// declared are the nodes on which volumes of a class lie that is not rendered.
func (l *Lander) declared(class string) []string {
	if l.subject.Cluster == nil || class == "" {
		return nil
	}
	return l.subject.Cluster.NodesOf(class)
}

// topologies writes what a storage class allows as a selector of nodes: each term
// is a way to fulfil it, and In is the only operator.
func topologies(terms []corev1.TopologySelectorTerm) *corev1.NodeSelector {
	out := &corev1.NodeSelector{}
	for _, term := range terms {
		var t corev1.NodeSelectorTerm
		for _, e := range term.MatchLabelExpressions {
			t.MatchExpressions = append(t.MatchExpressions, corev1.NodeSelectorRequirement{Key: e.Key, Operator: corev1.NodeSelectorOpIn, Values: e.Values})
		}
		out.NodeSelectorTerms = append(out.NodeSelectorTerms, t)
	}
	return out
}
