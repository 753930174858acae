package inventory

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"

	"stillsuit.dev/generator/model"
	"stillsuit.dev/generator/quantities"
)

// Node is one machine, as declared and as Kubernetes has it. Each half is made
// from the other where only one is known.
type Node struct {
	*model.Node
	// Kubernetes has the labels, taints and allocatable resources.
	Kubernetes *corev1.Node
}

// evictionMemory is what a kubelet keeps free unless it is told otherwise
// (evictionHard memory.available<100Mi). K3s names other thresholds, which sets this
// one to zero (kubernetes.io, node-pressure-eviction; k3s pkg/daemons/agent).
const evictionMemory = 100 << 20

// podsPerNode is the kubelet's default of maxPods.
const podsPerNode = 110

// FromModel is a node as its declaration has it, and as its kubelet registers it under
// a distribution: with the labels that every kubelet sets, and what it offers to pods.
func FromModel(name string, declared *model.Node, under model.Kubernetes) *Node {
	k := &corev1.Node{}
	k.Name = name
	k.Labels = map[string]string{corev1.LabelHostname: name, corev1.LabelOSStable: "linux"}
	if declared.Arch != "" {
		k.Labels[corev1.LabelArchStable] = declared.Arch
	}
	if declared.Board != "" {
		k.Labels[model.LabelBoard] = declared.Board
	}
	if declared.Role == "server" { // as K3s labels it
		k.Labels["node-role.kubernetes.io/control-plane"] = "true"
	}
	maps.Copy(k.Labels, declared.Labels)
	for _, key := range slices.Sorted(maps.Keys(declared.Taints)) {
		value, effect, both := strings.Cut(declared.Taints[key], ":")
		if !both {
			value, effect = "", value
		}
		k.Spec.Taints = append(k.Spec.Taints, corev1.Taint{Key: key, Value: value, Effect: corev1.TaintEffect(effect)})
	}
	k.Spec.Unschedulable = declared.Offline != ""
	k.Status.NodeInfo.Architecture, k.Status.NodeInfo.OperatingSystem = declared.Arch, "linux"
	k.Status.Capacity = corev1.ResourceList{}
	if !declared.Memory.IsZero() {
		k.Status.Capacity[corev1.ResourceMemory] = declared.Memory
	}
	if !declared.CPU.IsZero() {
		k.Status.Capacity[corev1.ResourceCPU] = declared.CPU
	}
	if gpu := declared.GPU; gpu != nil && gpu.Resource != "" {
		k.Status.Capacity[corev1.ResourceName(gpu.Resource)] = *resource.NewQuantity(int64(max(gpu.Count, 1)), resource.DecimalSI)
	}
	for name, count := range declared.Extended {
		k.Status.Capacity[corev1.ResourceName(name)] = *resource.NewQuantity(count, resource.DecimalSI)
	}
	k.Status.Capacity[corev1.ResourcePods] = *resource.NewQuantity(podsPerNode, resource.DecimalSI)
	var disk resource.Quantity
	for _, d := range declared.Disks {
		if d.Images && quantities.Known(d.Size) {
			disk.Add(d.Size)
		}
	}
	if !disk.IsZero() {
		k.Status.Capacity[corev1.ResourceEphemeralStorage] = disk
	}
	k.Status.Allocatable = k.Status.Capacity.DeepCopy()
	if under.Reserved {
		take(k.Status.Allocatable, corev1.ResourceMemory, declared.Reserved.Memory)
		take(k.Status.Allocatable, corev1.ResourceCPU, declared.Reserved.CPU)
	}
	if under.Distribution != "k3s" && under.Distribution != "" {
		take(k.Status.Allocatable, corev1.ResourceMemory, resource.NewQuantity(evictionMemory, resource.BinarySI))
	}
	return &Node{Node: declared, Kubernetes: k}
}

// take keeps an amount of what a node has from its pods.
func take(from corev1.ResourceList, name corev1.ResourceName, amount *resource.Quantity) {
	have, known := from[name]
	if !known || amount == nil {
		return
	}
	if have.Sub(*amount); have.Sign() < 0 {
		have = resource.Quantity{}
	}
	from[name] = have
}

// FromKubernetes is a node as `kubectl get nodes -o yaml` tells it. What Kubernetes
// does not know of it, such as its instruction set, is left out.
func FromKubernetes(k *corev1.Node) *Node {
	n := &model.Node{
		Arch:   cmp.Or(k.Labels[corev1.LabelArchStable], k.Status.NodeInfo.Architecture),
		Memory: k.Status.Capacity[corev1.ResourceMemory], CPU: k.Status.Capacity[corev1.ResourceCPU],
		Labels: k.Labels, Board: k.Labels[model.LabelBoard], Pods: k.Spec.PodCIDR,
	}
	if k.Labels == nil {
		k.Labels = map[string]string{}
	}
	if k.Labels[corev1.LabelHostname] == "" {
		k.Labels[corev1.LabelHostname] = k.Name
	}
	if _, said := k.Status.Allocatable[corev1.ResourcePods]; !said && len(k.Status.Allocatable) > 0 {
		k.Status.Allocatable[corev1.ResourcePods] = *resource.NewQuantity(podsPerNode, resource.DecimalSI)
	}
	// The kubelet counts the file system of its own directory, where images lie
	// unless the container runtime was told otherwise.
	if size := k.Status.Capacity[corev1.ResourceEphemeralStorage]; !size.IsZero() {
		n.Disks = map[string]model.Disk{"node": {Size: size, Images: true}}
	}
	if k.Spec.Unschedulable {
		n.Offline = "it is cordoned"
	}
	return &Node{Node: n, Kubernetes: k}
}

// NodeNames are the names of the subject's nodes, sorted.
func (s *Subject) NodeNames() []string { return slices.Sorted(maps.Keys(s.Nodes)) }
