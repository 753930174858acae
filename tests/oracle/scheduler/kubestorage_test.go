package scheduler

import (
	"reflect"
	"testing"

	"github.com/stretchr/testify/require"
	corev1 "k8s.io/api/core/v1"
	storagev1 "k8s.io/api/storage/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/component-helpers/storage/volume"
	"k8s.io/klog/v2"
)

// bringClaims makes the claims of ephemeral volumes, as their controller does.
func (k *kube) bringClaims(t testing.TB, pod *corev1.Pod) {
	t.Helper()
	for _, v := range pod.Spec.Volumes {
		if v.Ephemeral == nil {
			continue
		}
		name := pod.Name + "-" + v.Name
		if _, err := k.informers.Core().V1().PersistentVolumeClaims().Lister().PersistentVolumeClaims(pod.Namespace).Get(name); err == nil {
			continue
		}
		yes := true
		k.addClaim(t, &corev1.PersistentVolumeClaim{
			ObjectMeta: metav1.ObjectMeta{Namespace: pod.Namespace, Name: name, OwnerReferences: []metav1.OwnerReference{{
				APIVersion: "v1", Kind: "Pod", Name: pod.Name, UID: pod.UID, Controller: &yes,
			}}},
			Spec: v.Ephemeral.VolumeClaimTemplate.Spec,
		})
	}
}

// addClaim adds a claim, and binds it as the volume controller does when it names a
// volume or its class does not wait for a pod.
func (k *kube) addClaim(t testing.TB, c *corev1.PersistentVolumeClaim) {
	t.Helper()
	c.UID = types.UID(c.Namespace + "/" + c.Name)
	if !volume.PersistentVolumeClaimHasClass(c) { // as admission does
		c.Spec.StorageClassName = &k.world.Classes[0].Name
	}
	class := k.class(c)
	switch {
	case c.Spec.VolumeName != "":
		k.take(t, c, c.Spec.VolumeName)
	case class != nil && (class.VolumeBindingMode == nil || *class.VolumeBindingMode == storagev1.VolumeBindingImmediate) && class.Provisioner != volume.NotSupportedProvisioner:
		k.provision(t, c, "")
	}
	k.add(t, k.informers.Core().V1().PersistentVolumeClaims().Informer(), c)
}

func (k *kube) class(c *corev1.PersistentVolumeClaim) *storagev1.StorageClass {
	class, err := k.informers.Storage().V1().StorageClasses().Lister().Get(volume.GetPersistentVolumeClaimClass(c))
	if err != nil {
		return nil
	}
	return class
}

// take binds a claim to a volume, if that is there.
func (k *kube) take(t testing.TB, c *corev1.PersistentVolumeClaim, name string) {
	t.Helper()
	c.Spec.VolumeName = name
	metav1.SetMetaDataAnnotation(&c.ObjectMeta, volume.AnnBindCompleted, "yes")
	v, err := k.informers.Core().V1().PersistentVolumes().Lister().Get(name)
	if err != nil {
		return
	}
	v = v.DeepCopy()
	v.Spec.ClaimRef = &corev1.ObjectReference{Namespace: c.Namespace, Name: c.Name, UID: c.UID}
	v.Status.Phase = corev1.VolumeBound
	k.add(t, k.informers.Core().V1().PersistentVolumes().Informer(), v)
}

// provision makes a volume for a claim: on the node when its class is local, else
// where the class allows.
func (k *kube) provision(t testing.TB, c *corev1.PersistentVolumeClaim, node string) {
	t.Helper()
	class := k.class(c)
	v := &corev1.PersistentVolume{ObjectMeta: metav1.ObjectMeta{Name: "pvc-" + c.Namespace + "-" + c.Name}}
	v.Spec.StorageClassName = class.Name
	v.Spec.Capacity = c.Spec.Resources.Requests
	v.Spec.AccessModes = c.Spec.AccessModes
	var terms []corev1.NodeSelectorTerm
	switch {
	case k.world.Local[class.Name] && node != "":
		terms = []corev1.NodeSelectorTerm{{MatchExpressions: []corev1.NodeSelectorRequirement{{Key: itself, Operator: corev1.NodeSelectorOpIn, Values: []string{node}}}}}
	default:
		for _, allowed := range class.AllowedTopologies {
			var term corev1.NodeSelectorTerm
			for _, e := range allowed.MatchLabelExpressions {
				term.MatchExpressions = append(term.MatchExpressions, corev1.NodeSelectorRequirement{Key: e.Key, Operator: corev1.NodeSelectorOpIn, Values: e.Values})
			}
			terms = append(terms, term)
		}
	}
	if len(terms) > 0 {
		v.Spec.NodeAffinity = &corev1.VolumeNodeAffinity{Required: &corev1.NodeSelector{NodeSelectorTerms: terms}}
	}
	k.add(t, k.informers.Core().V1().PersistentVolumes().Informer(), v)
	k.take(t, c, v.Name)
}

// bind does what the volume controller and provisioners do for a pod that was placed:
// the claims get the volumes that the scheduler chose, the others new ones.
func (k *kube) bind(t testing.TB, pod *corev1.Pod, node string) {
	t.Helper()
	claims, err := k.binder.GetPodVolumeClaims(klog.Background(), pod)
	require.NoError(t, err)
	n, err := k.informers.Core().V1().Nodes().Lister().Get(node)
	require.NoError(t, err)
	volumes, reasons, err := k.binder.FindPodVolumes(klog.Background(), pod, claims, n)
	require.NoError(t, err)
	require.Empty(t, reasons)
	lister := k.informers.Core().V1().PersistentVolumeClaims().Lister()
	give := func(namespace, name string, bind func(c *corev1.PersistentVolumeClaim)) {
		c, err := lister.PersistentVolumeClaims(namespace).Get(name)
		require.NoError(t, err)
		c = c.DeepCopy()
		bind(c)
		k.add(t, k.informers.Core().V1().PersistentVolumeClaims().Informer(), c)
	}
	for _, b := range volumes.StaticBindings {
		of := func(field, what string) string { // what it chose is not exported
			return reflect.ValueOf(b).Elem().FieldByName(field).Elem().FieldByName("ObjectMeta").FieldByName(what).String()
		}
		give(of("pvc", "Namespace"), of("pvc", "Name"), func(c *corev1.PersistentVolumeClaim) { k.take(t, c, of("pv", "Name")) })
	}
	for _, p := range volumes.DynamicProvisions {
		give(p.PVC.Namespace, p.PVC.Name, func(c *corev1.PersistentVolumeClaim) { k.provision(t, c, node) })
	}
}
