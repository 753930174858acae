// Package scheduler tells where kube-scheduler puts pods: its default profile
// (Kubernetes 1.34 to 1.36) over plain Kubernetes objects, without a cluster. One pod
// is placed at a time, in the order that the caller tries, as the real one does.
//
// Filters: NodeUnschedulable, NodeName, TaintToleration, NodeAffinity, NodePorts,
// NodeResourcesFit, VolumeRestrictions, VolumeBinding, VolumeZone, PodTopologySpread
// and InterPodAffinity. Scores, with their default weights: TaintToleration 3,
// NodeAffinity 2, PodTopologySpread 2 (the system's own constraints included),
// InterPodAffinity 2, NodeResourcesFit 1 (least allocated),
// NodeResourcesBalancedAllocation 1 and ImageLocality 1. DefaultPreemption evicts pods
// of lower priority. What Kubernetes offers as a library is used (component-helpers:
// requests, node affinity, taints, volumes); the rest is written from its documented
// behaviour and held against the scheduler itself in tests/oracle/scheduler.
//
// Not simulated: limits on volumes per node and the free space of storage (a CSI
// driver tells them at run time), claims on devices (DynamicResources), extenders, and
// the sampling of nodes in clusters of 100 nodes or more. kube-scheduler starts its
// search for preemption at a random node; below 100 nodes it looks at all of them, so
// only ties depend on that, and ties are the caller's to break.
package scheduler
