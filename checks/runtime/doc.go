// Package runtime reports what the API server admits and a node then refuses, or gives less
// of than is asked: files below /dev, capabilities, kernel settings, and what must lie on the
// node.
//
// A hostPath volume lets a container see a device file. Whether it may open it is decided by
// the device rules of its cgroup, which runc and containerd keep closed but for a few files,
// and then by the file's mode. The check reports device files that stay closed to a
// container that is not privileged and gets no device from a plugin, files whose group the
// processes are not in, and host paths whose type is not what is there. What a runtime class
// or a device plugin opens is decided in the cluster; it is not guessed.
//
// A capability that Linux does not have is ignored by the runtime with a line in its log, so
// the container runs without it; those are reported too.
//
// A kernel setting (sysctl) that belongs to the node as a whole makes the kubelet refuse the
// pod, and so does one that is not on its list of safe ones, unless it was started to allow
// it. Profiles of seccomp and AppArmor that lie on the node, and RuntimeClasses that nothing
// in the tree makes, are noted.
//
// Nodes are not asked: files are known by their names, as the kernel and systemd's udev
// rules give them.
package runtime
