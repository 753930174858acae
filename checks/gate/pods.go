package gate

import (
	"fmt"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"

	"stillsuit.dev/generator/manifest"
	"stillsuit.dev/inventory"
)

// loose is a way in which a pod is not kept as strictly as it could be.
type loose struct {
	what string
	at   inventory.Spot
}

// pods compares what the workloads that both have may do on their nodes, and whether
// their images are still pinned.
func (c *comparison) pods() error {
	was, err := c.base.PodTemplates()
	if err != nil {
		return err
	}
	is, err := c.head.PodTemplates()
	if err != nil {
		return err
	}
	before := map[manifest.ID][]loose{}
	for _, p := range was {
		before[p.Object.ID] = looseIn(p)
	}
	for _, p := range is {
		known, both := before[p.Object.ID]
		if !both {
			continue
		}
		for _, l := range looseIn(p) {
			if !slices.ContainsFunc(known, func(b loose) bool { return b.what == l.what }) {
				c.added(inventory.Patched(c.base, c.head, p.Object, l.at), fmt.Sprintf("in %s %s", p.Object.DisplayName(), l.what), "that is not so")
			}
		}
	}
	for _, p := range is {
		for _, container := range p.Containers() {
			if _, locked := c.head.Lock.Images[container.Image]; locked {
				continue
			}
			if _, locked := c.base.Lock.Images[container.Image]; locked {
				c.added(container.Spot.Join("image"), container.Image+" is not locked, so nothing keeps its tag from being moved", "images.lock.json has its digest")
			}
		}
	}
	return nil
}

// looseIn are the ways in which a pod is less strict than Pod Security's restricted
// level, and what else reaches out of it, each as the end of a sentence.
func looseIn(p *inventory.PodTemplate) []loose {
	var out []loose
	add := func(is bool, at inventory.Spot, what string) {
		if is {
			out = append(out, loose{what, at})
		}
	}
	s := p.Spec
	security := s.SecurityContext
	if security == nil {
		security = &corev1.PodSecurityContext{}
	}
	field := func(keys ...string) inventory.Spot { return p.Spot().Join(keys...) }
	add(s.HostNetwork, field("hostNetwork"), "pods use the node's network")
	add(s.HostPID, field("hostPID"), "pods see the node's processes")
	add(s.HostIPC, field("hostIPC"), "pods share the node's memory")
	add(s.AutomountServiceAccountToken == nil || *s.AutomountServiceAccountToken, field("automountServiceAccountToken"), "pods have a token of the Kubernetes API")
	for _, sysctl := range security.Sysctls {
		add(true, field("securityContext", "sysctls"), "pods set the kernel's "+sysctl.Name)
	}
	for _, v := range s.Volumes {
		if v.HostPath != nil {
			at := p.Spot()
			at.Path = []string{"volumes", v.Name}
			add(true, at, "pods mount the node's "+v.HostPath.Path)
		}
	}
	for _, c := range p.Containers() {
		out = append(out, looseContainer(c, security)...)
	}
	return out
}

func looseContainer(c inventory.Container, pod *corev1.PodSecurityContext) []loose {
	var out []loose
	add := func(is bool, what string, labels ...string) {
		if is {
			at := c.Spot
			at.Path = append(slices.Clone(at.Path), labels...)
			out = append(out, loose{fmt.Sprintf("container %s %s", c.Name, what), at})
		}
	}
	s := c.SecurityContext
	if s == nil {
		s = &corev1.SecurityContext{}
	}
	yes := func(b *bool) bool { return b != nil && *b }
	nonRoot, profile := pod.RunAsNonRoot, pod.SeccompProfile
	if s.RunAsNonRoot != nil {
		nonRoot = s.RunAsNonRoot
	}
	if s.SeccompProfile != nil {
		profile = s.SeccompProfile
	}
	capabilities := s.Capabilities
	if capabilities == nil {
		capabilities = &corev1.Capabilities{}
	}
	add(yes(s.Privileged), "is privileged", "exempt", "privileged")
	add(s.AllowPrivilegeEscalation == nil || *s.AllowPrivilegeEscalation, "can gain rights", "exempt", "escalation")
	add(!yes(nonRoot), "may run as root", "exempt", "imageUser")
	add(!yes(s.ReadOnlyRootFilesystem), "can write to its image", "exempt", "writableRoot")
	add(profile == nil || profile.Type == corev1.SeccompProfileTypeUnconfined, "has no filter of system calls", "exempt", "seccomp")
	add(!slices.Contains(capabilities.Drop, "ALL"), "keeps capabilities", "exempt", "capabilities")
	for _, name := range capabilities.Add {
		add(true, "has the capability "+string(name), "capabilities", strings.TrimPrefix(string(name), "CAP_"))
	}
	for _, port := range c.Ports {
		add(port.HostPort != 0, fmt.Sprintf("opens port %d of the node", port.HostPort), "ports", port.Name)
	}
	add(c.Resources.Limits.Memory().IsZero(), "has no memory limit", "limits")
	return out
}
