package workload

import (
	"fmt"
	"maps"
	"slices"

	"stillsuit.dev/finding"
	"stillsuit.dev/generator/internal/resolve/scope"
	"stillsuit.dev/generator/kernel"
	"stillsuit.dev/generator/model"
)

// podSecurity finds the Pod Security level that a workload's own fields need.
func (r Pods) podSecurity(w *scope.Workload) {
	if w.Declared.HostNetwork != "" {
		r.Demands(&w.Party, scope.Privileged, w.At.Join("hostNetwork"), "the node's network")
	}
	if w.Declared.User != nil && *w.Declared.User == 0 {
		r.Demands(&w.Party, scope.Baseline, w.At.Join("user"), "it runs as root")
	}
	r.rootReasons(w)
}

// rootReasons reports containers that run as root where nothing says why: each that says
// user: 0 itself, and the workload's once when no container that takes it has a reason.
func (r Pods) rootReasons(w *scope.Workload) {
	inherits, explained := []string{}, false
	for _, set := range append(w.Sets(), scope.Set{Field: "init", Containers: w.Declared.Init}) {
		for _, name := range slices.Sorted(maps.Keys(set.Containers)) {
			c := set.Containers[name]
			switch {
			case c.User == nil:
				inherits, explained = append(inherits, name), explained || rootReason(c)
			case *c.User == 0 && !rootReason(c):
				r.unexplained(w.At.Join(set.Field, name, "user"), fmt.Sprintf("container %s of %s runs as root", name, w.Full), name)
			}
		}
	}
	if w.Declared.User == nil || *w.Declared.User != 0 || explained || len(inherits) == 0 {
		return
	}
	problem := fmt.Sprintf("%s of %s %s as root", finding.Named("container", inherits), w.Full, map[bool]string{true: "runs", false: "run"}[len(inherits) == 1])
	r.unexplained(w.At.Join("user"), problem, inherits[0])
}

func (r Pods) unexplained(at model.Path, problem, container string) {
	r.Warn(at, "app/root", problem+" without a reason", "a flaw in a program that runs as root reaches further into the node", fmt.Sprintf("add `exempt: root: \"…\"` with the reason to container %s, or set the number of another user", container))
}

// rootReason reports whether a container says why it runs as root: by the exemption, or by
// rights that only root has.
func rootReason(c *model.Container) bool {
	e := c.Exempt
	return e.Root+e.ImageUser+e.Escalation+e.Capabilities+e.Privileged != "" || len(c.Capabilities)+len(c.Devices) > 0
}

// containerSecurity finds the Pod Security level that a container needs.
func (r containers) containerSecurity(w *scope.Workload, at model.Path, c *model.Container) {
	e := c.Exempt
	for _, x := range []struct {
		field, reason string
		level         scope.Level
		what          string
	}{
		{"escalation", e.Escalation, scope.Baseline, "processes may gain rights"},
		{"capabilities", e.Capabilities, scope.Baseline, "it keeps the runtime's capabilities"},
		{"seccomp", e.Seccomp, scope.Privileged, "system calls are not filtered"},
		{"privileged", e.Privileged, scope.Privileged, "it is privileged"},
	} {
		if x.reason != "" {
			r.Demands(&w.Party, x.level, at.Join("exempt", x.field), x.what)
		}
	}
	switch {
	case c.User != nil && *c.User == 0:
		r.Demands(&w.Party, scope.Baseline, at.Join("user"), "it runs as root")
	case c.User == nil && e.ImageUser != "":
		r.Demands(&w.Party, scope.Baseline, at.Join("exempt", "imageUser"), "it may run as root")
	}
	for _, declared := range slices.Sorted(maps.Keys(c.Capabilities)) {
		add := Capability(declared)
		if known := append(kernel.Capabilities(), "ALL"); !slices.Contains(known, add) {
			r.Error(at.Join("capabilities", declared), "app/unknown-capability", fmt.Sprintf("%q is no capability of Linux", declared),
				"", finding.DidYouMean(add, known, "see capabilities(7) for their names")).Like(add, known)
			continue
		}
		if add != "NET_BIND_SERVICE" {
			l := scope.Baseline
			if !slices.Contains(baselineCapabilities, add) {
				l = scope.Privileged
			}
			r.Demands(&w.Party, l, at.Join("capabilities", declared), "capability "+add)
		}
	}
	for _, device := range slices.Sorted(maps.Keys(c.Devices)) {
		r.Demands(&w.Party, scope.Privileged, at.Join("devices", device), "device "+device)
	}
}

// Capability is the name of one as Kubernetes has it: NET_ADMIN.
func Capability(declared string) string { return kernel.Capability(declared) }

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
	why("root", e.Root)
	why("escalation", e.Escalation)
	why("capabilities", e.Capabilities)
	why("seccomp", e.Seccomp)
	why("privileged", e.Privileged)
	for _, declared := range slices.Sorted(maps.Keys(c.Capabilities)) {
		why("capability "+Capability(declared), c.Capabilities[declared])
	}
	for _, device := range slices.Sorted(maps.Keys(c.Devices)) {
		why("device "+device, c.Devices[device])
	}
	return out
}

// baselineCapabilities may be added at the level baseline.
var baselineCapabilities = []string{
	"AUDIT_WRITE", "CHOWN", "DAC_OVERRIDE", "FOWNER", "FSETID", "KILL", "MKNOD",
	"NET_BIND_SERVICE", "SETFCAP", "SETGID", "SETPCAP", "SETUID", "SYS_CHROOT",
}
