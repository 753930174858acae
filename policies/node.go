package policies

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"stillsuit.dev/generator/model"
)

// boardLabel is carried by nodes that are on a board (schemas, #Node.board).
const boardLabel = "stillsuit.dev/board"

// Node is one machine, as declared and as Kubernetes has it. Each half is made
// from the other where only one is known.
type Node struct {
	*model.Node
	// Kubernetes has the labels, taints and allocatable resources.
	Kubernetes *corev1.Node
}

// FromModel is a node as its declaration has it: with the labels that every
// kubelet sets, and what its memory, cores and GPU leave to pods.
func FromModel(name string, declared *model.Node) *Node {
	k := &corev1.Node{}
	k.Name = name
	k.Labels = map[string]string{corev1.LabelHostname: name, corev1.LabelOSStable: "linux"}
	if declared.Arch != "" {
		k.Labels[corev1.LabelArchStable] = declared.Arch
	}
	if declared.Board != "" {
		k.Labels[boardLabel] = declared.Board
	}
	if declared.Role == "server" { // as K3s and kubeadm label it
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
	k.Status.Allocatable = k.Status.Capacity
	return &Node{Node: declared, Kubernetes: k}
}

// FromKubernetes is a node as `kubectl get nodes -o yaml` tells it. What Kubernetes
// does not know of it, such as its instruction set, is left out.
func FromKubernetes(k *corev1.Node) *Node {
	n := &model.Node{
		Arch:   cmp.Or(k.Labels[corev1.LabelArchStable], k.Status.NodeInfo.Architecture),
		Memory: k.Status.Capacity[corev1.ResourceMemory], CPU: k.Status.Capacity[corev1.ResourceCPU],
		Labels: k.Labels, Board: k.Labels[boardLabel],
	}
	if k.Labels == nil {
		k.Labels = map[string]string{}
	}
	if k.Labels[corev1.LabelHostname] == "" {
		k.Labels[corev1.LabelHostname] = k.Name
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

// Names are those of the subject's nodes, sorted.
func (s *Subject) Names() []string { return slices.Sorted(maps.Keys(s.Nodes)) }

// ObjectMeta returns the object's metadata, or nil when it has no Go type.
func ObjectMeta(value any) metav1.Object {
	m, _ := value.(metav1.Object)
	return m
}
