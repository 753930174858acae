package workload

import (
	"strings"
	"time"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/utils/ptr"

	"stillsuit.dev/generator/internal/labels"
	"stillsuit.dev/generator/internal/resolve/scope"
	"stillsuit.dev/generator/internal/resolve/workload"
	"stillsuit.dev/generator/internal/resolve/workspaces"
)

// podTemplate is that of a workload's pods.
func podTemplate(w *workload.Resolved) corev1.PodTemplateSpec {
	spec := corev1.PodSpec{
		ServiceAccountName:           w.AccountName(),
		AutomountServiceAccountToken: ptr.To(w.UsesAPI),
		EnableServiceLinks:           ptr.To(false),
		SecurityContext:              PodSecurity(w.Workload),
		HostNetwork:                  w.Declared.HostNetwork != "",
		Volumes:                      w.All,
	}
	if w.Declared.HostNetwork != "" {
		spec.DNSPolicy = corev1.DNSClusterFirstWithHostNet
	}
	if w.Declared.Grace != 0 {
		spec.TerminationGracePeriodSeconds = ptr.To(seconds64(time.Duration(w.Declared.Grace)))
	}
	if w.Declared.Importance != "" && w.Declared.Importance != "normal" {
		spec.PriorityClassName = workspaces.PriorityName(w.Declared.Importance)
	}
	if kind := w.Kind(); kind == "Job" || kind == "CronJob" {
		spec.RestartPolicy = corev1.RestartPolicyOnFailure
	}
	if w.RuntimeClass != "" {
		spec.RuntimeClassName = ptr.To(w.RuntimeClass)
	}
	for _, c := range w.Containers {
		made := containerOf(c)
		switch c.Field {
		case "containers":
			spec.Containers = append(spec.Containers, made)
			continue
		case "sidecars":
			made.RestartPolicy = ptr.To(corev1.ContainerRestartPolicyAlways)
		}
		spec.InitContainers = append(spec.InitContainers, made)
	}
	placed(&spec, w)
	return corev1.PodTemplateSpec{ObjectMeta: metav1.ObjectMeta{Labels: w.Labels, Annotations: annotations(&w.Pod)}, Spec: spec}
}

func annotations(p *workload.Pod) map[string]string {
	var out map[string]string
	for _, a := range []struct{ name, value string }{
		{labels.AnnotationSecrets, p.Secrets},
		{"backup.velero.io/backup-volumes", strings.Join(p.Volumes.Backup, ",")},
		{labels.AnnotationExemptions, strings.Join(p.Exempt, "\n")},
	} {
		if a.value != "" {
			out = labels.With(out, map[string]string{a.name: a.value})
		}
	}
	return out
}

func containerOf(c workload.Container) corev1.Container {
	out := corev1.Container{
		Name: c.Name, Image: c.Image,
		Command: c.Declared.Command, Args: c.Declared.Args, WorkingDir: c.Declared.WorkingDir,
		Env:             c.Env,
		Resources:       corev1.ResourceRequirements{Requests: scope.List(c.Declared.Requests), Limits: scope.List(c.Declared.Limits)},
		SecurityContext: containerSecurity(c.Declared),
		ReadinessProbe:  probeOf(c.Ready), LivenessProbe: probeOf(c.Alive), StartupProbe: startupProbeOf(c.Started),
		VolumeMounts: c.Mounts,
	}
	for _, p := range c.Ports {
		out.Ports = append(out.Ports, corev1.ContainerPort{Name: p.Name, ContainerPort: p.Number, Protocol: p.Protocol})
	}
	limit := func(name string, count int64) {
		if out.Resources.Limits == nil {
			out.Resources.Limits = corev1.ResourceList{}
		}
		out.Resources.Limits[corev1.ResourceName(name)] = *resource.NewQuantity(count, resource.DecimalSI)
	}
	for name, count := range c.Declared.Extended {
		limit(name, count)
	}
	if c.Gpu != nil {
		limit(c.Gpu.Resource, c.Declared.GPU)
	}
	return out
}
