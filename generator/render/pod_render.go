package render

import (
	"strings"
	"time"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// podTemplate is that of a workload's pods.
func podTemplate(w *resolvedWorkload) corev1.PodTemplateSpec {
	spec := corev1.PodSpec{
		ServiceAccountName:           w.accountName(),
		AutomountServiceAccountToken: ptr(w.usesAPI),
		EnableServiceLinks:           ptr(false),
		SecurityContext:              podSecurity(w.workload),
		HostNetwork:                  w.HostNetwork != "",
		Volumes:                      w.all,
	}
	if w.HostNetwork != "" {
		spec.DNSPolicy = corev1.DNSClusterFirstWithHostNet
	}
	if w.Grace != 0 {
		spec.TerminationGracePeriodSeconds = ptr(seconds64(time.Duration(w.Grace)))
	}
	if w.Importance != "" && w.Importance != "normal" {
		spec.PriorityClassName = priorityName(w.Importance)
	}
	if kind := w.kind(); kind == "Job" || kind == "CronJob" {
		spec.RestartPolicy = corev1.RestartPolicyOnFailure
	}
	if w.runtimeClass != "" {
		spec.RuntimeClassName = ptr(w.runtimeClass)
	}
	for _, c := range w.containers {
		made := containerOf(c)
		switch c.field {
		case "containers":
			spec.Containers = append(spec.Containers, made)
			continue
		case "sidecars":
			made.RestartPolicy = ptr(corev1.ContainerRestartPolicyAlways)
		}
		spec.InitContainers = append(spec.InitContainers, made)
	}
	placed(&spec, w)
	return corev1.PodTemplateSpec{ObjectMeta: metav1.ObjectMeta{Labels: w.labels, Annotations: annotations(&w.pod)}, Spec: spec}
}

func annotations(p *pod) map[string]string {
	var out map[string]string
	for _, a := range []struct{ name, value string }{
		{annotationSecrets, p.secrets},
		{"backup.velero.io/backup-volumes", strings.Join(p.volumes.backup, ",")},
		{annotationExemptions, strings.Join(p.exempt, "\n")},
	} {
		if a.value != "" {
			out = with(out, map[string]string{a.name: a.value})
		}
	}
	return out
}

func containerOf(c container) corev1.Container {
	out := corev1.Container{
		Name: c.name, Image: c.image,
		Command: c.Command, Args: c.Args, WorkingDir: c.WorkingDir,
		Env:             c.env,
		Resources:       corev1.ResourceRequirements{Requests: list(c.Requests), Limits: list(c.Limits)},
		SecurityContext: containerSecurity(c.Container),
		ReadinessProbe:  probeOf(c.ready), LivenessProbe: probeOf(c.alive), StartupProbe: startupProbeOf(c.started),
		VolumeMounts: c.mounts,
	}
	for _, p := range c.ports {
		out.Ports = append(out.Ports, corev1.ContainerPort{Name: p.name, ContainerPort: p.number, Protocol: p.protocol})
	}
	if c.gpu != nil {
		if out.Resources.Limits == nil {
			out.Resources.Limits = corev1.ResourceList{}
		}
		out.Resources.Limits[corev1.ResourceName(c.gpu.Resource)] = *resource.NewQuantity(c.GPU, resource.DecimalSI)
	}
	return out
}
