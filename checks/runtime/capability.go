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
// containerd does, and ALL stands for each.
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
			if right := kernel.Capability(string(written)); slices.Contains(known, right) {
				fix = "write " + right
			}
			c.Error(at, "runtime/capability", problem, "", fix)
		}
	}
}
