package workload

import (
	"maps"
	"slices"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/utils/ptr"

	"stillsuit.dev/generator/internal/resolve/scope"
	"stillsuit.dev/generator/internal/resolve/workload"
	"stillsuit.dev/generator/model"
)

// PodSecurity is the security context of a workload's pods.
func PodSecurity(w *scope.Workload) *corev1.PodSecurityContext {
	sc := &corev1.PodSecurityContext{SeccompProfile: &corev1.SeccompProfile{Type: corev1.SeccompProfileTypeRuntimeDefault}, RunAsNonRoot: ptr.To(true)}
	group := w.Declared.Group
	if w.Declared.User != nil {
		sc.RunAsUser = w.Declared.User
		sc.RunAsNonRoot = ptr.To(*w.Declared.User != 0)
		if group == nil && *w.Declared.User != 0 {
			group = w.Declared.User
		}
	}
	if group != nil {
		sc.RunAsGroup, sc.FSGroup = group, group
		sc.FSGroupChangePolicy = ptr.To(corev1.FSGroupChangeOnRootMismatch)
	}
	sc.SupplementalGroups = w.Declared.Groups
	return sc
}

// containerSecurity is the strictest context that the container's exemptions allow.
func containerSecurity(c *model.Container) *corev1.SecurityContext {
	e := c.Exempt
	sc := &corev1.SecurityContext{
		AllowPrivilegeEscalation: ptr.To(e.Escalation != "" || e.Privileged != ""),
		ReadOnlyRootFilesystem:   ptr.To(e.WritableRoot == ""),
		Capabilities:             &corev1.Capabilities{Drop: []corev1.Capability{"ALL"}},
	}
	if e.Capabilities != "" {
		sc.Capabilities = nil
	}
	if e.Seccomp != "" {
		sc.SeccompProfile = &corev1.SeccompProfile{Type: corev1.SeccompProfileTypeUnconfined}
	}
	if e.Privileged != "" {
		sc.Privileged, sc.Capabilities = ptr.To(true), nil
	}
	switch {
	case c.User != nil:
		sc.RunAsUser, sc.RunAsGroup, sc.RunAsNonRoot = c.User, c.User, ptr.To(*c.User != 0)
	case e.ImageUser != "":
		sc.RunAsNonRoot = ptr.To(false)
	}
	for _, declared := range slices.Sorted(maps.Keys(c.Capabilities)) {
		if sc.Capabilities == nil {
			sc.Capabilities = &corev1.Capabilities{}
		}
		sc.Capabilities.Add = append(sc.Capabilities.Add, corev1.Capability(workload.Capability(declared)))
	}
	return sc
}
