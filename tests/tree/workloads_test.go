package tree_test

import (
	"fmt"
	"maps"
	"path"
	"slices"

	appsv1 "k8s.io/api/apps/v1"
	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	policyv1 "k8s.io/api/policy/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/util/intstr"
	"k8s.io/apimachinery/pkg/util/validation"
)

// workload is something that makes pods.
type workload struct {
	metav1.TypeMeta
	metav1.ObjectMeta
	selector *metav1.LabelSelector // nil when the controller chooses one itself
	pod      corev1.PodTemplateSpec
	claims   []corev1.PersistentVolumeClaim
}

func (w *workload) String() string { return w.Kind + " " + path.Join(w.Namespace, w.Name) }

func (c *cluster) workloads() []*workload {
	var out []*workload
	for _, d := range as[appsv1.Deployment](c, "Deployment") {
		out = append(out, &workload{d.TypeMeta, d.ObjectMeta, d.Spec.Selector, d.Spec.Template, nil})
	}
	for _, s := range as[appsv1.StatefulSet](c, "StatefulSet") {
		out = append(out, &workload{s.TypeMeta, s.ObjectMeta, s.Spec.Selector, s.Spec.Template, s.Spec.VolumeClaimTemplates})
	}
	for _, d := range as[appsv1.DaemonSet](c, "DaemonSet") {
		out = append(out, &workload{d.TypeMeta, d.ObjectMeta, d.Spec.Selector, d.Spec.Template, nil})
	}
	for _, j := range as[batchv1.Job](c, "Job") {
		out = append(out, &workload{j.TypeMeta, j.ObjectMeta, nil, j.Spec.Template, nil})
	}
	for _, j := range as[batchv1.CronJob](c, "CronJob") {
		out = append(out, &workload{j.TypeMeta, j.ObjectMeta, nil, j.Spec.JobTemplate.Spec.Template, nil})
	}
	return out
}

// containers are all of a pod.
func (w *workload) containers() []corev1.Container {
	return slices.Concat(w.pod.Spec.InitContainers, w.pod.Spec.Containers)
}

// selects reports whether a selector matches the workload's pods.
func (w *workload) selects(s *metav1.LabelSelector) bool {
	sel, err := metav1.LabelSelectorAsSelector(s)
	return err == nil && sel.Matches(labels.Set(w.pod.Labels))
}

// selected are the workloads of a namespace with pods that a selector matches.
func (c *cluster) selected(namespace string, s *metav1.LabelSelector) []*workload {
	return slices.DeleteFunc(c.workloads(), func(w *workload) bool { return w.Namespace != namespace || !w.selects(s) })
}

// own: a workload selects its own pods and no other's.
func own(c *cluster) []string {
	var out []string
	for _, w := range c.workloads() {
		if w.selector == nil {
			continue
		}
		found := c.selected(w.Namespace, w.selector)
		if !w.selects(w.selector) {
			out = append(out, w.String()+" does not select its own pods")
		}
		for _, other := range found {
			if other.String() != w.String() {
				out = append(out, fmt.Sprintf("%s selects the pods of %s", w, other))
			}
		}
	}
	for _, b := range as[policyv1.PodDisruptionBudget](c, "PodDisruptionBudget") {
		if n := len(c.selected(b.Namespace, b.Spec.Selector)); n != 1 {
			out = append(out, fmt.Sprintf("PodDisruptionBudget %s/%s is about %d workloads", b.Namespace, b.Name, n))
		}
	}
	return out
}

// pods: what a container mounts and probes is in its pod.
func pods(c *cluster) []string {
	var out []string
	for _, w := range c.workloads() {
		say := func(format string, a ...any) { out = append(out, w.String()+": "+fmt.Sprintf(format, a...)) }
		volumes, used, names := map[string]bool{}, map[string]bool{}, map[string]bool{}
		for _, v := range w.pod.Spec.Volumes {
			if volumes[v.Name] || len(validation.IsDNS1123Label(v.Name)) > 0 {
				say("volume %s is there twice or has a bad name", v.Name)
			}
			volumes[v.Name] = true
		}
		for _, claim := range w.claims {
			volumes[claim.Name] = true
		}
		for _, container := range w.containers() {
			if names[container.Name] || len(validation.IsDNS1123Label(container.Name)) > 0 {
				say("container %s is there twice or has a bad name", container.Name)
			}
			names[container.Name] = true
			paths, env := map[string]bool{}, map[string]bool{}
			for _, m := range container.VolumeMounts {
				if !volumes[m.Name] {
					say("container %s mounts volume %s, which is not there", container.Name, m.Name)
				}
				if paths[m.MountPath] {
					say("container %s mounts twice at %s", container.Name, m.MountPath)
				}
				used[m.Name], paths[m.MountPath] = true, true
			}
			for _, e := range container.Env {
				if env[e.Name] {
					say("container %s sets %s twice", container.Name, e.Name)
				}
				env[e.Name] = true
			}
			for _, p := range []*corev1.Probe{container.ReadinessProbe, container.LivenessProbe, container.StartupProbe} {
				if port, asks := probed(p); asks && !has(container.Ports, port) {
					say("a probe of container %s asks port %s, which it has not", container.Name, port.String())
				}
			}
		}
		for name := range volumes {
			if !used[name] {
				say("nothing mounts volume %s", name)
			}
		}
		ports := map[string]bool{}
		for _, p := range w.ports() {
			if ports[p.Name] || len(validation.IsValidPortName(p.Name)) > 0 {
				say("port %s is there twice or has a bad name", p.Name)
			}
			ports[p.Name] = true
		}
	}
	return out
}

func probed(p *corev1.Probe) (intstr.IntOrString, bool) {
	switch {
	case p == nil:
	case p.HTTPGet != nil:
		return p.HTTPGet.Port, true
	case p.TCPSocket != nil:
		return p.TCPSocket.Port, true
	}
	return intstr.IntOrString{}, false
}

func has(ports []corev1.ContainerPort, port intstr.IntOrString) bool {
	return slices.ContainsFunc(ports, func(p corev1.ContainerPort) bool {
		return port.Type == intstr.String && p.Name == port.StrVal || port.Type == intstr.Int && p.ContainerPort == port.IntVal
	})
}

// ports are those of the containers that run as long as the pod.
func (w *workload) ports() []corev1.ContainerPort {
	var out []corev1.ContainerPort
	for _, c := range w.containers() {
		out = append(out, c.Ports...)
	}
	return out
}

// references: what a pod names exists, with the keys that it reads.
func references(c *cluster) []string {
	var out []string
	keys := map[string][]string{} // by kind namespace/name
	for _, o := range c.all() {
		var ks []string
		for _, part := range []string{"data", "stringData", "binaryData"} {
			values, _ := o[part].(map[string]any)
			ks = slices.AppendSeq(ks, maps.Keys(values))
		}
		keys[o.String()] = ks
	}
	for _, w := range c.workloads() {
		exists := func(kind, name string, wanted ...string) {
			id := kind + " " + path.Join(w.Namespace, name)
			if kind == "PriorityClass" {
				id = kind + " " + name
			}
			known, there := keys[id]
			if !there {
				out = append(out, fmt.Sprintf("%s names %s, which is not there", w, id))
				return
			}
			for _, key := range wanted {
				if !slices.Contains(known, key) {
					out = append(out, fmt.Sprintf("%s reads %s of %s, which has no such key", w, key, id))
				}
			}
		}
		spec := w.pod.Spec
		exists("ServiceAccount", spec.ServiceAccountName)
		if spec.PriorityClassName != "" {
			exists("PriorityClass", spec.PriorityClassName)
		}
		if w.Kind == "StatefulSet" {
			exists("Service", w.Name)
		}
		for _, v := range spec.Volumes {
			items := func(in []corev1.KeyToPath) []string {
				var out []string
				for _, item := range in {
					out = append(out, item.Key)
				}
				return out
			}
			switch {
			case v.ConfigMap != nil:
				exists("ConfigMap", v.ConfigMap.Name, append(items(v.ConfigMap.Items), w.subPaths(v)...)...)
			case v.Secret != nil:
				exists("Secret", v.Secret.SecretName, append(items(v.Secret.Items), w.subPaths(v)...)...)
			case v.PersistentVolumeClaim != nil:
				exists("PersistentVolumeClaim", v.PersistentVolumeClaim.ClaimName)
			}
		}
		for _, container := range w.containers() {
			for _, e := range container.Env {
				if e.ValueFrom != nil && e.ValueFrom.SecretKeyRef != nil {
					exists("Secret", e.ValueFrom.SecretKeyRef.Name, e.ValueFrom.SecretKeyRef.Key)
				}
				if e.ValueFrom != nil && e.ValueFrom.ConfigMapKeyRef != nil {
					exists("ConfigMap", e.ValueFrom.ConfigMapKeyRef.Name, e.ValueFrom.ConfigMapKeyRef.Key)
				}
			}
		}
	}
	return out
}

// subPaths are the single files that are mounted of a volume. Without items the
// files have the names of the keys.
func (w *workload) subPaths(v corev1.Volume) []string {
	if v.ConfigMap != nil && len(v.ConfigMap.Items) > 0 || v.Secret != nil && len(v.Secret.Items) > 0 {
		return nil
	}
	var out []string
	for _, c := range w.containers() {
		for _, m := range c.VolumeMounts {
			if m.Name == v.Name && m.SubPath != "" {
				out = append(out, m.SubPath)
			}
		}
	}
	return out
}
