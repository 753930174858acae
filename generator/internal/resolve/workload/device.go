package workload

import (
	"fmt"
	"maps"
	"slices"

	corev1 "k8s.io/api/core/v1"

	"stillsuit.dev/finding"
	"stillsuit.dev/generator/internal/resolve/scope"
	"stillsuit.dev/generator/kernel"
	"stillsuit.dev/generator/model"
)

// devices are the files below /dev that a container declares: each is a volume, and mounted
// where it is on the node.
func (r containers) devices(at model.Path, name string, c *model.Container) ([]corev1.VolumeMount, []corev1.Volume) {
	var mounts []corev1.VolumeMount
	var volumes []corev1.Volume
	for _, declared := range slices.Sorted(maps.Keys(c.Devices)) {
		if below, ok := kernel.Below(declared); !ok || below == "." {
			r.Error(at.Join("devices", declared), "volume/bad-device", fmt.Sprintf("%q is not a device file, which container %s needs", declared, name),
				"", `write its path below /dev; a volume with hostPath takes any other path`)
			continue
		}
		file, kind := kernel.Clean(declared), hostPathType(declared, kernel.CharDevice)
		volume := slug("device", file)
		volumes = append(volumes, corev1.Volume{Name: volume, VolumeSource: corev1.VolumeSource{HostPath: &corev1.HostPathVolumeSource{Path: file, Type: &kind}}})
		mounts = append(mounts, corev1.VolumeMount{Name: volume, MountPath: file})
	}
	return mounts, volumes
}

// hostPathType is what must be at a path of the node, which the kubelet compares before it
// starts a pod: what is known to be there, else what is usual.
func hostPathType(file string, usual kernel.Kind) corev1.HostPathType {
	if kind, known := kernel.KindOf(file); known {
		return corev1.HostPathType(kind)
	}
	return corev1.HostPathType(usual)
}

// extended reports resources of device plugins that no node offers.
func (r containers) extended(w *scope.Workload, at model.Path, c *model.Container) {
	offered := map[string]bool{}
	for _, node := range r.Desired.Cluster.Nodes {
		if node.Offline != "" {
			continue
		}
		for name := range node.Extended {
			offered[name] = true
		}
		if node.GPU != nil {
			offered[node.GPU.Resource] = true
		}
	}
	for _, name := range slices.Sorted(maps.Keys(c.Extended)) {
		if !offered[name] {
			known := slices.Sorted(maps.Keys(offered))
			r.Error(at.Join("extended", name), "place/no-resource", fmt.Sprintf("%s requests %s, which no node offers", w.Full, name),
				"", finding.DidYouMean(name, known, fmt.Sprintf("add nodes: NODE: extended: %q: 1 to the node whose device plugin does", name))).Like(name, known)
		}
	}
}

// has reports whether a node has a device file.
func has(node *model.Node, device string) bool {
	for declared := range node.Devices {
		if kernel.Clean(declared) == kernel.Clean(device) {
			return true
		}
	}
	return false
}
