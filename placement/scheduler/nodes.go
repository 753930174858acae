package scheduler

import (
	"cmp"
	"fmt"
	"slices"

	corev1 "k8s.io/api/core/v1"

	"stillsuit.dev/generator/quantities"
)

// nodeSet are the nodes of a cluster, in the order of their names.
type nodeSet struct {
	nodes      []*corev1.Node
	names      []string
	index      map[string]int
	room       []room  // what they can hold
	none       []int32 // zero for each node
	topologies map[string]*topology
}

// room is what a node can hold: millicores, bytes, pods.
type room struct{ cpu, memory, disk, pods int64 }

func nodesOf(nodes []*corev1.Node) (nodeSet, error) {
	s := nodeSet{index: map[string]int{}, topologies: map[string]*topology{}}
	s.nodes = slices.SortedFunc(slices.Values(nodes), func(a, b *corev1.Node) int { return cmp.Compare(a.Name, b.Name) })
	for i, n := range s.nodes {
		if _, double := s.index[n.Name]; double {
			return s, fmt.Errorf("two nodes are called %s", n.Name)
		}
		s.index[n.Name] = i
		s.names = append(s.names, n.Name)
		a := n.Status.Allocatable
		s.room = append(s.room, room{cpu: quantities.Milli(a.Cpu()), memory: quantities.Of(a.Memory()), disk: quantities.Of(a.StorageEphemeral()), pods: quantities.Of(a.Pods())})
	}
	s.none = make([]int32, len(s.nodes))
	return s, nil
}

// topology are the domains that a label of nodes makes.
type topology struct {
	key string
	of  []int // domain by node, -1 for a node without the label
	n   int   // domains
}

// topology returns the domains of a label, numbered by their first node.
func (s *nodeSet) topology(key string) *topology {
	if t := s.topologies[key]; t != nil {
		return t
	}
	t := &topology{key: key}
	seen := map[string]int{}
	for _, n := range s.nodes {
		value, has := n.Labels[key]
		if !has {
			t.of = append(t.of, -1)
			continue
		}
		if _, known := seen[value]; !known {
			seen[value] = len(seen)
		}
		t.of = append(t.of, seen[value])
	}
	t.n = len(seen)
	s.topologies[key] = t
	return t
}
