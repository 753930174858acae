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
	}
}
