package scheduler

import (
	"context"
	"testing"

	"github.com/stretchr/testify/assert"
	corev1 "k8s.io/api/core/v1"

	"stillsuit.dev/placement/scheduler"
)

// TestMutants gives our side less than kube-scheduler knows, one thing at a time: what
// it would do without the plugin that looks at it. The comparison must notice each.
func TestMutants(t *testing.T) {
	for name, change := range mutants() {
		t.Run(name, func(t *testing.T) {
			noticed := false
			for seed := uint64(0); seed < 200 && !noticed; seed++ {
				ctx, cancel := context.WithCancel(t.Context())
				noticed = compare(ctx, t, newWorld(t, seed), &seen{filters: map[string]int{}}, change) != ""
				cancel()
			}
			assert.True(t, noticed, "200 clusters were the same without it")
		})
	}
}

// mutants change the cluster when there is no pod, and else the pod.
func mutants() map[string]func(*scheduler.Cluster, *corev1.Pod) {
	node := func(change func(n *corev1.Node)) func(*scheduler.Cluster, *corev1.Pod) {
		return func(c *scheduler.Cluster, p *corev1.Pod) {
			if p != nil {
				return
			}
			var nodes []*corev1.Node
			for _, n := range c.Nodes {
				n = n.DeepCopy()
				change(n)
				nodes = append(nodes, n)
			}
			c.Nodes = nodes
		}
	}
	cluster := func(change func(c *scheduler.Cluster)) func(*scheduler.Cluster, *corev1.Pod) {
		return func(c *scheduler.Cluster, p *corev1.Pod) {
			if p == nil {
				change(c)
			}
		}
	}
	pod := func(change func(s *corev1.PodSpec)) func(*scheduler.Cluster, *corev1.Pod) {
		return func(_ *scheduler.Cluster, p *corev1.Pod) {
			if p != nil {
				change(&p.Spec)
			}
		}
	}
	return map[string]func(*scheduler.Cluster, *corev1.Pod){
		"taints":             node(func(n *corev1.Node) { n.Spec.Taints = nil }),
		"cordon":             node(func(n *corev1.Node) { n.Spec.Unschedulable = false }),
		"images":             node(func(n *corev1.Node) { n.Status.Images = nil }),
		"pods per node":      node(func(n *corev1.Node) { n.Status.Allocatable[corev1.ResourcePods] = size(1) }),
		"services":           cluster(func(c *scheduler.Cluster) { c.Services = nil }),
		"namespaces":         cluster(func(c *scheduler.Cluster) { c.Namespaces = nil }),
		"local volumes":      cluster(func(c *scheduler.Cluster) { c.Local = nil }),
		"volumes":            cluster(func(c *scheduler.Cluster) { c.Volumes = nil }),
		"budgets":            cluster(func(c *scheduler.Cluster) { c.Budgets = nil }),
		"older balance":      cluster(func(c *scheduler.Cluster) { c.Minor = 34 }),
		"node selector":      pod(func(s *corev1.PodSpec) { s.NodeSelector = nil }),
		"node name":          pod(func(s *corev1.PodSpec) { s.NodeName = "" }),
		"host network":       pod(func(s *corev1.PodSpec) { s.HostNetwork = false }),
		"init containers":    pod(func(s *corev1.PodSpec) { s.InitContainers = nil }),
		"overhead":           pod(func(s *corev1.PodSpec) { s.Overhead = nil }),
		"pod-level requests": pod(func(s *corev1.PodSpec) { s.Resources = nil }),
		"priority":           pod(func(s *corev1.PodSpec) { s.Priority = nil }),
		"preemption policy":  pod(func(s *corev1.PodSpec) { s.PreemptionPolicy = nil }),
		"spread":             pod(func(s *corev1.PodSpec) { s.TopologySpreadConstraints = nil }),
		"pod affinity":       pod(func(s *corev1.PodSpec) { s.Affinity.PodAffinity = nil }),
		"pod anti-affinity":  pod(func(s *corev1.PodSpec) { s.Affinity.PodAntiAffinity = nil }),
		"preferred nodes": pod(func(s *corev1.PodSpec) {
			if s.Affinity.NodeAffinity != nil {
				s.Affinity.NodeAffinity.PreferredDuringSchedulingIgnoredDuringExecution = nil
			}
		}),
		"limits as requests": pod(func(s *corev1.PodSpec) {
			for i := range s.Containers {
				s.Containers[i].Resources.Limits = nil
			}
		}),
		"native sidecars": pod(func(s *corev1.PodSpec) {
			for i := range s.InitContainers {
				s.InitContainers[i].RestartPolicy = nil
			}
		}),
	}
}
