package scheduler

import (
	"fmt"

	corev1 "k8s.io/api/core/v1"
	storagev1 "k8s.io/api/storage/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/component-helpers/storage/volume"
)

// storage makes up the classes, volumes and shared claims of a cluster.
func (d dice) storage(w *world) {
	class := func(name, provisioner string, mode storagev1.VolumeBindingMode, allowed ...corev1.TopologySelectorTerm) {
		w.Classes = append(w.Classes, &storagev1.StorageClass{ObjectMeta: metav1.ObjectMeta{Name: name}, Provisioner: provisioner, VolumeBindingMode: &mode, AllowedTopologies: allowed})
	}
	class("local-path", "rancher.io/local-path", storagev1.VolumeBindingWaitForFirstConsumer)
	w.Classes[0].Annotations = map[string]string{"storageclass.kubernetes.io/is-default-class": "true"}
	class("nfs", "nfs.csi.k8s.io", storagev1.VolumeBindingWaitForFirstConsumer)
	class("nfs-now", "nfs.csi.k8s.io", storagev1.VolumeBindingImmediate)
	class("static", volume.NotSupportedProvisioner, storagev1.VolumeBindingWaitForFirstConsumer)
	class("static-now", volume.NotSupportedProvisioner, storagev1.VolumeBindingImmediate)
	class("sata", "sata.example.org", storagev1.VolumeBindingWaitForFirstConsumer, corev1.TopologySelectorTerm{MatchLabelExpressions: []corev1.TopologySelectorLabelRequirement{{Key: "disk", Values: []string{"ssd"}}}})
	w.Local = map[string]bool{"local-path": true}
	for i := range d.IntN(5) {
		// Sizes differ: of two of one size kube-scheduler takes either.
		v := d.volume(fmt.Sprintf("disk%d", i), 1+2*i, "static")
		if d.often(70) {
			v.Spec.NodeAffinity = onHost(pick(d, w.Nodes...).Name)
		}
		if i < 2 && d.often(25) { // kept for a claim; of two for one claim either would do
			v.Spec.ClaimRef = &corev1.ObjectReference{Namespace: []string{"home", "media"}[i], Name: "shared-local"}
			v.Spec.StorageClassName = "local-path"
		}
		w.Volumes = append(w.Volumes, v)
	}
	if d.often(40) {
		v := d.volume("bound", 10, "")
		v.Spec.NodeAffinity = onHost(pick(d, w.Nodes...).Name)
		if d.often(50) {
			v.Spec.NodeAffinity = nil
			v.Labels = map[string]string{corev1.LabelTopologyZone: pick(d, "attic", "cellar", "attic__shed")}
		}
		w.Volumes = append(w.Volumes, v)
	}
	for _, name := range []string{"shared-local", "shared-nfs", "shared-once", "shared-bound", "shared-lost"} {
		for _, namespace := range []string{"home", "media"} {
			if !d.often(60) || namespace == "media" && name == "shared-bound" {
				continue
			}
			c := &corev1.PersistentVolumeClaim{ObjectMeta: metav1.ObjectMeta{Namespace: namespace, Name: name}, Spec: d.claim()}
			if d.often(5) { // a scheduler chose before, and nothing was made there yet
				c.Annotations = map[string]string{volume.AnnSelectedNode: pick(d, w.Nodes...).Name}
			}
			switch name {
			case "shared-bound":
				c.Spec.VolumeName, c.Spec.StorageClassName = "bound", new(string)
			case "shared-lost":
				c.Spec.VolumeName, c.Spec.StorageClassName = "lost", new(string)
			case "shared-once":
				c.Spec.AccessModes = []corev1.PersistentVolumeAccessMode{corev1.ReadWriteOncePod}
			}
			w.Claims = append(w.Claims, c)
		}
	}
}

func (d dice) volume(name string, gib int, class string) *corev1.PersistentVolume {
	v := &corev1.PersistentVolume{ObjectMeta: metav1.ObjectMeta{Name: name}}
	v.Spec.StorageClassName = class
	v.Spec.Capacity = corev1.ResourceList{corev1.ResourceStorage: size(gib)}
	v.Spec.AccessModes = []corev1.PersistentVolumeAccessMode{corev1.ReadWriteOnce}
	if d.often(20) {
		v.Spec.AccessModes = append(v.Spec.AccessModes, corev1.ReadWriteMany)
	}
	return v
}

func onHost(name string) *corev1.VolumeNodeAffinity {
	return &corev1.VolumeNodeAffinity{Required: &corev1.NodeSelector{NodeSelectorTerms: []corev1.NodeSelectorTerm{{
		MatchExpressions: []corev1.NodeSelectorRequirement{{Key: corev1.LabelHostname, Operator: corev1.NodeSelectorOpIn, Values: []string{name}}},
	}}}}
}

func (d dice) claim() corev1.PersistentVolumeClaimSpec {
	class := pick(d, "local-path", "local-path", "local-path", "nfs", "nfs-now", "static", "sata", "static-now")
	name := &class
	if d.often(10) {
		name = nil // the default one
	}
	return corev1.PersistentVolumeClaimSpec{
		StorageClassName: name,
		AccessModes:      []corev1.PersistentVolumeAccessMode{pick(d, corev1.ReadWriteOnce, corev1.ReadWriteOnce, corev1.ReadWriteMany)},
		Resources:        corev1.VolumeResourceRequirements{Requests: corev1.ResourceList{corev1.ResourceStorage: size(1 + d.IntN(7))}},
	}
}

// volumes gives a pod claims that are shared, an ephemeral volume, or a network disk.
func (d dice) volumes(w *world, s *corev1.PodSpec, namespace string) {
	add := func(name string, source corev1.VolumeSource) {
		s.Volumes = append(s.Volumes, corev1.Volume{Name: name, VolumeSource: source})
	}
	for _, c := range w.Claims {
		if c.Namespace == namespace && d.rule(15) {
			add("v-"+c.Name, corev1.VolumeSource{PersistentVolumeClaim: &corev1.PersistentVolumeClaimVolumeSource{ClaimName: c.Name}})
		}
	}
	if d.rule(2) {
		add("missing", corev1.VolumeSource{PersistentVolumeClaim: &corev1.PersistentVolumeClaimVolumeSource{ClaimName: "missing"}})
	}
	if d.rule(6) {
		add("scratch", corev1.VolumeSource{Ephemeral: &corev1.EphemeralVolumeSource{VolumeClaimTemplate: &corev1.PersistentVolumeClaimTemplate{Spec: d.claim()}}})
	}
	if d.rule(4) {
		add("iscsi", corev1.VolumeSource{ISCSI: &corev1.ISCSIVolumeSource{TargetPortal: "10.0.0.9", IQN: "iqn.2026-01.org.example:disk", ReadOnly: d.often(50)}})
	}
	if d.rule(3) {
		add("rbd", corev1.VolumeSource{RBD: &corev1.RBDVolumeSource{CephMonitors: []string{"10.0.0.9"}, RBDPool: "rbd", RBDImage: "image", ReadOnly: d.often(50)}})
	}
	if d.often(5) {
		add("image", corev1.VolumeSource{Image: &corev1.ImageVolumeSource{Reference: "example.org/image2:1"}})
	}
}

// ownClaim gives a pod a claim that no other has, as a StatefulSet does.
func (d dice) ownClaim(w *world, pod *corev1.Pod, volume string) {
	name := volume + "-" + pod.Name
	w.Claims = append(w.Claims, &corev1.PersistentVolumeClaim{ObjectMeta: metav1.ObjectMeta{Namespace: pod.Namespace, Name: name}, Spec: d.claim()})
	pod.Spec.Volumes = append(pod.Spec.Volumes, corev1.Volume{Name: volume, VolumeSource: corev1.VolumeSource{PersistentVolumeClaim: &corev1.PersistentVolumeClaimVolumeSource{ClaimName: name}}})
}
