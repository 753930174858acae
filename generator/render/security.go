package render

import (
	"fmt"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"

	"stillsuit.dev/generator/model"
)

// level is a Pod Security level (kubernetes.io/docs/concepts/security/pod-security-standards).
type level int

const (
	restricted level = iota
	baseline
	privileged
)

func (l level) String() string { return [...]string{"restricted", "baseline", "privileged"}[l] }

func parseLevel(s string) level {
	switch s {
	case "privileged":
		return privileged
	case "baseline":
		return baseline
	}
	return restricted
}

// baselineCapabilities may be added at the level baseline.
var baselineCapabilities = []string{
	"AUDIT_WRITE", "CHOWN", "DAC_OVERRIDE", "FOWNER", "FSETID", "KILL", "MKNOD",
	"NET_BIND_SERVICE", "SETFCAP", "SETGID", "SETPCAP", "SETUID", "SYS_CHROOT",
}

// enforced is the level that a namespace is declared to have, or "".
func enforced(ns *model.Namespace) string {
	switch {
	case ns == nil:
		return ""
	case ns.Workspace != "":
		return restricted.String()
	}
	return ns.Security
}

// needs notes that a workload needs a Pod Security level, and reports when its
// namespace declares a stricter one.
func (r *scope) needs(w *workload, l level, at model.Path, why string) {
	r.demands(&w.party, l, at, why)
}

func (r *scope) demands(p *party, l level, at model.Path, why string) {
	ns := p.namespace
	if declared := enforced(r.d.Namespaces[ns]); declared != "" && l > parseLevel(declared) {
		mend := fmt.Sprintf("move it to another namespace, or write namespaces: %s: security: %q", ns, l)
		if r.d.Namespaces[ns].Workspace != "" {
			mend = "move it to another namespace: this one is a workspace"
		}
		r.Error(at, "namespace/security", fmt.Sprintf("%s needs Pod Security level %s (%s)", p.full, l, why), fmt.Sprintf("namespace %s enforces %s", ns, declared), mend)
		return
	}
	r.security[ns] = max(r.security[ns], l)
}

func (r *scope) podSecurity(w *workload) *corev1.PodSecurityContext {
	sc := &corev1.PodSecurityContext{SeccompProfile: &corev1.SeccompProfile{Type: corev1.SeccompProfileTypeRuntimeDefault}, RunAsNonRoot: ptr(true)}
	if w.HostNetwork != "" {
		r.needs(w, privileged, w.at.Join("hostNetwork"), "the node's network")
	}
	group := w.Group
	if w.User != nil {
		sc.RunAsUser = w.User
		sc.RunAsNonRoot = ptr(*w.User != 0)
		if group == nil && *w.User != 0 {
			group = w.User
		}
		if *w.User == 0 {
			r.needs(w, baseline, w.at.Join("user"), "it runs as root")
		}
	}
	if group != nil {
		sc.RunAsGroup, sc.FSGroup = group, group
		sc.FSGroupChangePolicy = ptr(corev1.FSGroupChangeOnRootMismatch)
	}
	return sc
}

// containerSecurity is the strictest context that the container's exemptions allow.
func (p *pod) containerSecurity(at model.Path, name string, c *model.Container) *corev1.SecurityContext {
	e := c.Exempt
	sc := &corev1.SecurityContext{
		AllowPrivilegeEscalation: ptr(e.Escalation != "" || e.Privileged != ""),
		ReadOnlyRootFilesystem:   ptr(e.WritableRoot == ""),
		Capabilities:             &corev1.Capabilities{Drop: []corev1.Capability{"ALL"}},
	}
	why := func(what, reason string) {
		if reason != "" {
			p.exempt = append(p.exempt, fmt.Sprintf("%s %s: %s", name, what, reason))
		}
	}
	why("writableRoot", e.WritableRoot)
	why("imageUser", e.ImageUser)
	why("escalation", e.Escalation)
	why("capabilities", e.Capabilities)
	why("seccomp", e.Seccomp)
	why("privileged", e.Privileged)
	exempt := func(field, reason string, l level, what string) bool {
		if reason == "" {
			return false
		}
		p.needs(p.w, l, at.Join("exempt", field), what)
		return true
	}
	if exempt("escalation", e.Escalation, baseline, "processes may gain rights") && e.Privileged != "" {
		sc.AllowPrivilegeEscalation = ptr(true)
	}
	if exempt("capabilities", e.Capabilities, baseline, "it keeps the runtime's capabilities") {
		sc.Capabilities = nil
	}
	if exempt("seccomp", e.Seccomp, privileged, "system calls are not filtered") {
		sc.SeccompProfile = &corev1.SeccompProfile{Type: corev1.SeccompProfileTypeUnconfined}
	}
	if exempt("privileged", e.Privileged, privileged, "it is privileged") {
		sc.Privileged, sc.Capabilities = ptr(true), nil
	}
	switch {
	case c.User != nil && *c.User == 0:
		sc.RunAsUser, sc.RunAsGroup, sc.RunAsNonRoot = c.User, c.User, ptr(false)
		p.needs(p.w, baseline, at.Join("user"), "it runs as root")
	case c.User != nil:
		sc.RunAsUser, sc.RunAsGroup, sc.RunAsNonRoot = c.User, c.User, ptr(true)
	case exempt("imageUser", e.ImageUser, baseline, "it may run as root"):
		sc.RunAsNonRoot = ptr(false)
	}
	for _, capability := range sorted(c.Capabilities) {
		add := strings.TrimPrefix(strings.ToUpper(capability), "CAP_")
		why("capability "+add, c.Capabilities[capability])
		if add != "NET_BIND_SERVICE" {
			l := baseline
			if !slices.Contains(baselineCapabilities, add) {
				l = privileged
			}
			p.needs(p.w, l, at.Join("capabilities", capability), "capability "+add)
		}
		if sc.Capabilities == nil {
			sc.Capabilities = &corev1.Capabilities{}
		}
		sc.Capabilities.Add = append(sc.Capabilities.Add, corev1.Capability(add))
	}
	for _, device := range sorted(c.Devices) {
		why("device "+device, c.Devices[device])
		p.needs(p.w, privileged, at.Join("devices", device), "device "+device)
	}
	return sc
}
