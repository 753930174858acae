package builtin

import (
	"context"

	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/util/validation/field"
	"k8s.io/kubernetes/pkg/registry/apps/controllerrevision"
	"k8s.io/kubernetes/pkg/registry/apps/daemonset"
	"k8s.io/kubernetes/pkg/registry/apps/deployment"
	"k8s.io/kubernetes/pkg/registry/apps/statefulset"
	"k8s.io/kubernetes/pkg/registry/autoscaling/horizontalpodautoscaler"
	"k8s.io/kubernetes/pkg/registry/batch/cronjob"
	"k8s.io/kubernetes/pkg/registry/certificates/clustertrustbundle"
	"k8s.io/kubernetes/pkg/registry/coordination/lease"
	"k8s.io/kubernetes/pkg/registry/core/limitrange"
	"k8s.io/kubernetes/pkg/registry/core/podtemplate"
	"k8s.io/kubernetes/pkg/registry/core/resourcequota"
	"k8s.io/kubernetes/pkg/registry/flowcontrol/flowschema"
	"k8s.io/kubernetes/pkg/registry/flowcontrol/prioritylevelconfiguration"
	"k8s.io/kubernetes/pkg/registry/networking/ingress"
	"k8s.io/kubernetes/pkg/registry/networking/ingressclass"
	"k8s.io/kubernetes/pkg/registry/networking/ipaddress"
	"k8s.io/kubernetes/pkg/registry/networking/networkpolicy"
	"k8s.io/kubernetes/pkg/registry/networking/servicecidr"
	"k8s.io/kubernetes/pkg/registry/node/runtimeclass"
	"k8s.io/kubernetes/pkg/registry/policy/poddisruptionbudget"
	"k8s.io/kubernetes/pkg/registry/rbac/clusterrole"
	"k8s.io/kubernetes/pkg/registry/rbac/clusterrolebinding"
	"k8s.io/kubernetes/pkg/registry/rbac/role"
	"k8s.io/kubernetes/pkg/registry/rbac/rolebinding"
	"k8s.io/kubernetes/pkg/registry/resource/deviceclass"
	"k8s.io/kubernetes/pkg/registry/scheduling/priorityclass"
	"k8s.io/kubernetes/pkg/registry/storage/csidriver"
	"k8s.io/kubernetes/pkg/registry/storage/csinode"
	"k8s.io/kubernetes/pkg/registry/storage/csistoragecapacity"
	"k8s.io/kubernetes/pkg/registry/storage/storageclass"
	"k8s.io/kubernetes/pkg/registry/storage/volumeattachment"
	"k8s.io/kubernetes/pkg/registry/storage/volumeattributesclass"
	"k8s.io/kubernetes/pkg/registry/storagemigration/storagemigration"
)

// strategy is what the API server does with an object of a kind when it is created
// (k8s.io/apiserver, pkg/registry/rest, RESTCreateStrategy).
type strategy interface {
	NamespaceScoped() bool
	PrepareForCreate(ctx context.Context, obj runtime.Object)
	Validate(ctx context.Context, obj runtime.Object) field.ErrorList
}

// strategies are the API server's own, by group and kind. The packages of others import a
// server's storage; what those do is in written.go and registered.go.
func strategies() map[schema.GroupKind]strategy {
	all := map[schema.GroupKind]strategy{
		{Group: "apps", Kind: "ControllerRevision"}:                                 controllerrevision.Strategy,
		{Group: "apps", Kind: "DaemonSet"}:                                          daemonset.Strategy,
		{Group: "apps", Kind: "Deployment"}:                                         deployment.Strategy,
		{Group: "apps", Kind: "StatefulSet"}:                                        statefulset.Strategy,
		{Group: "autoscaling", Kind: "HorizontalPodAutoscaler"}:                     horizontalpodautoscaler.Strategy,
		{Group: "batch", Kind: "CronJob"}:                                           cronjob.Strategy,
		{Group: "certificates.k8s.io", Kind: "ClusterTrustBundle"}:                  clustertrustbundle.Strategy,
		{Group: "coordination.k8s.io", Kind: "Lease"}:                               lease.Strategy,
		{Kind: "LimitRange"}:                                                        limitrange.Strategy,
		{Kind: "PodTemplate"}:                                                       podtemplate.Strategy,
		{Kind: "ResourceQuota"}:                                                     resourcequota.Strategy,
		{Group: "flowcontrol.apiserver.k8s.io", Kind: "FlowSchema"}:                 flowschema.Strategy,
		{Group: "flowcontrol.apiserver.k8s.io", Kind: "PriorityLevelConfiguration"}: prioritylevelconfiguration.Strategy,
		{Group: "networking.k8s.io", Kind: "Ingress"}:                               ingress.Strategy,
		{Group: "networking.k8s.io", Kind: "IngressClass"}:                          ingressclass.Strategy,
		{Group: "networking.k8s.io", Kind: "IPAddress"}:                             ipaddress.Strategy,
		{Group: "networking.k8s.io", Kind: "NetworkPolicy"}:                         networkpolicy.Strategy,
		{Group: "networking.k8s.io", Kind: "ServiceCIDR"}:                           servicecidr.Strategy,
		{Group: "node.k8s.io", Kind: "RuntimeClass"}:                                runtimeclass.Strategy,
		{Group: "policy", Kind: "PodDisruptionBudget"}:                              poddisruptionbudget.Strategy,
		{Group: "rbac.authorization.k8s.io", Kind: "ClusterRole"}:                   clusterrole.Strategy,
		{Group: "rbac.authorization.k8s.io", Kind: "ClusterRoleBinding"}:            clusterrolebinding.Strategy,
		{Group: "rbac.authorization.k8s.io", Kind: "Role"}:                          role.Strategy,
		{Group: "rbac.authorization.k8s.io", Kind: "RoleBinding"}:                   rolebinding.Strategy,
		{Group: "resource.k8s.io", Kind: "DeviceClass"}:                             deviceclass.Strategy,
		{Group: "scheduling.k8s.io", Kind: "PriorityClass"}:                         priorityclass.Strategy,
		{Group: "storage.k8s.io", Kind: "CSIDriver"}:                                csidriver.Strategy,
		{Group: "storage.k8s.io", Kind: "CSINode"}:                                  csinode.Strategy,
		{Group: "storage.k8s.io", Kind: "CSIStorageCapacity"}:                       csistoragecapacity.Strategy,
		{Group: "storage.k8s.io", Kind: "StorageClass"}:                             storageclass.Strategy,
		{Group: "storage.k8s.io", Kind: "VolumeAttachment"}:                         volumeattachment.Strategy,
		{Group: "storage.k8s.io", Kind: "VolumeAttributesClass"}:                    volumeattributesclass.Strategy,
		{Group: "storagemigration.k8s.io", Kind: "StorageVersionMigration"}:         storagemigration.Strategy,
	}
	for _, others := range []map[schema.GroupKind]strategy{written(), registered()} {
		for kind, s := range others {
			all[kind] = s
		}
	}
	return all
}
