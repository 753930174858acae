package backup

import (
	"cmp"
	"fmt"
	"maps"
	"slices"

	corev1 "k8s.io/api/core/v1"
	storagev1 "k8s.io/api/storage/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/component-helpers/storage/volume"

	"stillsuit.dev/generator/model"
	"stillsuit.dev/inventory"
	"stillsuit.dev/placement/scheduler"
)

// storage is what the tree, and the cluster's facts, say of volumes.
type storage struct {
	claims  map[string]*corev1.PersistentVolumeClaim // namespace/name
	volumes []*corev1.PersistentVolume
	classes []*storagev1.StorageClass
}

func readStorage(s *inventory.Subject) *storage {
	out := &storage{claims: map[string]*corev1.PersistentVolumeClaim{}}
	for _, o := range s.Objects {
		switch v := o.Value.(type) {
		case *corev1.PersistentVolumeClaim:
			out.claims[v.Namespace+"/"+v.Name] = v
		case *corev1.PersistentVolume:
			out.volumes = append(out.volumes, v)
		case *storagev1.StorageClass:
			out.classes = append(out.classes, v)
		}
	}
	if s.Cluster != nil {
		out.declared(s.Cluster)
	}
	return out
}

// declared adds the classes that something else makes, as far as the cluster says what
// they are.
func (s *storage) declared(c *model.Cluster) {
	for _, name := range slices.Sorted(maps.Keys(c.Storage)) {
		class := c.Storage[name]
		if name == bundled && c.Kubernetes.Brings("local-storage") {
			continue
		}
		if class.Provisioner == model.LocalPath { // whoever makes it chooses what it makes
			class.Provisioner = ""
		}
		s.add(name, class.Provisioner, class.Default, nil)
	}
	if c.Kubernetes.Brings("local-storage") {
		annotations := map[string]string{}
		if c.Kubernetes.MakesLocal() {
			annotations[model.AnnotationVolumeType] = "local"
		}
		s.add(bundled, model.LocalPath, true, annotations)
	}
}

// bundled is the class that K3s makes.
const bundled = "local-path"

func (s *storage) add(name, provisioner string, isDefault bool, annotations map[string]string) {
	if slices.ContainsFunc(s.classes, func(c *storagev1.StorageClass) bool { return c.Name == name }) {
		return
	}
	all := maps.Clone(annotations)
	if isDefault {
		if all == nil {
			all = map[string]string{}
		}
		all["storageclass.kubernetes.io/is-default-class"] = "true"
	}
	s.classes = append(s.classes, &storagev1.StorageClass{ObjectMeta: metav1.ObjectMeta{Name: name, Annotations: all}, Provisioner: provisioner})
}

// claimOf is the claim of a pod's volume: one of the tree, or one that is made for the pod;
// nil for what is no claim, and for one that is not here.
func (s *storage) claimOf(pod *inventory.PodTemplate, v corev1.Volume) *corev1.PersistentVolumeClaim {
	if v.PersistentVolumeClaim == nil {
		return nil
	}
	for i := range pod.Claims {
		if pod.Claims[i].Name == v.Name {
			return &pod.Claims[i]
		}
	}
	return s.claims[pod.Object.Namespace+"/"+v.PersistentVolumeClaim.ClaimName]
}

// kind is what is known of the volume of a claim.
type kind struct {
	volume             string // the PersistentVolume of the tree that is a hostPath volume
	class, provisioner string
	hostPath, unknown  bool
}

// name is that of the class, for a sentence.
func (k kind) name() string { return cmp.Or(k.class, "of the default, which is not here,") }

// mend is what makes Velero read the volumes of a class.
func (k kind) mend() string {
	if k.provisioner == model.LocalPath {
		return fmt.Sprintf("write the annotation %s: local at StorageClass %s, and move the volumes that it made before", model.AnnotationVolumeType, k.class)
	}
	return "take a class of another provisioner, or another way to back it up"
}

// waiting is a volume of the tree that the claim may be bound to: of its class, for no other
// claim, with its access modes. One that Velero skips comes first.
func (s *storage) waiting(class string, claim *corev1.PersistentVolumeClaim) *corev1.PersistentVolume {
	var out *corev1.PersistentVolume
	for _, v := range s.volumes {
		if v.Spec.StorageClassName != class || v.Spec.ClaimRef != nil || !volume.CheckAccessModes(claim, v) {
			continue
		}
		if out == nil || v.Spec.HostPath != nil {
			out = v
		}
	}
	return out
}

// kindOf is what is known of the volume that a claim has, or will get.
func (s *storage) kindOf(claim *corev1.PersistentVolumeClaim) kind {
	bound := slices.IndexFunc(s.volumes, func(v *corev1.PersistentVolume) bool {
		to := v.Spec.ClaimRef
		return v.Name == claim.Spec.VolumeName || claim.Spec.VolumeName == "" && to != nil && to.Namespace == claim.Namespace && to.Name == claim.Name
	})
	if bound >= 0 {
		if v := s.volumes[bound]; v.Spec.HostPath != nil {
			return kind{volume: v.Name}
		}
		return kind{}
	}
	if claim.Spec.VolumeName != "" {
		return kind{} // a volume that was there before, of which the tree says nothing
	}
	name := scheduler.ClassOf(claim, s.classes)
	if v := s.waiting(name, claim); v != nil {
		if v.Spec.HostPath != nil {
			return kind{volume: v.Name}
		}
		return kind{}
	}
	i := slices.IndexFunc(s.classes, func(c *storagev1.StorageClass) bool { return c.Name == name })
	if i < 0 || s.classes[i].Provisioner == "" {
		return kind{class: name, unknown: true}
	}
	class := s.classes[i]
	return kind{class: name, provisioner: class.Provisioner, hostPath: model.MakesHostPath(class.Provisioner, class.Annotations, claim.Annotations)}
}
