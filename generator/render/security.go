package render

import (
	"fmt"
	"slices"
	"strings"

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

// demands notes that pods need a Pod Security level, and reports when their namespace
// declares a stricter one.
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

// podSecurity finds the Pod Security level that a workload's own fields need.
func (r pods) podSecurity(w *workload) {
	if w.HostNetwork != "" {
		r.demands(&w.party, privileged, w.at.Join("hostNetwork"), "the node's network")
	}
	if w.User != nil && *w.User == 0 {
		r.demands(&w.party, baseline, w.at.Join("user"), "it runs as root")
	}
}

// containerSecurity finds the Pod Security level that a container needs.
func (r containers) containerSecurity(w *workload, at model.Path, c *model.Container) {
	e := c.Exempt
	for _, x := range []struct {
		field, reason string
		level         level
		what          string
	}{
		{"escalation", e.Escalation, baseline, "processes may gain rights"},
		{"capabilities", e.Capabilities, baseline, "it keeps the runtime's capabilities"},
		{"seccomp", e.Seccomp, privileged, "system calls are not filtered"},
		{"privileged", e.Privileged, privileged, "it is privileged"},
	} {
		if x.reason != "" {
			r.demands(&w.party, x.level, at.Join("exempt", x.field), x.what)
		}
	}
	switch {
	case c.User != nil && *c.User == 0:
		r.demands(&w.party, baseline, at.Join("user"), "it runs as root")
	case c.User == nil && e.ImageUser != "":
		r.demands(&w.party, baseline, at.Join("exempt", "imageUser"), "it may run as root")
	}
	for _, declared := range sorted(c.Capabilities) {
		if add := capability(declared); add != "NET_BIND_SERVICE" {
			l := baseline
			if !slices.Contains(baselineCapabilities, add) {
				l = privileged
			}
			r.demands(&w.party, l, at.Join("capabilities", declared), "capability "+add)
		}
	}
	for _, device := range sorted(c.Devices) {
		r.demands(&w.party, privileged, at.Join("devices", device), "device "+device)
	}
}

// capability is the name of one as Kubernetes has it: NET_ADMIN.
func capability(declared string) string {
	return strings.TrimPrefix(strings.ToUpper(declared), "CAP_")
}

// exempted lists what is loosened for a container, and why.
func exempted(name string, c *model.Container) []string {
	var out []string
	why := func(what, reason string) {
		if reason != "" {
			out = append(out, fmt.Sprintf("%s %s: %s", name, what, reason))
		}
	}
	e := c.Exempt
	why("writableRoot", e.WritableRoot)
	why("imageUser", e.ImageUser)
	why("escalation", e.Escalation)
	why("capabilities", e.Capabilities)
	why("seccomp", e.Seccomp)
	why("privileged", e.Privileged)
	for _, declared := range sorted(c.Capabilities) {
		why("capability "+capability(declared), c.Capabilities[declared])
	}
	for _, device := range sorted(c.Devices) {
		why("device "+device, c.Devices[device])
	}
	return out
}
