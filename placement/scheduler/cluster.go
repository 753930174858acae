package scheduler

import (
	"math"

	corev1 "k8s.io/api/core/v1"
	policyv1 "k8s.io/api/policy/v1"
	storagev1 "k8s.io/api/storage/v1"
	"k8s.io/apimachinery/pkg/labels"
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
	nodeSet
	services map[string]*index[labels.Set] // as servicesOf returns them
	extended extended
	images   images
	storage  storage
	budgets  []budget
	classes  classes
	pods     []*Pod
	logs     []float64 // the weight of a spread over a number of domains
}

// New makes a cluster ready. An error names what cannot be read, such as a selector
// that does not parse.
func New(c *Cluster) (*Scheduler, error) {
	s := &Scheduler{cluster: c, services: servicesOf(c.Services)}
	var err error
	if s.nodeSet, err = nodesOf(c.Nodes); err != nil {
		return nil, err
	}
	s.extended, s.images, s.classes = extendedOf(s.nodes), imagesOf(s.nodes), classesOf(c)
	for size := range len(s.nodes) + 2 { // a domain for each node, and one for those without the label
		s.logs = append(s.logs, math.Log(float64(size+2)))
	}
	if s.budgets, err = budgetsOf(c.Budgets); err != nil {
		return nil, err
	}
	s.storage = storage{nodes: s.nodes, cluster: c, claimID: map[string]int{}, volumes: map[string][]*corev1.PersistentVolume{}, taken: map[string]bool{}}
	if err := s.storage.read(); err != nil {
		return nil, err
	}
	return s, nil
}
