package docs

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	appsv1 "k8s.io/api/apps/v1"
	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"

	"stillsuit.dev/generator/model"
)

// amount is memory that pods ask for together.
type amount struct {
	requests, limits resource.Quantity
	// unlimited says that a container has no limit.
	unlimited bool
}

// footprint is the memory that an entry takes.
type footprint struct {
	always  amount // as long as it is there
	perNode amount // besides, on each node
	running amount // besides, while a Job of it runs
}

// add counts a container.
func (a *amount) add(requests, limits corev1.ResourceList) {
	a.requests.Add(requests[corev1.ResourceMemory])
	limit, limited := limits[corev1.ResourceMemory]
	a.limits.Add(limit)
	a.unlimited = a.unlimited || !limited
}

// times counts pods that are all alike.
func (a *amount) times(pods int32, pod amount) {
	for range pods {
		a.requests.Add(pod.requests)
		a.limits.Add(pod.limits)
		a.unlimited = a.unlimited || pod.unlimited
	}
}

// atLeast raises a to what b asks for.
func (a *amount) atLeast(b amount) {
	if a.requests.Cmp(b.requests) < 0 {
		a.requests = b.requests
	}
	if a.limits.Cmp(b.limits) < 0 {
		a.limits = b.limits
	}
	a.unlimited = a.unlimited || b.unlimited
}

// ofPod is what the scheduler counts for a pod: its containers and sidecars
// together, or what it takes while an init container runs beside the sidecars
// before it (kubernetes.io/docs/concepts/workloads/pods/sidecar-containers).
func ofPod(spec *corev1.PodSpec) amount {
	var pod, sidecars, peak amount
	for _, c := range spec.InitContainers {
		if c.RestartPolicy != nil && *c.RestartPolicy == corev1.ContainerRestartPolicyAlways {
			sidecars.add(c.Resources.Requests, c.Resources.Limits)
			continue
		}
		var step amount
		step.times(1, sidecars)
		step.add(c.Resources.Requests, c.Resources.Limits)
		peak.atLeast(step)
	}
	for _, c := range spec.Containers {
		pod.add(c.Resources.Requests, c.Resources.Limits)
	}
	pod.times(1, sidecars)
	pod.atLeast(peak)
	return pod
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

// words says what an amount is: 64Mi, limit 256Mi.
func (a amount) words() string {
	if a.unlimited {
		return a.requests.String() + ", no limit"
	}
	return a.requests.String() + ", limit " + a.limits.String()
}

func (a amount) none() bool { return a.requests.IsZero() && a.limits.IsZero() && !a.unlimited }

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

func TestMemoryOfAPod(t *testing.T) {
	container := func(requests, limits string) corev1.Container {
		c := corev1.Container{Resources: corev1.ResourceRequirements{Requests: corev1.ResourceList{corev1.ResourceMemory: resource.MustParse(requests)}}}
		if limits != "" {
			c.Resources.Limits = corev1.ResourceList{corev1.ResourceMemory: resource.MustParse(limits)}
		}
		return c
	}
	always := corev1.ContainerRestartPolicyAlways
	sidecar := container("8Mi", "16Mi")
	sidecar.RestartPolicy = &always
	spec := &corev1.PodSpec{
		InitContainers: []corev1.Container{container("99Mi", "99Mi"), sidecar, container("100Mi", "100Mi")},
		Containers:     []corev1.Container{container("64Mi", "128Mi")},
	}
	require.Equal(t, "108Mi, limit 144Mi", ofPod(spec).words(), "an init container asks for the most, the others are limited the highest")
	spec.InitContainers = []corev1.Container{sidecar}
	spec.Containers = append(spec.Containers, container("1Mi", ""))
	require.Equal(t, "73Mi, no limit", ofPod(spec).words())

	two := int32(2)
	mi := resource.MustParse("1Mi")
	require.Equal(t, "2Mi, no limit; 1Mi, limit 1Mi on each node", ofChart(model.Footprints{
		"a": {Replicas: &two, Requests: &model.Resources{Memory: &mi}},
		"b": {PerNode: true, Requests: &model.Resources{Memory: &mi}, Limits: &model.Resources{Memory: &mi}},
	}).words())
	require.Equal(t, "none: it runs no pods", ofChart(model.Footprints{}).words())
}
