package runtime

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	corev1 "k8s.io/api/core/v1"

	"stillsuit.dev/finding"
	"stillsuit.dev/generator/kernel"
	"stillsuit.dev/inventory"
)

// capabilities reports those that Linux does not have. Names are taken in any case, as
// containerd does, and ALL stands for each. containerd writes CAP_ before every name
// (containerd 2, internal/cri/opts/spec_linux_opts.go, WithCapabilities), and runc leaves out
// names that it does not know with a line in its log (runc 1.1 and later,
// libcontainer/capabilities). CRI-O takes names with CAP_ as they are, and creates no
// container with one that Linux does not have (internal/factory/container,
// SpecSetupCapabilities).
func (c check) capabilities(container inventory.Container) {
	if container.SecurityContext == nil || container.SecurityContext.Capabilities == nil {
		return
	}
	known := append(kernel.Capabilities(), "ALL")
	for _, list := range []struct {
		key   string
		names []corev1.Capability
	}{{"add", container.SecurityContext.Capabilities.Add}, {"drop", container.SecurityContext.Capabilities.Drop}} {
		for i, written := range list.names {
			if slices.Contains(known, strings.ToUpper(string(written))) {
				continue
			}
			at := container.Spot
			at.Keys = append(slices.Clone(at.Keys), "securityContext", "capabilities", list.key, strconv.Itoa(i))
			problem := fmt.Sprintf("container %s of %s would %s capability %s, which Linux does not have", container.Name, c.pod.DisplayName(), list.key, written)
			fix := finding.DidYouMean(kernel.Capability(string(written)), known, "see capabilities(7) for their names")
			instead := finding.Certain(kernel.Capability(string(written)), known)
			if right := kernel.Capability(string(written)); slices.Contains(known, right) {
				fix, instead = "write "+right, right
			}
			detail := "the container runtime leaves it out, and the container starts without it"
			if strings.HasPrefix(strings.ToUpper(string(written)), "CAP_") {
				detail = "containerd puts CAP_ in front of it, and leaves out the name that comes of that"
			}
			c.Error(c.ByPatch(at), "runtime/capability", problem, detail, fix).Instead(string(written), instead)
		}
	}
}
