package runtime

import (
	"fmt"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"

	"stillsuit.dev/generator/kernel"
	"stillsuit.dev/inventory"
)

// seccompRoot is where kubelets look for profiles (k8s.io/kubernetes 1.36.3,
// pkg/kubelet/kubelet.go, seccompProfileRoot).
const seccompRoot = "/var/lib/kubelet/seccomp"

// profileOperator brings profiles to nodes (sigs.k8s.io/security-profiles-operator).
const profileOperator = "security-profiles-operator.x-k8s.io"

// profiles notes profiles of seccomp and AppArmor that must lie on each node, and that
// nothing in the tree is known to bring there. A container without its profile is not
// created (pkg/kubelet/kuberuntime/helpers.go, fieldSeccompProfile; AppArmor's must be loaded
// into the kernel).
func (c check) profiles(brought brought) {
	pod := c.pod.Spec.SecurityContext
	if pod != nil {
		c.seccomp(c.pod.Spot(), pod.SeccompProfile, c.pod.DisplayName(), brought)
		c.appArmor(c.pod.Spot(), pod.AppArmorProfile, c.pod.DisplayName(), brought)
	}
	for _, container := range c.pod.Containers() {
		if sc := container.SecurityContext; sc != nil {
			who := fmt.Sprintf("container %s of %s", container.Name, c.pod.DisplayName())
			c.seccomp(container.Spot, sc.SeccompProfile, who, brought)
			c.appArmor(container.Spot, sc.AppArmorProfile, who, brought)
		}
	}
}

func (c check) seccomp(at inventory.Spot, p *corev1.SeccompProfile, who string, brought brought) {
	if p == nil || p.Type != corev1.SeccompProfileTypeLocalhost || p.LocalhostProfile == nil || brought.seccomp {
		return
	}
	c.Note(c.below(at, "seccompProfile", "localhostProfile"), "runtime/profile", fmt.Sprintf("%s takes the seccomp profile %s, and nothing here brings it to the nodes", who, *p.LocalhostProfile),
		"a container is not created on a node without "+seccompRoot+"/"+*p.LocalhostProfile, "put the file on each node, or take type: RuntimeDefault")
}

func (c check) appArmor(at inventory.Spot, p *corev1.AppArmorProfile, who string, brought brought) {
	if p == nil || p.Type != corev1.AppArmorProfileTypeLocalhost || p.LocalhostProfile == nil || brought.appArmor {
		return
	}
	c.Note(c.below(at, "appArmorProfile", "localhostProfile"), "runtime/profile", fmt.Sprintf("%s takes the AppArmor profile %s, and nothing here loads it on the nodes", who, *p.LocalhostProfile),
		"a container is not created on a node whose kernel does not have it", "load it on each node with apparmor_parser, or take type: RuntimeDefault")
}

// below is a field of a security context.
func (c check) below(at inventory.Spot, keys ...string) inventory.Spot {
	at.Keys = append(append(slices.Clone(at.Keys), "securityContext"), keys...)
	return c.ByPatch(at)
}

// brought says which profiles something in the tree may bring to nodes: the Security Profiles
// Operator, or pods that write where profiles lie or that may load them.
type brought struct{ seccomp, appArmor bool }

func broughtBy(s *inventory.Subject, pods []*inventory.PodTemplate) brought {
	out := brought{}
	for _, o := range s.Objects {
		if o.Group == profileOperator {
			return brought{true, true}
		}
	}
	for _, p := range pods {
		for _, v := range p.Spec.Volumes {
			if v.HostPath == nil {
				continue
			}
			dir := strings.TrimSuffix(kernel.Clean(v.HostPath.Path), "/") + "/"
			out.seccomp = out.seccomp || above(dir, seccompRoot+"/") || above(seccompRoot+"/", dir)
			out.appArmor = out.appArmor || strings.HasPrefix(dir, "/etc/apparmor") || above(dir, "/etc/") || above(dir, "/sys/kernel/security/")
		}
	}
	return out
}

// above reports whether a directory is another one, or holds it.
func above(dir, other string) bool { return strings.HasPrefix(other, dir) }
