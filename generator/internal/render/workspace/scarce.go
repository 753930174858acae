package workspace

import (
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"stillsuit.dev/generator/internal/labels"
	"stillsuit.dev/generator/internal/resolve"
	"stillsuit.dev/generator/internal/resolve/scope"
	"stillsuit.dev/generator/internal/resolve/workspaces"
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
			ObjectMeta: metav1.ObjectMeta{Name: namespace + "-" + no.name, Namespace: namespace, Labels: map[string]string{labels.ManagedBy: labels.Stillsuit}},
			Spec: corev1.ResourceQuotaSpec{
				Hard: corev1.ResourceList{corev1.ResourcePods: *scope.Quantity(0)},
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
func scarce(c *resolve.Cluster, w *workspaces.Workspace, quota *model.Quota) corev1.ResourceList {
	hard := corev1.ResourceList{corev1.ResourceServicesLoadBalancers: *scope.Quantity(0), corev1.ResourceServicesNodePorts: *scope.Quantity(0)}
	for _, kind := range counted {
		hard[kind] = *scope.Quantity(workspaceObjects)
	}
	hard["count/replicasets.apps"] = *scope.Quantity(workspaceReplicaSets)
	for _, node := range c.Desired.Cluster.Nodes {
		if node.GPU != nil && node.GPU.Resource != "" {
			hard[corev1.ResourceName(corev1.DefaultResourceRequestsPrefix+node.GPU.Resource)] = *scope.Quantity(0)
		}
	}
	hard[corev1.ResourcePersistentVolumeClaims] = *scope.Quantity(w.ClaimCount)
	if quota.Storage != nil {
		hard[corev1.ResourcePersistentVolumeClaims] = *scope.Quantity(workspaceObjects)
	}
	return hard
}
