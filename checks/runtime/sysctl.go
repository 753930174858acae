package runtime

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"k8s.io/apimachinery/pkg/util/version"
	"k8s.io/component-helpers/node/util/sysctl"

	"stillsuit.dev/finding"
)

// safe are the kernel settings that every kubelet lets pods have (k8s.io/kubernetes v1.36.3,
// pkg/kubelet/sysctl/safe_sysctls.go), with the first Kubernetes where that is so: 1.27, 1.29
// and 1.32 are those of k8s.io/pod-security-admission v0.36.6, policy/check_sysctls.go; 1.22 is
// that of kubernetes.io/docs/tasks/administer-cluster/sysctl-cluster, since the policy has that
// setting from its first version on. Older kernels lack some, which no repository tells.
func safe() map[string]string {
	return map[string]string{
		"kernel.shm_rmid_forced": "", "net.ipv4.ip_local_port_range": "", "net.ipv4.tcp_syncookies": "", "net.ipv4.ping_group_range": "",
		"net.ipv4.ip_unprivileged_port_start": "1.22", "net.ipv4.ip_local_reserved_ports": "1.27",
		"net.ipv4.tcp_keepalive_time": "1.29", "net.ipv4.tcp_fin_timeout": "1.29", "net.ipv4.tcp_keepalive_intvl": "1.29", "net.ipv4.tcp_keepalive_probes": "1.29",
		"net.ipv4.tcp_rmem": "1.32", "net.ipv4.tcp_wmem": "1.32",
	}
}

// unsafe are settings of a pod's own namespaces that are asked for most, for suggestions
// (component-helpers 0.36.6, node/util/sysctl; Linux, Documentation/networking/ip-sysctl.rst).
func unsafe() []string {
	return []string{
		"kernel.sem", "kernel.shmall", "kernel.shmmax", "kernel.shmmni", "kernel.msgmax", "kernel.msgmnb", "kernel.msgmni",
		"fs.mqueue.msg_max", "fs.mqueue.msgsize_max", "fs.mqueue.queues_max",
		"net.core.somaxconn", "net.ipv4.ip_forward", "net.ipv4.conf.all.src_valid_mark", "net.ipv4.conf.all.rp_filter", "net.ipv4.conf.all.forwarding",
		"net.ipv6.conf.all.forwarding", "net.ipv6.conf.all.disable_ipv6", "net.ipv4.tcp_tw_reuse", "net.ipv4.tcp_max_syn_backlog", "net.ipv4.tcp_mtu_probing",
	}
}

// sysctlName is the form that the API server takes (k8s.io/kubernetes 1.36.3,
// pkg/apis/core/validation, SysctlContainSlashFmt).
var sysctlName = regexp.MustCompile(`^([a-z0-9]([-_a-z0-9]*[a-z0-9])?[./])*[a-z0-9]([-_a-z0-9]*[a-z0-9])?$`)

// sysctls reports kernel settings with which a kubelet does not start the pod: those of the
// whole node, which none lets a pod have, and those that it was not started to allow
// (pkg/kubelet/sysctl/allowlist.go, which answers SysctlForbidden). What the API server
// refuses is left to it: names of another form, and settings of a namespace that the pod
// shares with the node.
func (c check) sysctls() {
	spec := c.pod.Spec
	if spec.SecurityContext == nil {
		return
	}
	for i, s := range spec.SecurityContext.Sysctls {
		name := sysctl.NormalizeName(s.Name)
		namespace, _, _ := sysctl.GetNamespace(name)
		if !sysctlName.MatchString(s.Name) || namespace == sysctl.NetNamespace && spec.HostNetwork || namespace == sysctl.IPCNamespace && spec.HostIPC || c.allowed(name) {
			continue
		}
		at := c.pod.Spot()
		at.Keys = append(slices.Clone(at.Keys), "securityContext", "sysctls", strconv.Itoa(i), "name")
		at = c.ByPatch(at)
		known := unsafe()
		for of := range safe() {
			known = append(known, of)
		}
		slices.Sort(known)
		near := ""
		if !slices.Contains(known, name) {
			near = finding.Suggest(name, known)
		}
		if namespace == sysctl.UnknownNamespace {
			fix := "remove it, and set it on the nodes in a file below /etc/sysctl.d"
			if near != "" {
				fix = finding.DidYouMean(name, known, fix)
			}
			c.Error(at, "runtime/sysctl", fmt.Sprintf("%s sets sysctl %s, which no pod can set", c.pod.DisplayName(), s.Name),
				"it is no setting of a pod's own namespaces, so the kubelet refuses the pod with SysctlForbidden", fix)
			continue
		}
		fix := fmt.Sprintf("start the kubelets with --allowed-unsafe-sysctls=%s (K3s: --kubelet-arg=allowed-unsafe-sysctls=%s), or remove it", name, name)
		if near != "" {
			fix = finding.DidYouMean(name, known, fix)
		}
		c.Warn(at, "runtime/sysctl", fmt.Sprintf("%s sets sysctl %s, which kubelets refuse by default", c.pod.DisplayName(), s.Name),
			"unless the kubelet allows it, the pod ends with SysctlForbidden and is made again and again", fix)
	}
}

// allowed reports whether a setting is safe on the cluster's Kubernetes; on the newest when
// its version is not known.
func (c check) allowed(name string) bool {
	since, is := safe()[name]
	if !is || since == "" || c.Cluster == nil {
		return is
	}
	runs, err := version.ParseGeneric(strings.TrimSpace(c.Cluster.Kubernetes.Version))
	return err != nil || runs.AtLeast(version.MustParseGeneric(since))
}
