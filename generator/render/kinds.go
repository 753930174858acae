package render

import "k8s.io/apimachinery/pkg/runtime/schema"

// The API groups of charts that make facts of the cluster true.
const (
	groupMetalLB     = "metallb.io"
	groupCertManager = "cert-manager.io"
	groupTraefik     = "traefik.io"
	groupVelero      = "velero.io"
)

// The kinds that are rendered.
var (
	kindDeployment     = schema.GroupVersionKind{Group: "apps", Version: "v1", Kind: "Deployment"}
	kindStatefulSet    = schema.GroupVersionKind{Group: "apps", Version: "v1", Kind: "StatefulSet"}
	kindDaemonSet      = schema.GroupVersionKind{Group: "apps", Version: "v1", Kind: "DaemonSet"}
	kindJob            = schema.GroupVersionKind{Group: "batch", Version: "v1", Kind: "Job"}
	kindCronJob        = schema.GroupVersionKind{Group: "batch", Version: "v1", Kind: "CronJob"}
	kindService        = schema.GroupVersionKind{Version: "v1", Kind: "Service"}
	kindConfigMap      = schema.GroupVersionKind{Version: "v1", Kind: "ConfigMap"}
	kindClaim          = schema.GroupVersionKind{Version: "v1", Kind: "PersistentVolumeClaim"}
	kindAccount        = schema.GroupVersionKind{Version: "v1", Kind: "ServiceAccount"}
	kindNamespace      = schema.GroupVersionKind{Version: "v1", Kind: "Namespace"}
	kindQuota          = schema.GroupVersionKind{Version: "v1", Kind: "ResourceQuota"}
	kindLimitRange     = schema.GroupVersionKind{Version: "v1", Kind: "LimitRange"}
	kindIngress        = schema.GroupVersionKind{Group: "networking.k8s.io", Version: "v1", Kind: "Ingress"}
	kindPolicy         = schema.GroupVersionKind{Group: "networking.k8s.io", Version: "v1", Kind: "NetworkPolicy"}
	kindBudget         = schema.GroupVersionKind{Group: "policy", Version: "v1", Kind: "PodDisruptionBudget"}
	kindRole           = schema.GroupVersionKind{Group: "rbac.authorization.k8s.io", Version: "v1", Kind: "Role"}
	kindBinding        = schema.GroupVersionKind{Group: "rbac.authorization.k8s.io", Version: "v1", Kind: "RoleBinding"}
	kindAdmission      = schema.GroupVersionKind{Group: "admissionregistration.k8s.io", Version: "v1", Kind: "ValidatingAdmissionPolicy"}
	kindAdmissionBound = schema.GroupVersionKind{Group: "admissionregistration.k8s.io", Version: "v1", Kind: "ValidatingAdmissionPolicyBinding"}
	kindValidating     = schema.GroupVersionKind{Group: groupKyverno, Version: "v1", Kind: "ValidatingPolicy"}
	kindException      = schema.GroupVersionKind{Group: groupKyverno, Version: "v1", Kind: "PolicyException"}
	kindPriority       = schema.GroupVersionKind{Group: "scheduling.k8s.io", Version: "v1", Kind: "PriorityClass"}
	kindKustomization  = schema.GroupVersionKind{Group: "kustomize.toolkit.fluxcd.io", Version: "v1", Kind: "Kustomization"}
	kindRelease        = schema.GroupVersionKind{Group: "helm.toolkit.fluxcd.io", Version: "v2", Kind: "HelmRelease"}
	kindOCIRepository  = schema.GroupVersionKind{Group: "source.toolkit.fluxcd.io", Version: "v1", Kind: "OCIRepository"}
	kindHelmRepository = schema.GroupVersionKind{Group: "source.toolkit.fluxcd.io", Version: "v1", Kind: "HelmRepository"}
	kindGitRepository  = schema.GroupVersionKind{Group: "source.toolkit.fluxcd.io", Version: "v1", Kind: "GitRepository"}
	kindPodMonitor     = schema.GroupVersionKind{Group: "monitoring.coreos.com", Version: "v1", Kind: "PodMonitor"}
	kindScrapeConfig   = schema.GroupVersionKind{Group: "monitoring.coreos.com", Version: "v1alpha1", Kind: "ScrapeConfig"}
	kindStorageClass   = schema.GroupVersionKind{Group: "storage.k8s.io", Version: "v1", Kind: "StorageClass"}
	kindAddressPool    = schema.GroupVersionKind{Group: groupMetalLB, Version: "v1beta1", Kind: "IPAddressPool"}
	kindAdvertisement  = schema.GroupVersionKind{Group: groupMetalLB, Version: "v1beta1", Kind: "L2Advertisement"}
	kindClusterIssuer  = schema.GroupVersionKind{Group: groupCertManager, Version: "v1", Kind: "ClusterIssuer"}
	kindCertificate    = schema.GroupVersionKind{Group: groupCertManager, Version: "v1", Kind: "Certificate"}
	kindMiddleware     = schema.GroupVersionKind{Group: groupTraefik, Version: "v1alpha1", Kind: "Middleware"}
	kindBackupLocation = schema.GroupVersionKind{Group: groupVelero, Version: "v1", Kind: "BackupStorageLocation"}
	kindBackupSchedule = schema.GroupVersionKind{Group: groupVelero, Version: "v1", Kind: "Schedule"}
	kindEventProvider  = schema.GroupVersionKind{Group: "notification.toolkit.fluxcd.io", Version: "v1beta3", Kind: "Provider"}
	kindEventAlert     = schema.GroupVersionKind{Group: "notification.toolkit.fluxcd.io", Version: "v1beta3", Kind: "Alert"}
	kindServiceMonitor = schema.GroupVersionKind{Group: "monitoring.coreos.com", Version: "v1", Kind: "ServiceMonitor"}
)
