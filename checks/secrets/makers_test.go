package secrets

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"sigs.k8s.io/yaml"

	"stillsuit.dev/generator/manifest"
	"stillsuit.dev/inventory"
)

// TestEachMakerMakes has an object of each row of the table, and the Secrets that come of it.
// Without the row, its object makes none of them.
func TestEachMakerMakes(t *testing.T) {
	spec := map[string]string{
		"ExternalSecret":        "{target: {name: made}}",
		"ClusterExternalSecret": "{externalSecretSpec: {target: {name: made}}}",
		"SopsSecret":            "{secretTemplates: [{name: made}]}",
		"InfisicalSecret":       "{managedSecretReference: {secretName: made}, managedKubeSecretReferences: [{secretName: made}]}",
		"DopplerSecret":         "{managedSecret: {name: made, namespace: web}}",
		"BitwardenSecret":       "{secretName: made}",
		"VaultStaticSecret":     "{destination: {name: made, create: true}}",
		"VaultDynamicSecret":    "{destination: {name: made, create: true}}",
		"VaultPKISecret":        "{destination: {name: made, create: true}}",
		"SecretProviderClass":   "{secretObjects: [{secretName: made}]}",
		"Certificate":           "{secretName: made}",
		"Issuer":                "{acme: {privateKeySecretRef: {name: made}}}",
		"ClusterIssuer":         "{acme: {privateKeySecretRef: {name: made}}}",
		"Ingress":               "{tls: [{secretName: made}]}",
		"Gateway":               "{listeners: [{tls: {certificateRefs: [{name: made}]}}]}",
		"MongoDBCommunity":      "{users: [{db: admin, name: joe}]}",
		"CephObjectStoreUser":   "{store: shop}",
	}
	of := map[string]string{
		"Cluster": "made-app", "postgresql": "postgres.made.credentials.postgresql.acid.zalan.do", "RabbitmqCluster": "made-default-user",
		"Kafka": "made-cluster-ca-cert", "Elasticsearch": "made-es-elastic-user", "MongoDBCommunity": "made-admin-joe", "CephObjectStoreUser": "rook-ceph-object-user-shop-made",
	}
	for _, row := range makers() {
		secret := of[row.kind]
		if secret == "" {
			secret = "made"
		}
		text := "metadata: {annotations: {cert-manager.io/issuer: x}}\nspec: " + spec[row.kind]
		o := object{Object: &manifest.Object{ID: manifest.ID{Group: row.group, Kind: row.kind, Namespace: "web", Name: "made"}}}
		require.NoError(t, yaml.Unmarshal([]byte(text), &o.fields), row.kind)
		require.True(t, madeBy(&inventory.Subject{}, []object{o}).makes(name{"web", secret}), row.kind)
		require.NotEmpty(t, row.source, row.kind)

		o.Kind += "Copy"
		require.False(t, madeBy(&inventory.Subject{}, []object{o}).makes(name{"web", secret}), row.kind)
	}
}

// TestFilledIsNotMade has objects that fill a Secret which somebody else must make.
func TestFilledIsNotMade(t *testing.T) {
	for kind, text := range map[string]string{
		"external-secrets.io/ExternalSecret":             "spec: {target: {name: made, creationPolicy: None}}",
		"secrets.hashicorp.com/VaultStaticSecret":        "spec: {destination: {name: made}}",
		"networking.k8s.io/Ingress":                      "spec: {tls: [{secretName: made}]}",
		"postgresql.cnpg.io/Cluster":                     "spec: {bootstrap: {initdb: {secret: {name: made}}}}",
		"cert-manager.io/Certificate":                    "spec: {secretName: other}",
		"secrets-store.csi.x-k8s.io/SecretProviderClass": "spec: {}",
	} {
		group, short, _ := strings.Cut(kind, "/")
		o := object{Object: &manifest.Object{ID: manifest.ID{Group: group, Kind: short, Namespace: "web", Name: "x"}}}
		require.NoError(t, yaml.Unmarshal([]byte(text), &o.fields))
		require.False(t, madeBy(&inventory.Subject{}, []object{o}).makes(name{"web", "made"}), kind)
	}
}

// TestMayMake has objects that may make a Secret, and mutants that have nothing to do with it.
func TestMayMake(t *testing.T) {
	for _, c := range []struct {
		kind, name, text string
		raw, may         bool
	}{
		{"helm.cattle.io/HelmChart", "db", "spec: {targetNamespace: web}", false, true},
		{"helm.cattle.io/HelmChart", "x", "spec: {valuesContent: 'auth: {secret: db-login}'}", false, true},
		{"helm.cattle.io/HelmChart", "x", "spec: {}", false, false},
		{"helm.toolkit.fluxcd.io/HelmRelease", "x", "spec: {releaseName: db}", false, true},
		{"helm.toolkit.fluxcd.io/HelmRelease", "x", "spec: {values: {auth: {name: db-login}}}", false, true},
		{"helm.toolkit.fluxcd.io/HelmRelease", "x", "spec: {values: {auth: {name: db}}}", false, false},
		{"kustomize.toolkit.fluxcd.io/Kustomization", "x", "spec: {path: ./other}", true, true},
		{"kustomize.toolkit.fluxcd.io/Kustomization", "x", "spec: {path: ./other}", false, false},
		{"kyverno.io/ClusterPolicy", "x", "spec: {rules: [{generate: {kind: Secret}}]}", false, true},
		{"kyverno.io/ClusterPolicy", "x", "spec: {rules: [{generate: {kind: NetworkPolicy}}]}", false, false},
		{"policies.kyverno.io/GeneratingPolicy", "x", "spec: {}", false, true},
		{"apps/Deployment", "x", "metadata: {annotations: {operator.1password.io/item-name: db-login}}", false, true},
		{"apps/Deployment", "db", "spec: {}", false, false},
		{"sql.example.com/Database", "db", "spec: {}", false, true},
		{"sql.example.com/Database", "x", "spec: {writeConnectionSecretToRef: {name: db-login}}", false, true},
		{"sql.example.com/Database", "x", "spec: {}", false, false},
	} {
		group, short, _ := strings.Cut(c.kind, "/")
		o := object{Object: &manifest.Object{ID: manifest.ID{Group: group, Kind: short, Namespace: "web", Name: c.name}, Raw: c.raw}}
		require.NoError(t, yaml.Unmarshal([]byte(c.text), &o.fields))
		m := madeBy(&inventory.Subject{}, []object{o})
		require.False(t, m.makes(name{"web", "db-login"}), c.kind)
		require.Equal(t, c.may, len(m.may(name{"web", "db-login"}, nil)) > 0, "%s %s %s", c.kind, c.name, c.text)
		require.Empty(t, m.may(name{"web", "db-login"}, []object{o}), "who reads it does not make it")
	}
}

// TestNaming has names of Secrets that are made from the name of a release, and others.
func TestNaming(t *testing.T) {
	for secret, related := range map[string]bool{"db": true, "db-app": true, "app-db": true, "a-db-b": true, "dbx": false, "xdb": false, "": false} {
		require.Equal(t, related, naming("db")(secret), secret)
	}
	require.False(t, naming("")("x"))
}
