package workspace

import (
	"maps"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/utils/ptr"

	"stillsuit.dev/generator/internal/kinds"
	"stillsuit.dev/generator/internal/labels"
	"stillsuit.dev/generator/internal/render/object"
	"stillsuit.dev/generator/internal/resolve"
	"stillsuit.dev/generator/internal/resolve/scope"
	"stillsuit.dev/generator/internal/resolve/workspaces"
	"stillsuit.dev/generator/model"
)

// limits are the namespace's quota and limit range.
func limits(c *resolve.Cluster, ns *workspaces.Namespace) []object.Made {
	var out []object.Made
	unit, name := scope.NamespacesUnit(), ns.Name
	m := metav1.ObjectMeta{Name: name, Namespace: name, Labels: map[string]string{labels.ManagedBy: labels.Stillsuit}}
	quota, limitRange := bounded(ns.Declared)
	if q := quota; q != nil {
		hard := corev1.ResourceList{}
		maps.Copy(hard, prefixed("requests.", scope.List(model.Resources{CPU: q.CPU, Memory: q.Memory})))
		if q.Limits != nil {
			maps.Copy(hard, prefixed("limits.", scope.List(*q.Limits)))
		}
		if q.Pods != nil {
			hard[corev1.ResourcePods] = *scope.Quantity(*q.Pods)
		}
		if q.Storage != nil {
			hard[corev1.ResourceRequestsStorage] = *q.Storage
		}
		if q.Scratch != nil {
			hard[corev1.ResourceLimitsEphemeralStorage] = *q.Scratch
		}
		if ns.Workspace != nil {
			for _, none := range podless(name) {
				out = append(out, object.Of(unit, kinds.Quota, none, model.Path{"namespaces", name, "quota"}))
			}
			maps.Copy(hard, scarce(c, ns.Workspace, q))
		}
		out = append(out, object.Of(unit, kinds.Quota, &corev1.ResourceQuota{ObjectMeta: m, Spec: corev1.ResourceQuotaSpec{Hard: hard}}, model.Path{"namespaces", name, "quota"}))
	}
	if l := limitRange; l != nil {
		item := corev1.LimitRangeItem{Type: corev1.LimitTypeContainer}
		if l.Requests != nil {
			item.DefaultRequest = scope.List(*l.Requests)
		}
		if l.Limits != nil {
			item.Default = scope.List(*l.Limits)
		}
		if q := quota; q != nil && q.Scratch != nil {
			item.Default, item.DefaultRequest = copied(item.Default), copied(item.DefaultRequest)
			item.Default[corev1.ResourceEphemeralStorage] = *memoryShare(q.Scratch)
			item.DefaultRequest[corev1.ResourceEphemeralStorage] = *scope.Quantity(0) // or the limit is what it asks a node for
		}
		if ns.Declared.Workspace != "" {
			item.Min = corev1.ResourceList{corev1.ResourceMemory: *resource.NewQuantity(leastLimit, resource.BinarySI)}
		}
		out = append(out, object.Of(unit, kinds.LimitRange, &corev1.LimitRange{ObjectMeta: m, Spec: corev1.LimitRangeSpec{Limits: []corev1.LimitRangeItem{item}}}, model.Path{"namespaces", name, "limitRange"}))
	}
	return out
}

// copied is a list to add to.
func copied(in corev1.ResourceList) corev1.ResourceList {
	out := corev1.ResourceList{}
	maps.Copy(out, in)
	return out
}

func prefixed(prefix corev1.ResourceName, in corev1.ResourceList) corev1.ResourceList {
	out := corev1.ResourceList{}
	for name, q := range in {
		out[prefix+name] = q
	}
	return out
}

// What a workspace gets that says nothing, our choice: room for sixteen
// containers of the default size, and no more than 32 pods, so that tiny ones
// cannot use up the pods that a node takes (110).
const (
	workspaceShare   = 16
	workspacePods    = 32
	leastMemory      = 16 << 20 // bytes
	leastMilliCPU    = 10
	memoryRoundingTo = 1 << 20 // bytes
)

// leastLimit is the least memory that a container of a workspace may be given, in
// bytes, our choice: anything but 0, which a quota counts as nothing and the kubelet
// takes for no limit.
const leastLimit = 1 << 20

// bounded returns the quota and limit range of a namespace. Those of a
// workspace are filled in: its limits are bounded too, and since the API server
// refuses a pod that does not say what the quota counts, containers get a share.
func bounded(ns *model.Namespace) (*model.Quota, *model.LimitRange) {
	if ns.Workspace == "" || ns.Quota == nil || ns.Quota.Memory == nil {
		if ns.Quota != nil && ns.Quota.Scratch != nil && ns.LimitRange == nil {
			return ns.Quota, &model.LimitRange{}
		}
		return ns.Quota, ns.LimitRange
	}
	quota := *ns.Quota
	quota.Limits = filled(quota.Limits)
	if quota.Limits.Memory == nil {
		quota.Limits.Memory = quota.Memory
	}
	if quota.Pods == nil {
		quota.Pods = ptr.To(int64(workspacePods))
	}
	if quota.Scratch == nil {
		quota.Scratch = quota.Memory
	}
	l := model.LimitRange{}
	if ns.LimitRange != nil {
		l = *ns.LimitRange
	}
	l.Requests, l.Limits = filled(l.Requests), filled(l.Limits)
	l.Requests.Memory, l.Limits.Memory = pair(l.Requests.Memory, l.Limits.Memory, memoryShare(quota.Memory), memoryShare(quota.Limits.Memory))
	l.Requests.CPU, l.Limits.CPU = pair(l.Requests.CPU, l.Limits.CPU, cpuShare(quota.CPU), cpuShare(quota.Limits.CPU))
	return &quota, &l
}

// filled is a copy to fill in.
func filled(r *model.Resources) *model.Resources {
	if r == nil {
		return &model.Resources{}
	}
	return ptr.To(*r)
}

// pair fills in a request and a limit, the request never above the limit.
func pair(request, limit, requestOr, limitOr *resource.Quantity) (*resource.Quantity, *resource.Quantity) {
	if limit == nil {
		limit = limitOr
		if limit != nil && request != nil && limit.Cmp(*request) < 0 {
			limit = request
		}
	}
	if request == nil {
		request = requestOr
		if limit != nil && request != nil && limit.Cmp(*request) < 0 {
			request = limit
		}
	}
	return request, limit
}

// memoryShare is a share of a quota, in whole MiB.
func memoryShare(of *resource.Quantity) *resource.Quantity {
	share := max(of.Value()/workspaceShare/memoryRoundingTo*memoryRoundingTo, leastMemory)
	return resource.NewQuantity(min(share, of.Value()), resource.BinarySI)
}

// cpuShare is a share of a quota, in thousandths of a core; nil without one.
func cpuShare(of *resource.Quantity) *resource.Quantity {
	if of == nil {
		return nil
	}
	share := max(of.MilliValue()/workspaceShare, leastMilliCPU)
	return resource.NewMilliQuantity(min(share, of.MilliValue()), resource.DecimalSI)
}
