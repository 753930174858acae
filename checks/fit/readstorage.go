package fit

import (
	"fmt"
	"maps"
	"slices"

	corev1 "k8s.io/api/core/v1"
	storagev1 "k8s.io/api/storage/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/component-helpers/storage/volume"

	"stillsuit.dev/checks"
	"stillsuit.dev/finding"
	"stillsuit.dev/generator/manifest"
	"stillsuit.dev/generator/model"
	"stillsuit.dev/inventory"
	"stillsuit.dev/placement/demand"
)

// readStorage reads what the objects and the cluster's facts say.
func readStorage(subject *inventory.Subject, refused map[*manifest.Object]bool) *storage {
	s := &storage{claims: map[string]*corev1.PersistentVolumeClaim{}, classes: map[string]*storagev1.StorageClass{}, local: map[string]bool{}}
	for _, o := range subject.Objects {
		if refused[o] {
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
	if subject.Cluster != nil {
		s.declared(subject.Cluster)
	}
	for _, name := range slices.Sorted(maps.Keys(s.classes)) {
		s.local[name] = s.local[name] || onNode(s.classes[name].Provisioner)
	}
	for _, key := range slices.Sorted(maps.Keys(s.claims)) {
		s.settle(s.claims[key])
	}
	return s
}

// declared adds the classes that the cluster's facts declare, and those that it brings.
func (s *storage) declared(c *model.Cluster) {
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
	if c.Kubernetes.Brings("local-storage") && s.classes["local-path"] == nil {
		wait := storagev1.VolumeBindingWaitForFirstConsumer
		s.classes["local-path"] = &storagev1.StorageClass{
			ObjectMeta:  metav1.ObjectMeta{Name: "local-path", Annotations: map[string]string{defaultClass: "true"}},
			Provisioner: "rancher.io/local-path", VolumeBindingMode: &wait,
		}
	}
}

// tellUnknownStorage reports the claims of which nothing is known, each once. They ask
// for nothing.
func tellUnknownStorage(pass *checks.Pass, s *storage, workloads []*demand.Workload) {
	told := map[string]bool{}
	for _, w := range workloads {
		for _, v := range w.Template.Spec.Volumes {
			if v.PersistentVolumeClaim == nil {
				continue
			}
			name := v.PersistentVolumeClaim.ClaimName
			if c := s.claims[w.Template.Namespace+"/"+name]; c == nil || !s.known(c) {
				tellUnknownClaim(pass, told, w, name, c)
			}
		}
		for i := range w.Claims {
			c := w.Claims[i].DeepCopy()
			s.settle(c)
			if !s.known(c) {
				tellUnknownClaim(pass, told, w, c.Name, c)
			}
		}
	}
}

func tellUnknownClaim(pass *checks.Pass, told map[string]bool, w *demand.Workload, claim string, c *corev1.PersistentVolumeClaim) {
	why := "there is no such claim in the tree"
	if c != nil {
		if why = "it has no storage class, and none is the default"; volume.GetPersistentVolumeClaimClass(c) != "" {
			why = fmt.Sprintf("the tree has no storage class %s", volume.GetPersistentVolumeClaimClass(c))
		}
	}
	fact := fmt.Sprintf("stillsuit cannot tell which nodes have claim %s of %s: %s", claim, w.Name, why)
	fix := "add the object to the tree"
	if pass.Cluster != nil {
		fix = "declare the class in cluster.storage, or add the object to the tree"
	}
	if told[fact] {
		return
	}
	told[fact] = true
	pass.Note(w.Spot, "fit/unknown-storage", fact,
		"its pods were placed as if every node had the volume", fix)
}

// storageCodes documents what is reported here.
func storageCodes() []finding.CodeDoc {
	return []finding.CodeDoc{
		{
			Code: "fit/unknown-storage", Title: "stillsuit cannot tell which nodes have a volume",
			Plural:  "it is not known which nodes have %d volumes",
			Text:    "A claim, or its storage class, is not among the objects. The check places the pods as if every node had the volume. If the volume is on one node only, the pods can run only there.",
			Example: "storage: \"local-path\": {provisioner: \"rancher.io/local-path\", default: true}",
		},
	}
}
