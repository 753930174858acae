package rig

import (
	"context"
	"fmt"
	"sync"

	corev1 "k8s.io/api/core/v1"
	storagev1 "k8s.io/api/storage/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/informers"
	"k8s.io/client-go/tools/cache"

	"stillsuit.dev/generator/model"
)

// Provisioner plays local-path: it makes a volume on the node that the
// scheduler chose for a claim's first pod, as long as that node has a disk for
// the claim's class or no node has, and ties the volume to the node.
type Provisioner struct {
	r       *Rig
	cluster *model.Cluster

	mu      sync.Mutex
	refused map[string]string
}

const selectedNode = "volume.kubernetes.io/selected-node"

// Provision plays the provisioner of the cluster's storage classes until the
// rig stops.
func (r *Rig) Provision(cluster *model.Cluster) *Provisioner {
	p := &Provisioner{r: r, cluster: cluster, refused: map[string]string{}}
	factory := informers.NewSharedInformerFactory(r.Client, 0)
	claims := factory.Core().V1().PersistentVolumeClaims().Informer()
	_, _ = claims.AddEventHandler(cache.ResourceEventHandlerFuncs{
		AddFunc:    func(o any) { p.provision(r.Context, o.(*corev1.PersistentVolumeClaim)) },
		UpdateFunc: func(_, o any) { p.provision(r.Context, o.(*corev1.PersistentVolumeClaim)) },
	})
	factory.Start(r.Context.Done())
	return p
}

// Refused tells which claims got no volume, and why.
func (p *Provisioner) Refused() map[string]string {
	p.mu.Lock()
	defer p.mu.Unlock()
	out := map[string]string{}
	for claim, why := range p.refused {
		out[claim] = why
	}
	return out
}

func (p *Provisioner) provision(ctx context.Context, claim *corev1.PersistentVolumeClaim) {
	node := claim.Annotations[selectedNode]
	if claim.Spec.VolumeName != "" || node == "" || claim.Spec.StorageClassName == nil {
		return
	}
	key, class := claim.Namespace+"/"+claim.Name, *claim.Spec.StorageClassName
	refuse := func(format string, args ...any) {
		p.mu.Lock()
		defer p.mu.Unlock()
		p.refused[key] = fmt.Sprintf(format, args...)
	}
	// Where no node has a disk for it, the class is the distribution's own: K3s's
	// local-path makes its volumes below this directory of any node.
	path, found := "/var/lib/rancher/k3s/storage", len(p.cluster.NodesOf(class)) == 0
	if n := p.cluster.Nodes[node]; n != nil {
		for _, d := range n.Disks {
			if d.Class == class {
				path, found = d.Path, true
			}
		}
	}
	if !found {
		refuse("its pod was placed on %s, which has no disk of class %s", node, class)
		return
	}
	volume := &corev1.PersistentVolume{
		ObjectMeta: metav1.ObjectMeta{Name: "pvc-" + string(claim.UID), Annotations: map[string]string{"pv.kubernetes.io/provisioned-by": "rancher.io/local-path"}},
		Spec: corev1.PersistentVolumeSpec{
			Capacity: claim.Spec.Resources.Requests, AccessModes: claim.Spec.AccessModes, StorageClassName: class,
			PersistentVolumeReclaimPolicy: corev1.PersistentVolumeReclaimRetain,
			ClaimRef:                      &corev1.ObjectReference{Kind: "PersistentVolumeClaim", APIVersion: "v1", Namespace: claim.Namespace, Name: claim.Name, UID: claim.UID},
			PersistentVolumeSource:        corev1.PersistentVolumeSource{HostPath: &corev1.HostPathVolumeSource{Path: path + "/" + key}},
			NodeAffinity: &corev1.VolumeNodeAffinity{Required: &corev1.NodeSelector{NodeSelectorTerms: []corev1.NodeSelectorTerm{{
				MatchExpressions: []corev1.NodeSelectorRequirement{{Key: corev1.LabelHostname, Operator: corev1.NodeSelectorOpIn, Values: []string{node}}},
			}}}},
		},
	}
	if _, err := p.r.Client.CoreV1().PersistentVolumes().Create(ctx, volume, metav1.CreateOptions{}); err != nil && !apierrors.IsAlreadyExists(err) && ctx.Err() == nil {
		refuse("create its volume: %v", err)
	}
}

// StorageClass is a class as the cluster's facts have it, for trees that do not
// render it themselves. Its volumes can only lie where there is a disk for them.
func StorageClass(name string, cluster *model.Cluster) *storagev1.StorageClass {
	class := cluster.Storage[name]
	retain, mode := corev1.PersistentVolumeReclaimRetain, storagev1.VolumeBindingWaitForFirstConsumer
	if !class.WaitsForConsumer() {
		mode = storagev1.VolumeBindingImmediate
	}
	s := &storagev1.StorageClass{
		ObjectMeta:  metav1.ObjectMeta{Name: name},
		Provisioner: class.Provisioner, ReclaimPolicy: &retain, VolumeBindingMode: &mode,
	}
	if class.Default {
		s.Annotations = map[string]string{"storageclass.kubernetes.io/is-default-class": "true"}
	}
	if nodes := cluster.NodesOf(name); len(nodes) > 0 {
		s.AllowedTopologies = []corev1.TopologySelectorTerm{{MatchLabelExpressions: []corev1.TopologySelectorLabelRequirement{{Key: corev1.LabelHostname, Values: nodes}}}}
	}
	return s
}
