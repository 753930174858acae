package rig

import (
	"fmt"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"stillsuit.dev/placement/demand"
)

// pause is the image of pods that only take their room: that which K3s itself starts pods
// with, from a registry that both clusters allow.
const pause = "docker.io/rancher/mirrored-pause:3.6"

// Before runs a stand-in for each workload that Flux does not apply: what the
// distribution bundles, its load balancers of Services included, which it would make
// when the Service comes, and charts that something other than Flux installs. Flux's
// own Deployments come with its overlay.
func (r *Rig) Before(workloads []*demand.Workload) error {
	for _, w := range workloads {
		if w.Unit != "" && !w.Bundled || w.Template.Namespace == fluxNamespace {
			continue
		}
		if len(w.Claims) > 0 {
			return fmt.Errorf("%s has claims: nothing plays a StatefulSet that Flux does not apply", w.Name)
		}
		if err := r.namespace(w.Template.Namespace); err != nil {
			return err
		}
		if err := r.standIn(w); err != nil {
			return r.explain(fmt.Errorf("create a stand-in for %s: %w", w.Name, err))
		}
	}
	return nil
}

func (r *Rig) standIn(w *demand.Workload) error {
	meta := metav1.ObjectMeta{Name: w.Template.Name, Namespace: w.Template.Namespace}
	template := corev1.PodTemplateSpec{ObjectMeta: metav1.ObjectMeta{Labels: w.Template.Labels}, Spec: *w.Template.Spec.DeepCopy()}
	template.Spec.Priority, template.Spec.PreemptionPolicy = nil, nil // the API server's to say
	for i := range template.Spec.Containers {
		template.Spec.Containers[i].Image = pause
	}
	apps, selector := r.Client.AppsV1(), &metav1.LabelSelector{MatchLabels: w.Template.Labels}
	if w.PerNode {
		_, err := apps.DaemonSets(meta.Namespace).Create(r.Context, &appsv1.DaemonSet{ObjectMeta: meta, Spec: appsv1.DaemonSetSpec{Selector: selector, Template: template}}, metav1.CreateOptions{})
		return err
	}
	pods := int32(w.Pods)
	_, err := apps.Deployments(meta.Namespace).Create(r.Context, &appsv1.Deployment{ObjectMeta: meta, Spec: appsv1.DeploymentSpec{Replicas: &pods, Selector: selector, Template: template}}, metav1.CreateOptions{})
	return err
}

// namespace creates a namespace, unless it is there.
func (r *Rig) namespace(name string) error {
	_, err := r.Client.CoreV1().Namespaces().Create(r.Context, &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: name}}, metav1.CreateOptions{})
	if apierrors.IsAlreadyExists(err) {
		return nil
	}
	return r.explain(err)
}
