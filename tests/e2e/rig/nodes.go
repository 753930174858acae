package rig

import (
	"context"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"

	"stillsuit.dev/generator/model"
	"stillsuit.dev/inventory"
)

// SickTag is an image tag whose pods never start: an update that went wrong.
const SickTag = "0.0.0-sick"

// healthy keeps kwok from starting pods with a sick image. It stands in
// the selector of the stage that does.
const healthy = `    - key: '.spec.containers.[].image | select(endswith(":` + SickTag + `"))'
      operator: 'DoesNotExist'
`

// nodes starts kwok and creates the cluster's nodes.
func (r *Rig) nodes(cluster *model.Cluster) error {
	dir, err := goTool(r.Context, r.binaries.FluxDir, "list", "-m", "-f", "{{.Dir}}", "sigs.k8s.io/kwok")
	if err != nil {
		return err
	}
	stages, err := read(filepath.Join(dir, "kustomize", "stage"),
		"node/fast/node-initialize.yaml", "node/heartbeat-with-lease/node-heartbeat-with-lease.yaml", "pod/fast/pod-*.yaml")
	if err != nil {
		return err
	}
	const stage, before = "name: pod-ready\n", "  next:\n"
	head, tail, found := strings.Cut(stages, stage)
	selector, next, also := strings.Cut(tail, before)
	if !found || !also {
		return fmt.Errorf("kwok's stage pod-ready is not as expected")
	}
	config := filepath.Join(r.dir, "stages.yaml")
	if err := os.WriteFile(config, []byte(head+stage+selector+healthy+before+next), 0o600); err != nil {
		return err
	}
	port, err := reserve(1)
	if err != nil {
		return err
	}
	port.release()
	if err := r.processes.start("kwok", r.binaries.Kwok, nil,
		"--kubeconfig="+r.kubeconfig, "--manage-all-nodes=true", "--node-lease-duration-seconds=40", "--config="+config,
		fmt.Sprintf("--server-address=127.0.0.1:%d", port.number(0)), "--cidr="+cluster.Network.Pods, "--node-ip=127.0.0.1"); err != nil {
		return err
	}
	var names []string
	for _, name := range slices.Sorted(maps.Keys(cluster.Nodes)) {
		if cluster.Nodes[name].Offline == "" {
			names = append(names, name)
		}
	}
	return r.Join(cluster, names...)
}

// Join brings nodes of a cluster in, and waits until they take pods.
func (r *Rig) Join(cluster *model.Cluster, names ...string) error {
	for _, name := range names {
		if _, err := r.Client.CoreV1().Nodes().Create(r.Context, Node(name, cluster.Nodes[name], cluster.Kubernetes), metav1.CreateOptions{}); err != nil {
			return r.explain(fmt.Errorf("create node %s: %w", name, err))
		}
	}
	return r.await("the nodes to be ready", func(ctx context.Context) (bool, error) {
		list, err := r.Client.CoreV1().Nodes().List(ctx, metav1.ListOptions{})
		return err == nil && len(list.Items) > 0 && !slices.ContainsFunc(list.Items, func(n corev1.Node) bool {
			return !ready(n) || slices.ContainsFunc(n.Spec.Taints, func(t corev1.Taint) bool { return strings.HasPrefix(t.Key, "node.kubernetes.io/") })
		}), nil
	})
}

// Lose takes nodes away for good: they are cordoned and removed, and what ran on
// them is no more. Their volumes stay where they are.
func (r *Rig) Lose(names ...string) error {
	nodes := r.Client.CoreV1().Nodes()
	for _, name := range names {
		if _, err := nodes.Patch(r.Context, name, types.MergePatchType, []byte(`{"spec":{"unschedulable":true}}`), metav1.PatchOptions{}); err != nil {
			return r.explain(fmt.Errorf("cordon node %s: %w", name, err))
		}
	}
	for _, name := range names {
		if err := nodes.Delete(r.Context, name, metav1.DeleteOptions{}); err != nil {
			return r.explain(fmt.Errorf("remove node %s: %w", name, err))
		}
	}
	// The garbage collector of pods would do it too, after 40 seconds.
	list, err := r.Client.CoreV1().Pods("").List(r.Context, metav1.ListOptions{})
	if err != nil {
		return r.explain(err)
	}
	for _, p := range list.Items {
		if slices.Contains(names, p.Spec.NodeName) {
			if err := r.Drop(p); err != nil {
				return err
			}
		}
	}
	return nil
}

// Drop removes a pod at once.
func (r *Rig) Drop(p corev1.Pod) error {
	var now int64
	err := r.Client.CoreV1().Pods(p.Namespace).Delete(r.Context, p.Name, metav1.DeleteOptions{GracePeriodSeconds: &now, Preconditions: metav1.NewUIDPreconditions(string(p.UID))})
	if apierrors.IsNotFound(err) || apierrors.IsConflict(err) { // it is gone
		return nil
	}
	return r.explain(err)
}

func ready(n corev1.Node) bool {
	return slices.ContainsFunc(n.Status.Conditions, func(c corev1.NodeCondition) bool {
		return c.Type == corev1.NodeReady && c.Status == corev1.ConditionTrue
	})
}

// Node is a machine as its kubelet would register it.
func Node(name string, n *model.Node, under model.Kubernetes) *corev1.Node {
	node := inventory.FromModel(name, n, under).Kubernetes
	if n.Address != "" {
		node.Status.Addresses = []corev1.NodeAddress{{Type: corev1.NodeInternalIP, Address: n.Address}, {Type: corev1.NodeHostName, Address: name}}
	}
	return node
}
