package scheduler

import (
	"cmp"
	"fmt"
	"math"
	"slices"

	corev1 "k8s.io/api/core/v1"
	policyv1 "k8s.io/api/policy/v1"
	storagev1 "k8s.io/api/storage/v1"

	"stillsuit.dev/generator/quantities"
)

// Cluster is what kube-scheduler knows besides the pods. It must not change after New.
type Cluster struct {
	// Nodes have Labels, Taints, Unschedulable, Status.Allocatable (cpu, memory, pods,
	// ephemeral-storage, extended resources) and Status.Images.
	Nodes []*corev1.Node
	// Namespaces are the labels of namespaces by name, for namespace selectors.
	Namespaces map[string]map[string]string
	// Claims are those that pods name. One with a volume name counts as bound to it.
	Claims  []*corev1.PersistentVolumeClaim
	Volumes []*corev1.PersistentVolume
	Classes []*storagev1.StorageClass
	// Local are the storage classes whose volumes lie on the node where their first
	// pod runs (local-path). A class that is only here binds on first use.
	Local map[string]bool
	// Services choose pods, for the default spreading of the profile.
	Services []*corev1.Service
	// Budgets are asked before pods are evicted for others. One without a status
	// allows what its spec does of the matching pods that run.
	Budgets []*policyv1.PodDisruptionBudget
	// Minor is Kubernetes 1.Minor; 0 means the newest that is simulated. Up to 1.34
	// NodeResourcesBalancedAllocation looks at the node with the pod alone, later at
	// what the pod changes.
	Minor int
}

// Scheduler is a cluster made ready. States of one Scheduler may be used by several
// goroutines, one each, while nobody calls Pod.
type Scheduler struct {
	cluster *Cluster
	nodes   []*corev1.Node // by name
	names   []string
	index   map[string]int
	room    []room  // what nodes can hold
	scalars []int64 // the same of extended resources: resource × node
	scalar  map[corev1.ResourceName]int
	none    []int32                  // zero for each node
	logs    []float64                // the weight of a spread over a number of domains
	images  map[string]map[int]int64 // bytes by name and node

	topologies map[string]*topology
	classes    map[string]*class
	list       []*class
	pods       []*Pod

	counters  []counter
	counterID map[string]int
	owned     []owned
	tokens    []token
	tokenID   map[token]int

	claims  []*claim
	claimID map[string]int
	volumes map[string][]*corev1.PersistentVolume // by class, those without a claim
	taken   map[string]bool                       // volumes bound by the volume controller
	budgets []budget
}

// room is what a node can hold: millicores, bytes, pods.
type room struct{ cpu, memory, disk, pods int64 }

// New makes a cluster ready. An error names what cannot be read, such as a selector
// that does not parse.
func New(c *Cluster) (*Scheduler, error) {
	s := &Scheduler{
		cluster: c, index: map[string]int{}, scalar: map[corev1.ResourceName]int{},
		topologies: map[string]*topology{}, classes: map[string]*class{}, counterID: map[string]int{},
		tokenID: map[token]int{}, claimID: map[string]int{}, volumes: map[string][]*corev1.PersistentVolume{}, taken: map[string]bool{},
	}
	s.nodes = slices.SortedFunc(slices.Values(c.Nodes), func(a, b *corev1.Node) int { return cmp.Compare(a.Name, b.Name) })
	for i, n := range s.nodes {
		if _, double := s.index[n.Name]; double {
			return nil, fmt.Errorf("two nodes are called %s", n.Name)
		}
		s.index[n.Name] = i
		s.names = append(s.names, n.Name)
		a := n.Status.Allocatable
		s.room = append(s.room, room{cpu: quantities.Milli(a.Cpu()), memory: quantities.Of(a.Memory()), disk: quantities.Of(a.StorageEphemeral()), pods: quantities.Of(a.Pods())})
	}
	s.none = make([]int32, len(s.nodes))
	for size := range len(s.nodes) + 2 { // a domain for each node, and one for those without the label
		s.logs = append(s.logs, math.Log(float64(size+2)))
	}
	s.readScalars()
	s.readImages()
	if err := s.readBudgets(); err != nil {
		return nil, err
	}
	if err := s.readStorage(); err != nil {
		return nil, err
	}
	return s, nil
}

// topology are the domains that a label of nodes makes.
type topology struct {
	key string
	of  []int // domain by node, -1 for a node without the label
	n   int   // domains
}

// topology returns the domains of a label, numbered by their first node.
func (s *Scheduler) topology(key string) *topology {
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
