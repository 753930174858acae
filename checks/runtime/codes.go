package runtime

import "stillsuit.dev/finding"

// codes documents the findings of this check.
func codes() []finding.CodeDoc {
	return []finding.CodeDoc{
		{
			Code: "runtime/device-closed", Title: "a container sees a device file that it cannot open",
			Text:    "A hostPath volume shows a device file to a container, and opens it to none: the device rules of the container's cgroup deny it whoever asks, so that open(2) fails with \"operation not permitted\". runc allows null, zero, full, random, urandom, tty, ptmx and net/tun; a user, a group or a capability changes nothing. A device plugin opens a single device to a container that requests it (generic-device-plugin, smarter-device-manager, and those of GPU makers), and privileged opens all of them. It is a warning for a directory that an object mounts by itself, as listing it works, and a note where a runtime class may open the device.",
			Example: "devices: \"/dev/dri/renderD128\": \"transcoding\"    // extended: \"gpu.intel.com/i915\": 1, or exempt: privileged: \"transcoding\"",
		},
		{
			Code: "runtime/device-group", Title: "processes are not in the group of a device file",
			Text:    "Device files belong to root and a group, and nobody else may open them: dialout for serial ports, video and render for cameras and GPUs, audio for sound. A container that runs as another user needs the group's number, also when it is privileged. The number is the node's, and some differ between nodes: `getent group render` tells it. Rules of udev on the node may say otherwise, so this is a warning, and a note where only such a rule names a group, as for what is in /dev/bus/usb.",
			Example: "user: 1000, groups: [20]    // dialout, for /dev/ttyUSB0",
		},
		{
			Code: "runtime/hostpath-type", Title: "a host path is not what its type says",
			Text:    "The kubelet compares a hostPath volume's type with what is at the path before it starts the pod, and starts nothing when they differ: /dev/bus/usb and /dev/dri are directories, and /dev/sda is a block device.",
			Example: "hostPath: {path: /dev/bus/usb, type: CharDevice}    # type: Directory",
		},
		{
			Code: "runtime/capability", Title: "a capability that Linux does not have",
			Text:    "Kubernetes takes any text for a capability, and runc leaves out those that it does not know with a line in its log. The container starts, and fails later for want of the right. Kubernetes writes them without CAP_; containerd puts that in front, so that CAP_NET_ADMIN becomes CAP_CAP_NET_ADMIN, which does not exist.",
			Example: "capabilities: {add: [SYSNICE]}    # SYS_NICE",
		},
		{
			Code: "runtime/sysctl", Title: "a kernel setting that kubelets refuse",
			Text:    "A pod may set what the kernel keeps for its own namespaces: net.*, fs.mqueue.* and some of kernel.*. A few of these are safe and always allowed, such as net.ipv4.ip_unprivileged_port_start; others only where the kubelet is started with --allowed-unsafe-sysctls, which is a warning here. Everything else, such as vm.max_map_count, belongs to the node as a whole, and no kubelet lets a pod set it. The API server takes all of them. The kubelet then ends the pod with SysctlForbidden.",
			Example: "securityContext: {sysctls: [{name: vm.max_map_count, value: \"262144\"}]}    # on the node: /etc/sysctl.d",
		},
		{
			Code: "runtime/profile", Title: "a profile that must lie on the nodes",
			Text:    "A seccomp profile of type Localhost is a file below /var/lib/kubelet/seccomp of the node, and one of AppArmor is loaded into its kernel. A container is not created where its profile is missing. It is a note, as nodes are not asked; nothing is reported when the tree has objects of the Security Profiles Operator, or pods that write there.",
			Example: "seccompProfile: {type: Localhost, localhostProfile: audit.json}    # type: RuntimeDefault",
		},
		{
			Code: "runtime/class", Title: "a RuntimeClass that nothing in the tree makes",
			Text:    "Pods name the container runtime by a RuntimeClass, and the API server refuses pods whose class does not exist, while it takes the Deployment. It is a note, since a chart may make the class, or the setup of a node. Those that K3s makes itself are known.",
			Example: "runtimeClassName: nvdia    # nvidia",
		},
	}
}
