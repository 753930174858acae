package render

import (
	corev1 "k8s.io/api/core/v1"

	"stillsuit.dev/generator/model"
)

// podSecurity is the security context of a workload's pods.
func podSecurity(w *workload) *corev1.PodSecurityContext {
	sc := &corev1.PodSecurityContext{SeccompProfile: &corev1.SeccompProfile{Type: corev1.SeccompProfileTypeRuntimeDefault}, RunAsNonRoot: ptr(true)}
	group := w.Group
	if w.User != nil {
		sc.RunAsUser = w.User
		sc.RunAsNonRoot = ptr(*w.User != 0)
		if group == nil && *w.User != 0 {
			group = w.User
		}
	}
	if group != nil {
		sc.RunAsGroup, sc.FSGroup = group, group
		sc.FSGroupChangePolicy = ptr(corev1.FSGroupChangeOnRootMismatch)
	}
	return sc
}

// containerSecurity is the strictest context that the container's exemptions allow.
func containerSecurity(c *model.Container) *corev1.SecurityContext {
	e := c.Exempt
	sc := &corev1.SecurityContext{
		AllowPrivilegeEscalation: ptr(e.Escalation != "" || e.Privileged != ""),
		ReadOnlyRootFilesystem:   ptr(e.WritableRoot == ""),
		Capabilities:             &corev1.Capabilities{Drop: []corev1.Capability{"ALL"}},
	}
	if e.Capabilities != "" {
		sc.Capabilities = nil
	}
	if e.Seccomp != "" {
		sc.SeccompProfile = &corev1.SeccompProfile{Type: corev1.SeccompProfileTypeUnconfined}
	}
	if e.Privileged != "" {
		sc.Privileged, sc.Capabilities = ptr(true), nil
	}
	switch {
	case c.User != nil:
		sc.RunAsUser, sc.RunAsGroup, sc.RunAsNonRoot = c.User, c.User, ptr(*c.User != 0)
	case e.ImageUser != "":
		sc.RunAsNonRoot = ptr(false)
	}
	for _, declared := range sorted(c.Capabilities) {
		if sc.Capabilities == nil {
			sc.Capabilities = &corev1.Capabilities{}
		}
		sc.Capabilities.Add = append(sc.Capabilities.Add, corev1.Capability(capability(declared)))
	}
	return sc
}
