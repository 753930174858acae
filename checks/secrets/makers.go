package secrets

import (
	"slices"
	"strings"
)

// maker is a kind that Secrets are made from.
type maker struct {
	group, kind string
	names       []string // of the Secrets: patterns, see object.expand
	// spaces are patterns of their namespace, the first that gives one; else the object's own.
	spaces []string
	// anywhere says that they are made in namespaces that the object does not name.
	anywhere bool
	when     func(object) bool // nil for always
	source   string            // that says so
}

// makers is the table of what makes Secrets, with the field that names them. What its source
// says holds for the operator's present version; a kind that is missing here counts as one
// that may make Secrets (mayMake).
func makers() []maker {
	return []maker{
		{group: "", kind: "Secret", names: []string{"{name}"}, source: "Kubernetes; SOPS leaves metadata readable"},
		{group: "external-secrets.io", kind: "ExternalSecret", names: []string{"{spec.target.name|name}"}, when: createsTarget, source: "external-secrets apis/externalsecrets/v1/externalsecret_types.go: target.name defaults to metadata.name; Merge and None create nothing"},
		{group: "external-secrets.io", kind: "ClusterExternalSecret", names: []string{"{spec.externalSecretSpec.target.name|spec.externalSecretName|name}"}, anywhere: true, source: "external-secrets.io/latest/api/clusterexternalsecret: an ExternalSecret in each namespace that is selected"},
		{group: "onepassword.com", kind: "OnePasswordItem", names: []string{"{name}"}, source: "1Password/onepassword-operator README: the name is also that of the Secret"},
		{group: "bitnami.com", kind: "SealedSecret", names: []string{"{name}"}, source: "bitnami-labs/sealed-secrets README: the Secret has the SealedSecret's name and namespace"},
		{group: "isindir.github.com", kind: "SopsSecret", names: []string{"{spec.secretTemplates.*.name}"}, source: "isindir/sops-secrets-operator README"},
		{group: "secrets.infisical.com", kind: "InfisicalSecret", names: []string{"{spec.managedSecretReference.secretName}"}, spaces: []string{"{spec.managedSecretReference.secretNamespace}"}, source: "infisical.com/docs/integrations/platforms/kubernetes"},
		{group: "secrets.infisical.com", kind: "InfisicalSecret", names: []string{"{spec.managedKubeSecretReferences.*.secretName}"}, spaces: []string{"{spec.managedKubeSecretReferences.*.secretNamespace}"}, source: "infisical.com/docs/integrations/platforms/kubernetes"},
		{group: "secrets.doppler.com", kind: "DopplerSecret", names: []string{"{spec.managedSecret.name}"}, spaces: []string{"{spec.managedSecret.namespace}"}, source: "DopplerHQ/kubernetes-operator README"},
		{group: "k8s.bitwarden.com", kind: "BitwardenSecret", names: []string{"{spec.secretName}"}, source: "bitwarden.com/help/secrets-manager-kubernetes-operator"},
		{group: "secrets.hashicorp.com", kind: "VaultStaticSecret", names: []string{"{spec.destination.name}"}, when: createsDestination, source: "hashicorp/vault-secrets-operator docs/api: destination.create"},
		{group: "secrets.hashicorp.com", kind: "VaultDynamicSecret", names: []string{"{spec.destination.name}"}, when: createsDestination, source: "as VaultStaticSecret"},
		{group: "secrets.hashicorp.com", kind: "VaultPKISecret", names: []string{"{spec.destination.name}"}, when: createsDestination, source: "as VaultStaticSecret"},
		{group: "ricoberger.de", kind: "VaultSecret", names: []string{"{name}"}, source: "ricoberger/vault-secrets-operator README"},
		{group: "secrets-store.csi.x-k8s.io", kind: "SecretProviderClass", names: []string{"{spec.secretObjects.*.secretName}"}, source: "secrets-store-csi-driver.sigs.k8s.io/topics/sync-as-kubernetes-secret"},
		{group: "secretgenerator.mittwald.de", kind: "StringSecret", names: []string{"{name}"}, source: "mittwald/kubernetes-secret-generator README"},
		{group: "secretgenerator.mittwald.de", kind: "BasicAuth", names: []string{"{name}"}, source: "mittwald/kubernetes-secret-generator README"},
		{group: "secretgenerator.mittwald.de", kind: "SSHKeyPair", names: []string{"{name}"}, source: "mittwald/kubernetes-secret-generator README"},

		{group: "cert-manager.io", kind: "Certificate", names: []string{"{spec.secretName}"}, source: "cert-manager.io/docs/usage/certificate"},
		{group: "cert-manager.io", kind: "Issuer", names: []string{"{spec.acme.privateKeySecretRef.name}"}, source: "cert-manager.io/docs/configuration/acme: the account's key"},
		{group: "cert-manager.io", kind: "ClusterIssuer", names: []string{"{spec.acme.privateKeySecretRef.name}"}, anywhere: true, source: "as Issuer, in the cluster resource namespace"},
		{group: "networking.k8s.io", kind: "Ingress", names: []string{"{spec.tls.*.secretName}"}, when: issued, source: "cert-manager.io/docs/usage/ingress"},
		{group: "gateway.networking.k8s.io", kind: "Gateway", names: []string{"{spec.listeners.*.tls.certificateRefs.*.name}"}, when: issued, source: "cert-manager.io/docs/usage/gateway"},

		{group: "postgresql.cnpg.io", kind: "Cluster", names: []string{"{name}-app", "{name}-superuser", "{name}-ca", "{name}-server", "{name}-replication"}, source: "cloudnative-pg.io/documentation/current/applications"},
		{group: "acid.zalan.do", kind: "postgresql", names: []string{"postgres.{name}.credentials.postgresql.acid.zalan.do", "standby.{name}.credentials.postgresql.acid.zalan.do"}, source: "zalando/postgres-operator docs/user.md"},
		{group: "rabbitmq.com", kind: "RabbitmqCluster", names: []string{"{name}-default-user", "{name}-erlang-cookie"}, source: "rabbitmq.com/kubernetes/operator/using-operator"},
		{group: "kafka.strimzi.io", kind: "KafkaUser", names: []string{"{name}"}, source: "strimzi.io/docs/operators/latest/deploying"},
		{group: "kafka.strimzi.io", kind: "Kafka", names: []string{"{name}-cluster-ca-cert", "{name}-clients-ca-cert"}, source: "strimzi.io/docs/operators/latest/deploying"},
		{group: "elasticsearch.k8s.elastic.co", kind: "Elasticsearch", names: []string{"{name}-es-elastic-user", "{name}-es-http-certs-public", "{name}-es-http-certs-internal"}, source: "elastic.co/docs/deploy-manage: ECK"},
		{group: "mongodbcommunity.mongodb.com", kind: "MongoDBCommunity", names: []string{"{name}-{spec.users.*.db}-{spec.users.*.name}"}, source: "mongodb-kubernetes-operator docs/deploy-configure.md"},
		{group: "objectbucket.io", kind: "ObjectBucketClaim", names: []string{"{name}"}, source: "rook.io/docs/rook/latest: object bucket claim"},
		{group: "ceph.rook.io", kind: "CephObjectStoreUser", names: []string{"rook-ceph-object-user-{spec.store}-{name}"}, source: "rook.io/docs/rook/latest: object store user"},
	}
}

// createsTarget reports whether an ExternalSecret makes its Secret.
func createsTarget(o object) bool {
	for _, policy := range o.texts("spec.target.creationPolicy") {
		return policy != "Merge" && policy != "None"
	}
	return true
}

// createsDestination reports whether a Secret of HashiCorp's operator is made, and not only
// filled.
func createsDestination(o object) bool {
	for _, create := range o.at("spec.destination.create") {
		return create == true
	}
	return false
}

// issued reports whether cert-manager makes the certificates of an Ingress or a Gateway.
func issued(o object) bool {
	for _, found := range o.at("metadata.annotations") {
		annotations, _ := found.(map[string]any)
		for _, key := range []string{"cert-manager.io/issuer", "cert-manager.io/cluster-issuer", "kubernetes.io/tls-acme"} {
			if annotations[key] != nil {
				return true
			}
		}
	}
	return false
}

// mayMake is what an object may make that nothing tells. certain says that it is in the
// table, which then says all that it makes.
func mayMake(o object, certain bool) (possible, bool) {
	p := possible{who: o.Kind + " " + name{o.Namespace, o.Name}.String(), self: o}
	switch {
	case o.Group == "helm.toolkit.fluxcd.io" && o.Kind == "HelmRelease":
		if p.namespace = o.Namespace; len(o.texts("spec.targetNamespace")) > 0 {
			p.namespace = ""
		}
		release := append(o.texts("spec.releaseName|name"), o.Name)
		p.related = func(secret string) bool {
			return naming(release[0])(secret) || naming(o.Name)(secret) || mentions(any(o.at("spec.values")), secret)
		}
		return p, true
	case o.Group == "helm.cattle.io" && o.Kind == "HelmChart": // K3s's own controller
		p.related = func(secret string) bool {
			return naming(o.Name)(secret) || mentions(any(o.at("spec")), secret) || slices.ContainsFunc(o.texts("spec.valuesContent"), func(text string) bool { return strings.Contains(text, secret) })
		}
		return p, true
	case o.Group == "kustomize.toolkit.fluxcd.io" && o.Kind == "Kustomization" && o.Raw, o.Group == "argoproj.io" && strings.HasPrefix(o.Kind, "Application"):
		return p, true // it applies what is not in this tree
	case strings.HasSuffix(o.Group, "kyverno.io") && generates(o):
		return p, true
	case annotated(o) != "":
		made := annotated(o)
		p.namespace, p.related = o.Namespace, func(secret string) bool { return secret == made }
		return p, true
	case certain || native(o.Group):
		return p, false
	}
	p.namespace = o.Namespace
	p.related = func(secret string) bool {
		return o.Namespace != "" && naming(o.Name)(secret) || mentions(any(o.at("spec")), secret)
	}
	return p, true
}

// generates reports whether a policy of Kyverno makes objects, Secrets among them.
func generates(o object) bool {
	if o.Kind == "GeneratingPolicy" || o.Kind == "NamespacedGeneratingPolicy" {
		return true
	}
	for _, kind := range append(o.texts("spec.rules.*.generate.kind"), o.texts("spec.rules.*.generate.cloneList.kinds.*")...) {
		if strings.HasSuffix(kind, "Secret") {
			return true
		}
	}
	return false
}

// annotated is the Secret that 1Password's operator makes for an annotated workload
// (1Password/onepassword-operator USAGEGUIDE.md), or "".
func annotated(o object) string {
	for _, found := range o.at("metadata.annotations") {
		annotations, _ := found.(map[string]any)
		if secret, ok := annotations["operator.1password.io/item-name"].(string); ok {
			return secret
		}
	}
	return ""
}

// native reports whether a group is Kubernetes' own or one whose objects are known to make no
// Secrets but those in the table: others' controllers may make some.
func native(group string) bool {
	for _, own := range []string{"k8s.io", "toolkit.fluxcd.io", "kyverno.io", "monitoring.coreos.com", "cert-manager.io", "metallb.io", "traefik.io", "velero.io", "external-secrets.io"} {
		if group == own || strings.HasSuffix(group, "."+own) {
			return true
		}
	}
	return !strings.Contains(group, ".") // core, apps, batch, policy, autoscaling
}
