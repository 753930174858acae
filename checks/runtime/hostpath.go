package runtime

import (
	"fmt"

	corev1 "k8s.io/api/core/v1"

	"stillsuit.dev/generator/kernel"
)

// types compares the types of host paths with what is known to lie there, as the kubelet
// does before it starts the pod (pkg/volume/hostpath, checkTypeInternal). It follows links.
func (c check) types() {
	for i, v := range c.pod.Spec.Volumes {
		if v.HostPath == nil || v.HostPath.Type == nil || *v.HostPath.Type == corev1.HostPathUnset {
			continue
		}
		kind, known := kernel.KindOf(v.HostPath.Path)
		wanted := kernel.Kind(*v.HostPath.Type)
		if wanted == "DirectoryOrCreate" {
			wanted = kernel.Directory
		}
		if !known || wanted == kind {
			continue
		}
		c.Error(c.volumeSpot(i, "type"), "runtime/hostpath-type",
			fmt.Sprintf("%s is %s, and volume %s of %s requires type %s", v.HostPath.Path, kind, v.Name, c.pod.DisplayName(), *v.HostPath.Type),
			"the kubelet then does not start the pod", fmt.Sprintf("write type: %q", string(kind)))
	}
}
