package admission

import (
	"strings"

	"k8s.io/apimachinery/pkg/runtime/schema"
)

// kind is what the API server knows of a kind, and the tree does not say.
type kind struct {
	plural  string
	cluster bool // its objects have no namespace
}

// kinds are those of the tree's own CustomResourceDefinitions.
type kinds map[schema.GroupKind]kind

// of is what is known of a kind: from a definition in the tree, else from Kubernetes'
// own list, else guessed as Kubernetes names its kinds, and by whether an object of the
// kind names a namespace.
func (k kinds) of(gk schema.GroupKind, named bool) kind {
	if defined, ok := k[gk]; ok {
		return defined
	}
	return kind{plural: Resource(gk.Kind), cluster: clusterWide(gk, named)}
}

// define reads a CustomResourceDefinition.
func (k kinds) define(content map[string]any) {
	group, _ := dig(content, "spec", "group").(string)
	name, _ := dig(content, "spec", "names", "kind").(string)
	plural, _ := dig(content, "spec", "names", "plural").(string)
	scope, _ := dig(content, "spec", "scope").(string)
	if name != "" && plural != "" {
		k[schema.GroupKind{Group: group, Kind: name}] = kind{plural, scope == "Cluster"}
	}
}

// Resource is the name by which the API server has objects of a kind: deployments. Kubernetes' own follow English spelling, but for
// Endpoints, which is one already.
func Resource(kind string) string {
	s := strings.ToLower(kind)
	switch {
	case s == "endpoints":
		return s
	case strings.HasSuffix(s, "s") || strings.HasSuffix(s, "x") || strings.HasSuffix(s, "ch") || strings.HasSuffix(s, "sh"):
		return s + "es"
	case strings.HasSuffix(s, "y") && len(s) > 1 && !strings.ContainsRune("aeiou", rune(s[len(s)-2])):
		return strings.TrimSuffix(s, "y") + "ies"
	}
	return s + "s"
}

// clusterWide reports kinds whose objects have no namespace: those that `kubectl
// api-resources --namespaced=false` lists of Kubernetes 1.36, and of what clusters
// like these install. Of a kind that is not known, an object that names a namespace, or
// none, is taken at its word.
func clusterWide(gk schema.GroupKind, named bool) bool {
	switch gk.Group {
	case "":
		return gk.Kind == "Namespace" || gk.Kind == "Node" || gk.Kind == "PersistentVolume" || gk.Kind == "ComponentStatus"
	case "admissionregistration.k8s.io", "apiextensions.k8s.io", "apiregistration.k8s.io", "flowcontrol.apiserver.k8s.io", "node.k8s.io", "scheduling.k8s.io":
		return true
	case "authentication.k8s.io":
		return true
	case "authorization.k8s.io":
		return gk.Kind != "LocalSubjectAccessReview"
	case "certificates.k8s.io":
		return gk.Kind != "PodCertificateRequest"
	case "networking.k8s.io":
		return gk.Kind == "IngressClass" || gk.Kind == "IPAddress" || gk.Kind == "ServiceCIDR"
	case "rbac.authorization.k8s.io":
		return strings.HasPrefix(gk.Kind, "Cluster")
	case "resource.k8s.io":
		return gk.Kind == "DeviceClass" || gk.Kind == "ResourceSlice" || gk.Kind == "DeviceTaintRule"
	case "storage.k8s.io":
		return gk.Kind != "CSIStorageCapacity"
	case "gateway.networking.k8s.io":
		return gk.Kind == "GatewayClass"
	case "cert-manager.io":
		return gk.Kind == "ClusterIssuer"
	case "kyverno.io", "policies.kyverno.io":
		return strings.HasSuffix(gk.Kind, "Policy") && !strings.HasPrefix(gk.Kind, "Namespaced") && gk.Kind != "Policy" && gk.Kind != "CleanupPolicy"
	case "snapshot.storage.k8s.io":
		return gk.Kind == "VolumeSnapshotClass" || gk.Kind == "VolumeSnapshotContent"
	case "acme.cert-manager.io", "helm.cattle.io", "metallb.io", "monitoring.coreos.com", "traefik.io", "velero.io":
		return false
	}
	if strings.HasSuffix(gk.Group, ".toolkit.fluxcd.io") {
		return false
	}
	return !named && strings.Contains(gk.Group, ".") && !strings.HasSuffix(gk.Group, ".k8s.io")
}
