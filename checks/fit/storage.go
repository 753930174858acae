package fit

import (
	"fmt"
	"maps"
	"slices"

	corev1 "k8s.io/api/core/v1"
	storagev1 "k8s.io/api/storage/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
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

// readStorage reads what the objects and the cluster's facts say. Claims that
// cannot be judged are reported, and ask for nothing.
func (a *analysis) readStorage() *storage {
	s := &storage{claims: map[string]*corev1.PersistentVolumeClaim{}, classes: map[string]*storagev1.StorageClass{}, local: map[string]bool{}}
	for _, o := range a.subject.Objects {
		if a.invalid[o] {
			continue
		}
		switch v := o.Value.(type) {
		case *corev1.PersistentVolumeClaim:
			s.claims[v.Namespace+"/"+v.Name] = v.DeepCopy()
		case *corev1.PersistentVolume:
			s.volumes = append(s.volumes, v)
		case *storagev1.StorageClass:
			s.classes[v.Name] = v
		}
	}
	if c := a.subject.Cluster; c != nil {
		for _, name := range slices.Sorted(maps.Keys(c.Storage)) {
			if s.classes[name] != nil {
				continue
			}
			wait := storagev1.VolumeBindingWaitForFirstConsumer
			class := &storagev1.StorageClass{ObjectMeta: metav1.ObjectMeta{Name: name, Annotations: map[string]string{}}, Provisioner: c.Storage[name].Provisioner, VolumeBindingMode: &wait}
			if c.Storage[name].Default {
				class.Annotations[defaultClass] = "true"
			}
			if nodes := c.NodesOf(name); len(nodes) > 0 {
				if class.Provisioner == "" { // whoever makes them, they lie on these nodes
					class.Provisioner, s.local[name] = "unknown", true
				}
				class.AllowedTopologies = []corev1.TopologySelectorTerm{{MatchLabelExpressions: []corev1.TopologySelectorLabelRequirement{{Key: corev1.LabelHostname, Values: nodes}}}}
			}
			s.classes[name] = class
		}
	}
	if c := a.subject.Cluster; c != nil && c.Kubernetes.Brings("local-storage") && s.classes["local-path"] == nil {
		wait := storagev1.VolumeBindingWaitForFirstConsumer
		s.classes["local-path"] = &storagev1.StorageClass{
			ObjectMeta:  metav1.ObjectMeta{Name: "local-path", Annotations: map[string]string{defaultClass: "true"}},
			Provisioner: "rancher.io/local-path", VolumeBindingMode: &wait,
		}
	}
	for _, name := range slices.Sorted(maps.Keys(s.classes)) {
		s.local[name] = s.local[name] || onNode(s.classes[name].Provisioner)
	}
	for _, key := range slices.Sorted(maps.Keys(s.claims)) {
		s.settle(s.claims[key])
	}
	a.judgeClaims(s)
	return s
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

// judgeClaims reports the claims of which nothing is known.
func (a *analysis) judgeClaims(s *storage) {
	for _, w := range a.demand.Workloads {
		for _, v := range w.Template.Spec.Volumes {
			if v.PersistentVolumeClaim == nil {
				continue
			}
			name := v.PersistentVolumeClaim.ClaimName
			if c := s.claims[w.Template.Namespace+"/"+name]; c == nil || !s.known(c) {
				a.unknownStorage(w, name, c)
			}
		}
		for i := range w.Claims {
			c := w.Claims[i].DeepCopy()
			s.settle(c)
			if !s.known(c) {
				a.unknownStorage(w, c.Name, c)
			}
		}
	}
}

func (a *analysis) unknownStorage(w *demand.Workload, claim string, c *corev1.PersistentVolumeClaim) {
	why := "no such claim is here"
	if c != nil {
		if why = "it has no storage class, and none is the default"; volume.GetPersistentVolumeClaimClass(c) != "" {
			why = fmt.Sprintf("nothing here says where volumes of class %s lie", volume.GetPersistentVolumeClaimClass(c))
		}
	}
	a.tell(a.pass.Note, w.Spot, "fit/unknown-storage", fmt.Sprintf("%s mounts claim %s, and %s", w.Name, claim, why),
		"its pods are placed as if the volume could be on any node", "declare the class (cluster.storage), or add the object to the tree")
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
