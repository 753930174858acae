package main

import (
	"strings"

	appsv1 "k8s.io/api/apps/v1"
	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"

	"stillsuit.dev/generator/model"
)

// footprint is the memory that an entry takes.
type footprint struct {
	always  amount // as long as it is there
	perNode amount // besides, on each node
	running amount // besides, while a Job of it runs
}

// count adds the pods of a rendered object, and reports their template.
func (f *footprint) count(object any) *corev1.PodSpec {
	switch o := object.(type) {
	case *appsv1.Deployment:
		f.always.times(*o.Spec.Replicas, ofPod(&o.Spec.Template.Spec))
		return &o.Spec.Template.Spec
	case *appsv1.StatefulSet:
		f.always.times(*o.Spec.Replicas, ofPod(&o.Spec.Template.Spec))
		return &o.Spec.Template.Spec
	case *appsv1.DaemonSet:
		f.perNode.times(1, ofPod(&o.Spec.Template.Spec))
		return &o.Spec.Template.Spec
	case *batchv1.CronJob:
		f.running.times(1, ofPod(&o.Spec.JobTemplate.Spec.Template.Spec))
		return &o.Spec.JobTemplate.Spec.Template.Spec
	case *batchv1.Job:
		f.running.times(1, ofPod(&o.Spec.Template.Spec))
		return &o.Spec.Template.Spec
	}
	return nil
}

// ofChart is what a chart says that its pods ask for.
func ofChart(components model.Footprints) footprint {
	var f footprint
	for _, c := range components {
		var pod amount
		list := func(r *model.Resources) corev1.ResourceList {
			out := corev1.ResourceList{}
			if r != nil && r.Memory != nil {
				out[corev1.ResourceMemory] = *r.Memory
			}
			return out
		}
		pod.add(list(c.Requests), list(c.Limits))
		switch {
		case c.PerNode:
			f.perNode.times(1, pod)
		case c.Replicas != nil:
			f.always.times(*c.Replicas, pod)
		default:
			f.always.times(1, pod)
		}
	}
	return f
}

// words says what a footprint is, each part on its own.
func (f footprint) words() string {
	var parts []string
	for _, p := range []struct {
		amount
		when string
	}{{f.always, ""}, {f.perNode, " on each node"}, {f.running, " while it runs"}} {
		if !p.none() {
			parts = append(parts, p.words()+p.when)
		}
	}
	if parts == nil {
		return "none: it runs no pods"
	}
	return strings.Join(parts, "; ")
}
