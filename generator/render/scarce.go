package render

import (
	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"stillsuit.dev/generator/model"
)

// How many objects of a kind a workspace may hold, our choice: many more than 32 pods
// need, and few enough that they neither fill the API server's store nor use up the
// addresses of Services. A Deployment keeps ten old ReplicaSets beside the new one.
const (
	workspaceObjects     = 128
	workspaceReplicaSets = 11 * workspaceObjects
)

// counted are the kinds that fill a workspace, as a quota calls them. Pods are those
// that have ended, too.
var counted = []corev1.ResourceName{
	"count/configmaps", "count/cronjobs.batch", "count/deployments.apps", "count/ingresses.networking.k8s.io", "count/jobs.batch",
	"count/pods", "count/secrets", "count/services", "count/statefulsets.apps",
}

// podless allow no pods of a kind that harms those of other namespaces, however little
// they ask for: with a priority class they could push others off their node, and with
// affinity to pods of other namespaces keep them from it.
func podless(namespace string) []*corev1.ResourceQuota {
	var out []*corev1.ResourceQuota
	for _, no := range []struct {
		name  string
		scope corev1.ResourceQuotaScope
	}{{"affinity", corev1.ResourceQuotaScopeCrossNamespacePodAffinity}, {"priority", corev1.ResourceQuotaScopePriorityClass}} {
		out = append(out, &corev1.ResourceQuota{
			ObjectMeta: metav1.ObjectMeta{Name: namespace + "-" + no.name, Namespace: namespace, Labels: map[string]string{labelManagedBy: managedBy}},
			Spec: corev1.ResourceQuotaSpec{
				Hard: corev1.ResourceList{corev1.ResourcePods: *quantity(0)},
				ScopeSelector: &corev1.ScopeSelector{MatchExpressions: []corev1.ScopedResourceSelectorRequirement{
					{ScopeName: no.scope, Operator: corev1.ScopeSelectorOpExists},
				}},
			},
		})
	}
	return out
}

// scarce is what a workspace gets nothing of, or only so much that enough is left for
// others: addresses, GPUs, volumes, and room in the API server's store.
func (r *renderer) scarce(namespace string, quota *model.Quota) corev1.ResourceList {
	hard := corev1.ResourceList{corev1.ResourceServicesLoadBalancers: *quantity(0), corev1.ResourceServicesNodePorts: *quantity(0)}
	for _, kind := range counted {
		hard[kind] = *quantity(workspaceObjects)
	}
	hard["count/replicasets.apps"] = *quantity(workspaceReplicaSets)
	for _, node := range r.d.Cluster.Nodes {
		if node.GPU != nil && node.GPU.Resource != "" {
			hard[corev1.ResourceName(corev1.DefaultResourceRequestsPrefix+node.GPU.Resource)] = *quantity(0)
		}
	}
	hard[corev1.ResourcePersistentVolumeClaims] = *quantity(r.ownClaims(namespace))
	if quota.Storage != nil {
		hard[corev1.ResourcePersistentVolumeClaims] = *quantity(workspaceObjects)
	}
	return hard
}

// ownClaims counts the claims of a namespace that come from the tree: those in it, and
// those that StatefulSets and charts make for each of their pods.
func (r *renderer) ownClaims(namespace string) int64 {
	claims := 0
	for id, o := range r.byID {
		if id.Namespace != namespace {
			continue
		}
		switch v := o.Value.(type) {
		case *corev1.PersistentVolumeClaim:
			claims++
		case *appsv1.StatefulSet:
			pods := 1 // as the API server fills in
			if v.Spec.Replicas != nil {
				pods = int(*v.Spec.Replicas)
			}
			claims += pods * len(v.Spec.VolumeClaimTemplates)
		}
	}
	for _, c := range r.charts {
		if c.Namespace != namespace {
			continue
		}
		for _, f := range c.Footprint {
			claims += f.Pods(len(r.d.Cluster.Nodes)) * len(f.Claims)
		}
	}
	return int64(claims)
}
