// Package scheduler holds placement/scheduler against kube-scheduler itself: its
// framework with the default profile is given the same nodes and pods in the same
// order, and must refuse, score, bind and evict as the simulation does. It is a module
// of its own, because Kubernetes' packages are no part of stillsuit.
package scheduler
