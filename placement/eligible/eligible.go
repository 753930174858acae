// Package eligible tells on which nodes pods may run, by the rules of
// kube-scheduler that do not depend on what else runs there: node names, selectors
// and affinity, taints, volumes, devices, and the pods that they must be beside.
// Affinity is judged by Kubernetes' own code; what else is judged of a node alone,
// placement/scheduler knows.
package eligible

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
	nodev1 "k8s.io/api/node/v1"
	storagev1 "k8s.io/api/storage/v1"
	"k8s.io/component-helpers/scheduling/corev1/nodeaffinity"

	"stillsuit.dev/inventory"
	"stillsuit.dev/placement/scheduler"
)

// Finder knows the nodes, claims and classes of a subject.
type Finder struct {
	subject  *inventory.Subject
	pods     []*inventory.PodTemplate
	claims   map[string]*corev1.PersistentVolumeClaim // by namespace/name
	volumes  map[string]*corev1.PersistentVolume
	classes  []*storagev1.StorageClass
	runtimes map[string]*nodev1.RuntimeClass
}

// New returns a finder for the subject, whose pod templates are given.
func New(s *inventory.Subject, pods []*inventory.PodTemplate) *Finder {
	l := &Finder{
		subject: s, pods: pods,
		claims: map[string]*corev1.PersistentVolumeClaim{}, volumes: map[string]*corev1.PersistentVolume{},
		runtimes: map[string]*nodev1.RuntimeClass{},
	}
	for _, o := range s.Objects {
		switch v := o.Value.(type) {
		case *corev1.PersistentVolumeClaim:
			l.claims[v.Namespace+"/"+v.Name] = v
		case *corev1.PersistentVolume:
			l.volumes[v.Name] = v
		case *storagev1.StorageClass:
			l.classes = append(l.classes, v)
		case *nodev1.RuntimeClass:
			l.runtimes[v.Name] = v
		}
	}
	return l
}

// Nodes are the eligible nodes of a pod template.
type Nodes struct {
	// Names are the names of the nodes that take the pods, sorted.
	Names []string
	// Refused says of each other node why it does not.
	Refused map[string]string
}

// Why says in words why no node takes the pods, each reason once.
func (l Nodes) Why() string {
	by := map[string][]string{}
	for _, node := range slices.Sorted(maps.Keys(l.Refused)) {
		by[l.Refused[node]] = append(by[l.Refused[node]], node)
	}
	var out []string
	for _, reason := range slices.Sorted(maps.Keys(by)) {
		out = append(out, strings.Join(by[reason], ", ")+": "+reason)
	}
	return strings.Join(out, "; ")
}

// Of returns the nodes on which the pods may run. An error means that what they say of nodes
// cannot be judged: kube-scheduler would refuse it too.
func (l *Finder) Of(p *inventory.PodTemplate) (Nodes, error) { return l.of(p, nil) }

func (l *Finder) of(p *inventory.PodTemplate, seen []*inventory.PodTemplate) (Nodes, error) {
	out := Nodes{Refused: map[string]string{}}
	pod := &corev1.Pod{Spec: *p.Spec}
	pod.Labels = p.Labels
	if name := pod.Spec.RuntimeClassName; name != nil && l.runtimes[*name] != nil {
		scheduler.RunBy(&pod.Spec, l.runtimes[*name])
	}
	affinity, requests := nodeaffinity.GetRequiredNodeAffinity(pod), scheduler.Requests(pod)
	storage, err := l.storage(p)
	if err != nil {
		return out, err
	}
	beside, err := l.beside(p, append(seen, p))
	if err != nil {
		return out, err
	}
	for _, name := range l.subject.NodeNames() {
		node := l.subject.Nodes[name]
		fits, err := affinity.Match(node.Kubernetes)
		if err != nil {
			return out, fmt.Errorf("match node affinity of %s: %w", p.DisplayName(), err)
		}
		reason := ""
		switch {
		case node.Offline != "":
			reason = "offline: " + node.Offline
		case pod.Spec.NodeName != "" && pod.Spec.NodeName != name:
			reason = "the pods name node " + pod.Spec.NodeName
		case !fits:
			reason = "node selector or affinity"
		case pod.Spec.NodeName == "" && tainted(p, pod, node.Kubernetes) != "":
			reason = "taint " + tainted(p, pod, node.Kubernetes)
		case lacks(requests, node.Kubernetes) != "":
			reason = "no " + lacks(requests, node.Kubernetes)
		case storage.refuses(node.Kubernetes) != "":
			reason = storage.refuses(node.Kubernetes)
		case beside != nil && !slices.Contains(beside.nodes, name):
			reason = "no pod of " + beside.whom + " runs there"
		}
		if reason != "" {
			out.Refused[name] = reason
			continue
		}
		out.Names = append(out.Names, name)
	}
	return out, nil
}

// tainted returns the first taint that keeps the pods away from a node.
func tainted(p *inventory.PodTemplate, pod *corev1.Pod, node *corev1.Node) string {
	taints := slices.DeleteFunc(slices.Clone(node.Spec.Taints), func(t corev1.Taint) bool {
		// The DaemonSet controller tolerates what the node controller sets.
		return p.OnEachNode && strings.HasPrefix(t.Key, "node.kubernetes.io/")
	})
	taint, _ := scheduler.Untolerated(taints, pod.Spec.Tolerations)
	return taint.Key
}

// lacks returns a device or another extended resource that the pods ask for and
// the node has less of.
func lacks(requests corev1.ResourceList, node *corev1.Node) string {
	for _, name := range scheduler.Lacking(requests, node) {
		if strings.Contains(string(name), "/") {
			return string(name)
		}
	}
	return ""
}
