// Package kinds names the kinds of objects that are rendered.
package kinds

import "k8s.io/apimachinery/pkg/runtime/schema"

// The API groups of charts that make facts of the cluster true.
const (
	GroupKyverno     = "policies.kyverno.io"
	GroupMetalLB     = "metallb.io"
	GroupCertManager = "cert-manager.io"
	GroupTraefik     = "traefik.io"
	GroupVelero      = "velero.io"
	GroupVolSync     = "volsync.backube"
)

// The kinds that are rendered.
var (
	Deployment       = schema.GroupVersionKind{Group: "apps", Version: "v1", Kind: "Deployment"}
	StatefulSet      = schema.GroupVersionKind{Group: "apps", Version: "v1", Kind: "StatefulSet"}
	DaemonSet        = schema.GroupVersionKind{Group: "apps", Version: "v1", Kind: "DaemonSet"}
	Job              = schema.GroupVersionKind{Group: "batch", Version: "v1", Kind: "Job"}
	CronJob          = schema.GroupVersionKind{Group: "batch", Version: "v1", Kind: "CronJob"}
	Service          = schema.GroupVersionKind{Version: "v1", Kind: "Service"}
	ConfigMap        = schema.GroupVersionKind{Version: "v1", Kind: "ConfigMap"}
	Claim            = schema.GroupVersionKind{Version: "v1", Kind: "PersistentVolumeClaim"}
	Account          = schema.GroupVersionKind{Version: "v1", Kind: "ServiceAccount"}
	Namespace        = schema.GroupVersionKind{Version: "v1", Kind: "Namespace"}
	Quota            = schema.GroupVersionKind{Version: "v1", Kind: "ResourceQuota"}
	LimitRange       = schema.GroupVersionKind{Version: "v1", Kind: "LimitRange"}
	Ingress          = schema.GroupVersionKind{Group: "networking.k8s.io", Version: "v1", Kind: "Ingress"}
	Policy           = schema.GroupVersionKind{Group: "networking.k8s.io", Version: "v1", Kind: "NetworkPolicy"}
	Budget           = schema.GroupVersionKind{Group: "policy", Version: "v1", Kind: "PodDisruptionBudget"}
	Role             = schema.GroupVersionKind{Group: "rbac.authorization.k8s.io", Version: "v1", Kind: "Role"}
	Binding          = schema.GroupVersionKind{Group: "rbac.authorization.k8s.io", Version: "v1", Kind: "RoleBinding"}
	Admission        = schema.GroupVersionKind{Group: "admissionregistration.k8s.io", Version: "v1", Kind: "ValidatingAdmissionPolicy"}
	AdmissionBound   = schema.GroupVersionKind{Group: "admissionregistration.k8s.io", Version: "v1", Kind: "ValidatingAdmissionPolicyBinding"}
	Validating       = schema.GroupVersionKind{Group: GroupKyverno, Version: "v1", Kind: "ValidatingPolicy"}
	Exception        = schema.GroupVersionKind{Group: GroupKyverno, Version: "v1", Kind: "PolicyException"}
	Priority         = schema.GroupVersionKind{Group: "scheduling.k8s.io", Version: "v1", Kind: "PriorityClass"}
	Kustomization    = schema.GroupVersionKind{Group: "kustomize.toolkit.fluxcd.io", Version: "v1", Kind: "Kustomization"}
	Release          = schema.GroupVersionKind{Group: "helm.toolkit.fluxcd.io", Version: "v2", Kind: "HelmRelease"}
	OCIRepository    = schema.GroupVersionKind{Group: "source.toolkit.fluxcd.io", Version: "v1", Kind: "OCIRepository"}
	HelmRepository   = schema.GroupVersionKind{Group: "source.toolkit.fluxcd.io", Version: "v1", Kind: "HelmRepository"}
	GitRepository    = schema.GroupVersionKind{Group: "source.toolkit.fluxcd.io", Version: "v1", Kind: "GitRepository"}
	PodMonitor       = schema.GroupVersionKind{Group: "monitoring.coreos.com", Version: "v1", Kind: "PodMonitor"}
	ScrapeConfig     = schema.GroupVersionKind{Group: "monitoring.coreos.com", Version: "v1alpha1", Kind: "ScrapeConfig"}
	StorageClass     = schema.GroupVersionKind{Group: "storage.k8s.io", Version: "v1", Kind: "StorageClass"}
	AddressPool      = schema.GroupVersionKind{Group: GroupMetalLB, Version: "v1beta1", Kind: "IPAddressPool"}
	Advertisement    = schema.GroupVersionKind{Group: GroupMetalLB, Version: "v1beta1", Kind: "L2Advertisement"}
	ClusterIssuer    = schema.GroupVersionKind{Group: GroupCertManager, Version: "v1", Kind: "ClusterIssuer"}
	Certificate      = schema.GroupVersionKind{Group: GroupCertManager, Version: "v1", Kind: "Certificate"}
	Middleware       = schema.GroupVersionKind{Group: GroupTraefik, Version: "v1alpha1", Kind: "Middleware"}
	ServersTransport = schema.GroupVersionKind{Group: GroupTraefik, Version: "v1alpha1", Kind: "ServersTransport"}
	BackupLocation   = schema.GroupVersionKind{Group: GroupVelero, Version: "v1", Kind: "BackupStorageLocation"}
	BackupSchedule   = schema.GroupVersionKind{Group: GroupVelero, Version: "v1", Kind: "Schedule"}
	EventProvider    = schema.GroupVersionKind{Group: "notification.toolkit.fluxcd.io", Version: "v1beta3", Kind: "Provider"}
	EventAlert       = schema.GroupVersionKind{Group: "notification.toolkit.fluxcd.io", Version: "v1beta3", Kind: "Alert"}
	ServiceMonitor   = schema.GroupVersionKind{Group: "monitoring.coreos.com", Version: "v1", Kind: "ServiceMonitor"}
	TraefikRoute     = schema.GroupVersionKind{Group: GroupTraefik, Version: "v1alpha1", Kind: "IngressRoute"}
	ChartConfig      = schema.GroupVersionKind{Group: "helm.cattle.io", Version: "v1", Kind: "HelmChartConfig"}
	CiliumPolicy     = schema.GroupVersionKind{Group: "cilium.io", Version: "v2", Kind: "CiliumNetworkPolicy"}
	Volume           = schema.GroupVersionKind{Version: "v1", Kind: "PersistentVolume"}
	Replication      = schema.GroupVersionKind{Group: GroupVolSync, Version: "v1alpha1", Kind: "ReplicationSource"}
	FluxInstance     = schema.GroupVersionKind{Group: "fluxcd.controlplane.io", Version: "v1", Kind: "FluxInstance"}
)
