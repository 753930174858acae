package inventory

import (
	"encoding/json"
	"fmt"
	"strconv"

	appsv1 "k8s.io/api/apps/v1"
	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"

	"stillsuit.dev/generator/manifest"
)

// PodTemplate is what an object makes pods from, with the object: its pod template, or the
// object itself where it is a pod.
type PodTemplate struct {
	// Object is the object that the pods are made from.
	Object *manifest.Object
	// Labels, Annotations and Spec are those of the pods.
	Labels, Annotations map[string]string
	Spec                *corev1.PodSpec
	// Claims are made for each pod, by the name of the pod's volume.
	Claims []corev1.PersistentVolumeClaim
	// OnEachNode says that it is a DaemonSet's: one runs on each node that fits.
	OnEachNode bool
	keys       []string // of the spec in the object
}

// DisplayName names the pods as a user does, by what makes them: Deployment web.
func (p *PodTemplate) DisplayName() string { return p.Object.Kind + " " + p.Object.Name }

// Spot is where the pods' spec stands.
func (p *PodTemplate) Spot() Spot { return Spot{Object: p.Object, Keys: p.keys} }

// Container is one container of a pod.
type Container struct {
	*corev1.Container
	// Spot is where it stands.
	Spot Spot
	// Init says that it is an init container, which ends before the pod's containers start.
	Init bool
}

// Containers are those of the pod: init containers first.
func (p *PodTemplate) Containers() []Container {
	var out []Container
	each := func(field string, containers []corev1.Container) {
		for i := range containers {
			c := &containers[i]
			passing := field == "initContainers" && (c.RestartPolicy == nil || *c.RestartPolicy != corev1.ContainerRestartPolicyAlways)
			declared := "containers"
			switch {
			case passing:
				declared = "init"
			case field == "initContainers":
				declared = "sidecars"
			}
			out = append(out, Container{Container: c, Init: passing, Spot: Spot{
				Object: p.Object,
				Keys:   append(append([]string{}, p.keys...), field, strconv.Itoa(i)),
				Path:   []string{declared, c.Name},
			}})
		}
	}
	each("initContainers", p.Spec.InitContainers)
	each("containers", p.Spec.Containers)
	return out
}

// PodTemplates are those of the subject's objects, in the objects' order, those of
// kinds with a pod template at spec.template or spec.jobTemplate included that
// this version does not know. What a chart makes is decided in the cluster.
func (s *Subject) PodTemplates() ([]*PodTemplate, error) {
	var out []*PodTemplate
	for _, o := range s.Objects {
		p, err := podOf(o)
		if err != nil {
			return nil, fmt.Errorf("read pod template of %s: %w", o.ID, err)
		}
		if p != nil {
			p.Object = o
			out = append(out, p)
		}
	}
	return out, nil
}

// podOf returns the pod template of an object, or nil when it has none.
func podOf(o *manifest.Object) (*PodTemplate, error) {
	template := func(t *corev1.PodTemplateSpec, keys ...string) *PodTemplate {
		return &PodTemplate{Labels: t.Labels, Annotations: t.Annotations, Spec: &t.Spec, keys: keys}
	}
	switch v := o.Value.(type) {
	case *appsv1.Deployment:
		return template(&v.Spec.Template, "spec", "template", "spec"), nil
	case *appsv1.ReplicaSet:
		return template(&v.Spec.Template, "spec", "template", "spec"), nil
	case *appsv1.StatefulSet:
		p := template(&v.Spec.Template, "spec", "template", "spec")
		p.Claims = v.Spec.VolumeClaimTemplates
		return p, nil
	case *appsv1.DaemonSet:
		p := template(&v.Spec.Template, "spec", "template", "spec")
		p.OnEachNode = true
		return p, nil
	case *batchv1.Job:
		return template(&v.Spec.Template, "spec", "template", "spec"), nil
	case *batchv1.CronJob:
		return template(&v.Spec.JobTemplate.Spec.Template, "spec", "jobTemplate", "spec", "template", "spec"), nil
	case *corev1.ReplicationController:
		if v.Spec.Template == nil {
			return nil, nil
		}
		return template(v.Spec.Template, "spec", "template", "spec"), nil
	case *corev1.PodTemplate:
		return template(&v.Template, "template", "spec"), nil
	case *corev1.Pod:
		return &PodTemplate{Labels: v.Labels, Annotations: v.Annotations, Spec: &v.Spec, keys: []string{"spec"}}, nil
	case map[string]any:
		return podOfCustom(v)
	}
	return nil, nil
}

// podOfCustom finds a pod template where kinds of others have it.
func podOfCustom(o map[string]any) (*PodTemplate, error) {
	for _, keys := range manifest.PodTemplates() {
		at := any(o)
		for _, key := range keys {
			m, _ := at.(map[string]any)
			at = m[key]
		}
		found, _ := at.(map[string]any)
		spec, _ := found["spec"].(map[string]any)
		if containers, _ := spec["containers"].([]any); len(containers) == 0 {
			continue
		}
		b, err := json.Marshal(found)
		if err != nil {
			return nil, err
		}
		t := &corev1.PodTemplateSpec{}
		if err := json.Unmarshal(b, t); err != nil {
			return nil, nil //nolint:nilerr // it only looks like one: what its kind means by it is not known
		}
		return &PodTemplate{Labels: t.Labels, Annotations: t.Annotations, Spec: &t.Spec, keys: append(keys, "spec")}, nil
	}
	return nil, nil
}
