package tree_test

import (
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"stillsuit.dev/generator/lock"
)

// checks are the proofs about the objects, by name.
func checks(t *testing.T) map[string]check {
	t.Helper()
	l, err := lock.Read(os.DirFS(repository))
	require.NoError(t, err)
	return map[string]check{
		"strict": strict, "identity": identity, "labelled": labelled, "kept": kept, "encrypted": encrypted,
		"own": own, "pods": pods, "references": references,
		"services": services, "ingresses": ingresses, "monitors": monitors, "denied": denied, "connected": connected,
		"released": released, "reached": reached,
		"ordered": ordered, "applied": applied, "admitted": admitted, "pinned": pinned(l),
	}
}

func TestObjectsFitTogether(t *testing.T) {
	each(t, func(t *testing.T, name string) {
		_, _, rendering := render(t, name)
		c := parse(t, rendering.Set)
		for name, check := range checks(t) {
			t.Run(name, func(t *testing.T) { require.Empty(t, check(c)) })
		}
	})
}

const container = "spec.template.spec.containers.0"

// mutant is a tree with one thing broken, and what the check says about it.
type mutant struct {
	check, name string
	mutate      func(t *testing.T, c *cluster)
	want        string
}

// change sets a field, or removes it when value is nil. The path is written
// with dots, slashes in its keys stay.
func change(kind, name, keys string, value any) func(t *testing.T, c *cluster) {
	return func(t *testing.T, c *cluster) {
		t.Helper()
		c.object(t, kind, name).set(t, value, strings.Split(keys, ".")...)
	}
}

// annotate sets a label or annotation, whose key holds dots.
func annotate(kind, name, in, key string, value any) func(t *testing.T, c *cluster) {
	return func(t *testing.T, c *cluster) {
		t.Helper()
		c.object(t, kind, name).set(t, value, "metadata", in, key)
	}
}

func drop(kind, name string) func(t *testing.T, c *cluster) {
	return func(t *testing.T, c *cluster) { c.remove(t, kind, name) }
}

func TestChecksNotice(t *testing.T) {
	_, _, rendering := render(t, reference)
	all := checks(t)
	shown := map[string]bool{}
	for _, m := range mutants() {
		shown[m.check] = true
		t.Run(m.check+"/"+m.name, func(t *testing.T) {
			c := parse(t, rendering.Set) // afresh: the last one was broken
			m.mutate(t, c)
			require.Contains(t, strings.Join(all[m.check](c), "\n"), m.want)
		})
	}
	for name := range all {
		require.True(t, shown[name], "nothing shows that check %s notices anything", name)
	}
}

func mutants() []mutant {
	const server, postgres = "photos/immich-server", "photos/immich-postgres"
	return []mutant{
		{"strict", "a misspelt field", change("Deployment", server, "spec.replica", 1), `Deployment photos/immich-server: unknown field "spec.replica"`},
		{"strict", "text for a number", change("Deployment", server, "spec.replicas", "one"), "Deployment photos/immich-server: json: cannot unmarshal string"},
		{"strict", "a misspelt field of Flux", change("Kustomization", "flux-system/immich", "spec.dependOn", []any{}), `unknown field "spec.dependOn"`},
		{"strict", "a misspelt field of a monitor", change("ServiceMonitor", server, "spec.endpoint", []any{}), `unknown field "spec.endpoint"`},
		{"strict", "an unknown kind", change("Deployment", server, "kind", "Deploymnet"), `no kind "Deploymnet" is registered`},
		{"identity", "no namespace", change("Deployment", server, "metadata.namespace", nil), "Deployment immich-server has no namespace"},
		{"identity", "a namespace that nothing makes", drop("Namespace", "photos"), "Deployment photos/immich-server is in a namespace that nothing makes"},
		{"identity", "a bad name", change("Deployment", server, "metadata.name", "immich_server"), "a lowercase RFC 1123 subdomain"},
		{"identity", "a name twice", change("Deployment", server, "metadata.name", "immich-ml"), "Deployment photos/immich-ml is there twice"},
		{"labelled", "no label", annotate("Service", server, "labels", "app.kubernetes.io/managed-by", nil), "Service photos/immich-server does not say who manages it"},
		{"kept", "a claim to be deleted", annotate("PersistentVolumeClaim", "photos/immich-server-library", "annotations", "kustomize.toolkit.fluxcd.io/prune", nil), "PersistentVolumeClaim photos/immich-server-library: pruning disabled is false"},
		{"kept", "a namespace to be deleted", annotate("Namespace", "photos", "annotations", "kustomize.toolkit.fluxcd.io/prune", "enabled"), "Namespace photos: pruning disabled is false"},
		{"encrypted", "plain text", change("Secret", "photos/immich", "stringData.password", "secret"), "Secret photos/immich: password can be read"},
		{"encrypted", "no encryption", change("Secret", "photos/immich", "sops", nil), "Secret photos/immich is not encrypted"},
		{"own", "a changed selector", change("Deployment", server, "spec.selector.matchLabels", map[string]any{"app": "immich"}), "Deployment photos/immich-server does not select its own pods"},
		{"own", "a wide selector", change("Deployment", server, "spec.selector.matchLabels", map[string]any{"app.kubernetes.io/name": "immich"}), "selects the pods of StatefulSet photos/immich-postgres"},
		{"pods", "a volume that is not there", change("Deployment", server, container+".volumeMounts.0.name", "lib"), "container main mounts volume lib, which is not there"},
		{"pods", "a probe of no port", change("Deployment", server, container+".readinessProbe.httpGet.port", "htp"), "a probe of container main asks port htp"},
		{"references", "a Secret that is not there", drop("Secret", "photos/immich"), "StatefulSet photos/immich-postgres names Secret photos/immich, which is not there"},
		{"references", "a key that is not there", change("Secret", "photos/immich", "stringData.password", nil), "StatefulSet photos/immich-postgres reads password of Secret photos/immich"},
		{"references", "no claim", drop("PersistentVolumeClaim", "photos/immich-server-library"), "names PersistentVolumeClaim photos/immich-server-library"},
		{"references", "no account", drop("ServiceAccount", server), "names ServiceAccount photos/immich-server"},
		{"references", "no priority class", drop("PriorityClass", "stillsuit-low"), "Deployment photos/immich-ml names PriorityClass stillsuit-low"},
		{"references", "another ConfigMap", dropKind("ConfigMap", "home"), "Deployment home/home-assistant names ConfigMap home/home-assistant-files-"},
		{"services", "a changed selector", change("Service", server, "spec.selector", map[string]any{"app": "immich"}), "Service photos/immich-server leads to 0 workloads"},
		{"services", "a wide selector", change("Service", server, "spec.selector", map[string]any{"app.kubernetes.io/name": "immich"}), "Service photos/immich-server leads to 4 workloads"},
		{"services", "a port that is not there", change("Service", server, "spec.ports.0.targetPort", "htp"), "Service photos/immich-server leads to port htp"},
		{"ingresses", "no Service", drop("Service", server), "Ingress photos/immich-web leads to immich-server:http, which is not there"},
		{"monitors", "a port that is not there", change("ServiceMonitor", server, "spec.endpoints.0.port", "metrics"), "ServiceMonitor photos/immich-server scrapes port metrics"},
		{"monitors", "a changed selector", change("ServiceMonitor", server, "spec.selector.matchLabels", map[string]any{"app": "immich"}), "ServiceMonitor photos/immich-server scrapes 0 Services"},
		{"monitors", "a key that is not there", change("Secret", "agents/openclaw", "stringData.token", nil), "ServiceMonitor agents/openclaw sends a key that is in no Secret"},
		{"denied", "no policy", drop("NetworkPolicy", "photos/default-deny"), "Namespace photos is open"},
		{"denied", "one direction", change("NetworkPolicy", "photos/default-deny", "spec.policyTypes", []any{"Ingress"}), "Namespace photos is open"},
		{"connected", "a policy about nothing", change("NetworkPolicy", server, "spec.podSelector.matchLabels", map[string]any{"app": "immich"}), "NetworkPolicy photos/immich-server is about no pods"},
		{"connected", "no rule at the server", change("NetworkPolicy", postgres, "spec.ingress", nil), "NetworkPolicy photos/immich-server lets Deployment photos/immich-server reach port 5432 of StatefulSet photos/immich-postgres, but no Ingress rule at the other end does"},
		{"connected", "no rule at the client", change("NetworkPolicy", server, "spec.egress", nil), "NetworkPolicy photos/immich-postgres lets Deployment photos/immich-server reach port 5432 of StatefulSet photos/immich-postgres, but no Egress rule at the other end does"},
		{"connected", "another port at both ends", func(t *testing.T, c *cluster) {
			change("NetworkPolicy", postgres, "spec.ingress.0.ports.0.port", 5433)(t, c)
		}, "opens port 5433, which StatefulSet photos/immich-postgres has not"},
		{"connected", "nobody", change("NetworkPolicy", postgres, "spec.ingress.0.from.0.podSelector.matchLabels", map[string]any{"app": "immich"}), "NetworkPolicy photos/immich-postgres has a peer that is no pod of the tree"},
		{"released", "no source", drop("OCIRepository", "traefik/traefik"), "HelmRelease traefik/traefik has no source"},
		{"released", "a range", change("HelmRelease", "metallb-system/metallb", "spec.chart.spec.version", "0.x"), "HelmRelease metallb-system/metallb is of version 0.x"},
		{"released", "no footprint", annotate("HelmRelease", "logs/loki", "annotations", "stillsuit.dev/footprint", nil), "HelmRelease logs/loki says no footprint"},
		{"reached", "no rule at the ingress controller", change("NetworkPolicy", "traefik/traefik", "spec.egress", nil), "NetworkPolicy photos/immich-server opens port 2283 to a chart in traefik, but no Egress rule at the other end does"},
		{"reached", "no rule at the workload", change("NetworkPolicy", server, "spec.ingress", nil), "NetworkPolicy traefik/traefik opens port 2283 of Deployment photos/immich-server, but no Ingress rule at the other end does"},
		{"strict", "a misspelt field of a HelmRelease", change("HelmRelease", "logs/loki", "spec.vales", map[string]any{}), `unknown field "spec.vales"`},
		{"ordered", "a unit that is not there", change("Kustomization", "flux-system/immich", "spec.dependsOn", []any{map[string]any{"name": "namespace"}}), "unit immich waits for namespace, which is not there"},
		{"ordered", "a circle", func(t *testing.T, c *cluster) {
			change("Kustomization", "flux-system/namespaces", "spec.dependsOn", []any{map[string]any{"name": "immich"}})(t, c)
		}, "unit immich waits for itself"},
		{"ordered", "no namespaces first", change("Kustomization", "flux-system/immich", "spec.dependsOn", nil), "unit immich does not wait for the namespaces"},
		{"applied", "another source", change("Kustomization", "flux-system/immich", "spec.sourceRef.name", "fleet"), "unit immich has another source"},
		{"applied", "no decryption", change("Kustomization", "flux-system/immich", "spec.decryption", nil), "unit immich cannot decrypt its secrets"},
		{"applied", "no waiting", change("Kustomization", "flux-system/immich", "spec.wait", nil), "unit immich is not pruned, not waited for"},
		{"admitted", "privilege", change("Deployment", server, container+".securityContext.privileged", true), "Deployment photos/immich-server is not restricted"},
		{"admitted", "a stricter namespace", annotate("Namespace", "home", "labels", enforce, "baseline"), "Deployment home/home-assistant is not baseline: host namespaces (hostNetwork=true)"},
		{"pinned", "no digest", change("Deployment", server, container+".image", "ghcr.io/immich-app/immich-server:v3.1.0"), "Deployment photos/immich-server runs ghcr.io/immich-app/immich-server:v3.1.0, but the lock says"},
		{"pinned", "a digest out of nowhere", change("Deployment", server, container+".image", "ghcr.io/immich-app/immich-server:v0@sha256:00"), "but the lock says \"\""},
	}
}

// dropKind removes all of a kind from a namespace, whatever their names.
func dropKind(kind, namespace string) func(t *testing.T, c *cluster) {
	return func(t *testing.T, c *cluster) {
		for _, o := range c.all() {
			if o.kind() == kind && o.text("metadata", "namespace") == namespace {
				c.remove(t, kind, o.name())
			}
		}
	}
}
