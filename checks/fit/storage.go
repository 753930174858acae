package fit

import (
	"fmt"
	"maps"
	"slices"

	corev1 "k8s.io/api/core/v1"
	storagev1 "k8s.io/api/storage/v1"
	"k8s.io/component-helpers/storage/volume"

	"stillsuit.dev/placement/demand"
	"stillsuit.dev/placement/scheduler"
)

// storage is what is known of claims, volumes and classes.
type storage struct {
	claims  map[string]*corev1.PersistentVolumeClaim // namespace/name
	volumes []*corev1.PersistentVolume
	classes map[string]*storagev1.StorageClass
	local   map[string]bool
}

const defaultClass = "storageclass.kubernetes.io/is-default-class"

// onNode are provisioners whose volumes lie on the node of their first pod.
func onNode(provisioner string) bool {
	switch provisioner {
	case "rancher.io/local-path", "openebs.io/local", "local.csi.openebs.io", "zfs.csi.openebs.io", "topolvm.io":
		return true
	}
	return false
}

// settle gives a claim the default class.
func (s *storage) settle(c *corev1.PersistentVolumeClaim) {
	if class := scheduler.ClassOf(c, slices.Collect(maps.Values(s.classes))); class != "" && !volume.PersistentVolumeClaimHasClass(c) {
		c.Spec.StorageClassName = &class
	}
}

// known reports whether it can be told where a claim's volume may lie.
func (s *storage) known(c *corev1.PersistentVolumeClaim) bool {
	if c.Spec.VolumeName != "" {
		return slices.ContainsFunc(s.volumes, func(v *corev1.PersistentVolume) bool { return v.Name == c.Spec.VolumeName })
	}
	return s.classes[volume.GetPersistentVolumeClaimClass(c)] != nil
}

// cluster is the part of what kube-scheduler knows that is about storage.
func (s *storage) cluster() *scheduler.Cluster {
	out := &scheduler.Cluster{Volumes: s.volumes, Local: s.local}
	for _, name := range slices.Sorted(maps.Keys(s.classes)) {
		out.Classes = append(out.Classes, s.classes[name])
	}
	for _, key := range slices.Sorted(maps.Keys(s.claims)) {
		if s.known(s.claims[key]) {
			out.Claims = append(out.Claims, s.claims[key])
		}
	}
	return out
}

// claimsOf are the keys of the claims on which a pod waits.
func (s *storage) claimsOf(w *demand.Workload, i int) []string {
	var out []string
	for _, v := range w.Template.Spec.Volumes {
		if v.PersistentVolumeClaim != nil {
			out = append(out, w.Template.Namespace+"/"+v.PersistentVolumeClaim.ClaimName)
		}
	}
	for j := range w.Claims {
		out = append(out, w.Template.Namespace+"/"+madeClaim(w, j, i))
	}
	return out
}

// madeClaim is the name that the StatefulSet controller gives a claim.
func madeClaim(w *demand.Workload, claim, i int) string {
	return fmt.Sprintf("%s-%s-%d", w.Claims[claim].Name, w.Template.Name, i)
}

// made are the claims that are made for a pod.
func (s *storage) made(one *pod) []*corev1.PersistentVolumeClaim {
	var out []*corev1.PersistentVolumeClaim
	for i := range one.Claims {
		c := one.Claims[i].DeepCopy()
		c.Namespace, c.Name = one.Template.Namespace, one.madeName(i)
		s.settle(c)
		if s.known(c) {
			out = append(out, c)
		}
	}
	return out
}

func (one *pod) madeName(claim int) string {
	ours := one.claims[len(one.claims)-len(one.Claims):]
	return ours[claim][len(one.Template.Namespace)+1:]
}

// mount writes the volumes of a pod: those that are made for it, and of the others
// those that can be judged.
func (s *storage) mount(one *pod, out *corev1.Pod) {
	out.Spec.Volumes = slices.DeleteFunc(out.Spec.Volumes, func(v corev1.Volume) bool {
		if slices.ContainsFunc(one.Claims, func(c corev1.PersistentVolumeClaim) bool { return c.Name == v.Name }) {
			return true
		}
		if v.PersistentVolumeClaim != nil {
			c := s.claims[out.Namespace+"/"+v.PersistentVolumeClaim.ClaimName]
			return c == nil || !s.known(c)
		}
		if v.Ephemeral != nil && v.Ephemeral.VolumeClaimTemplate != nil {
			c := &corev1.PersistentVolumeClaim{Spec: *v.Ephemeral.VolumeClaimTemplate.Spec.DeepCopy()}
			s.settle(c)
			return !s.known(c)
		}
		return false
	})
	for _, c := range s.made(one) {
		out.Spec.Volumes = append(out.Spec.Volumes, corev1.Volume{Name: c.Name, VolumeSource: corev1.VolumeSource{
			PersistentVolumeClaim: &corev1.PersistentVolumeClaimVolumeSource{ClaimName: c.Name},
		}})
	}
}

// claim is the claim of a pod with this key: one of the objects, or one that is made.
func (s *storage) claim(key string, one *pod) *corev1.PersistentVolumeClaim {
	for _, made := range s.made(one) {
		if made.Namespace+"/"+made.Name == key {
			return made
		}
	}
	return s.claims[key]
}

// onNode reports whether the volume of a pod's claim lies on the node where the pod
// first ran.
func (s *storage) onNode(key string, one *pod) bool {
	c := s.claim(key, one)
	return c != nil && c.Spec.VolumeName == "" && s.local[volume.GetPersistentVolumeClaimClass(c)]
}
