package gate_test

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/tools/txtar"

	"stillsuit.dev/checks/access"
	"stillsuit.dev/checks/gate"
	"stillsuit.dev/finding"
	"stillsuit.dev/generator"
	"stillsuit.dev/generator/lock"
	"stillsuit.dev/inventory"
	"stillsuit.dev/policies/admission"
	"stillsuit.dev/policies/library"
)

var update = flag.Bool("update", false, "write what is found into testdata")

// change is one of a repository: in a file a text takes the place of another, which is
// there once; without one the file is new.
type change struct{ name, file, old, new string }

// repository is one in a directory, of which single clusters are rendered.
type repository struct {
	dir     string
	library []*admission.Policy
}

func at(t *testing.T, dir string) repository {
	t.Helper()
	given, err := admission.Load(library.FS)
	require.NoError(t, err)
	return repository{dir, given}
}

// reference is a copy of what the reference clusters are made of.
func reference(t *testing.T) repository {
	t.Helper()
	dir := t.TempDir()
	for _, name := range []string{"cue.mod", "clusters", "apps", "schemas"} {
		require.NoError(t, os.CopyFS(filepath.Join(dir, name), os.DirFS(filepath.Join("../..", name))))
	}
	b, err := os.ReadFile(filepath.Join("../..", lock.File))
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(filepath.Join(dir, lock.File), b, 0o644))
	return at(t, dir)
}

func attic(t *testing.T) repository {
	t.Helper()
	archive, err := txtar.ParseFile("testdata/attic.txtar")
	require.NoError(t, err)
	dir := t.TempDir()
	for _, f := range archive.Files {
		name := filepath.Join(dir, f.Name)
		require.NoError(t, os.MkdirAll(filepath.Dir(name), 0o755))
		require.NoError(t, os.WriteFile(name, f.Data, 0o644))
	}
	return at(t, dir)
}

// subject renders a cluster.
func (r repository) subject(t *testing.T, cluster string) *inventory.Subject {
	t.Helper()
	repo, err := generator.Open(r.dir, &generator.Options{Library: library.FS})
	require.NoError(t, err)
	t.Cleanup(func() { _ = repo.Close() }) // it was only read
	c, findings, err := generator.Load(t.Context(), repo, cluster)
	require.NoError(t, err)
	require.NotNil(t, c, "%v", findings)
	rendering, findings, err := generator.Render(c)
	require.NoError(t, err)
	subject := inventory.Declared(c.Desired, rendering.Set, repo.Lock(), repo.Source)
	judged, err := access.Judge(subject)
	require.NoError(t, err)
	for _, f := range slices.Concat(findings, judged) {
		require.NotEqual(t, finding.Error, f.Severity, f.String())
	}
	return subject
}

// apply makes a change, and returns what takes it back.
func (r repository) apply(t *testing.T, c change) func() {
	t.Helper()
	name := filepath.Join(r.dir, filepath.FromSlash(c.file))
	before, err := os.ReadFile(name)
	if c.old == "" {
		require.Error(t, err, "%s is there", c.file)
		require.NoError(t, os.WriteFile(name, []byte(c.new), 0o644))
		return func() { require.NoError(t, os.Remove(name)) }
	}
	require.NoError(t, err)
	require.Equal(t, 1, strings.Count(string(before), c.old), "%s: %q is there once", c.name, c.old)
	require.NoError(t, os.WriteFile(name, []byte(strings.Replace(string(before), c.old, c.new, 1)), 0o644))
	return func() { require.NoError(t, os.WriteFile(name, before, 0o644)) }
}

// compare is what is found of a cluster that was changed, and of the lock.
func compare(t *testing.T, base *inventory.Subject, r repository, cluster string) []finding.Finding {
	t.Helper()
	head := r.subject(t, cluster)
	found, err := gate.Compare(base, head, r.library)
	require.NoError(t, err)
	return append(found, gate.Lock(base.Lock, head.Lock, head.Source(lock.File))...)
}

// each makes the changes one at a time, and holds what is found against the golden
// file: each is named.
func each(t *testing.T, r repository, golden string, changes []change) {
	t.Helper()
	bases := map[string]*inventory.Subject{}
	var b strings.Builder
	for _, c := range changes {
		cluster := strings.Split(c.file, "/")[0]
		if cluster == "clusters" {
			cluster = strings.Split(c.file, "/")[1]
		} else {
			cluster = "turingpi"
		}
		if bases[cluster] == nil {
			bases[cluster] = r.subject(t, cluster)
		}
		undo := r.apply(t, c)
		found := compare(t, bases[cluster], r, cluster)
		undo()
		require.NotEmpty(t, found, "%s is not noticed", c.name)
		fmt.Fprintf(&b, "## %s\n", c.name)
		for _, f := range found {
			require.Equal(t, finding.Warning, f.Severity)
			require.NotZero(t, f.Place.Line, f.String())
			fmt.Fprintln(&b, f)
		}
	}
	if *update {
		require.NoError(t, os.WriteFile(golden, []byte(b.String()), 0o644))
	}
	want, err := os.ReadFile(golden)
	require.NoError(t, err)
	require.Equal(t, string(want), b.String())
}

const (
	turingpi = "clusters/turingpi/"
	arrakeen = "clusters/arrakeen/"
)

// TestReference weakens what judges the reference clusters, a way at a time
// (RELIABILITY 24).
func TestReference(t *testing.T) {
	workspace, err := os.ReadFile("../../" + arrakeen + "namespaces.cue")
	require.NoError(t, err)
	changes := []change{
		{"sets are not chosen", turingpi + "policies.cue", `sets: ["baseline", "restricted", "homelab"]`, `sets: ["homelab"]`},
		{"a policy does not hold", turingpi + "policies.cue", `action: "Audit"`, "action: \"Audit\"\n\toff: \"sops-secrets\": \"it is only a test\""},
		{"an app is let off", turingpi + "policies.cue", `exceptions: {`, "exceptions: {\n\t\tmedia: {policy: \"memory-limits\", namespace: \"media\", reason: \"films\", until: \"2027-03-31\"}"},
		{"nothing is refused", arrakeen + "policies.cue", `action: "Deny"`, `action: "Audit"`},
		{"all exceptions hold longer", arrakeen + "policies.cue", `until: "2027-03-31"`, `until: "2037-03-31"`},
		{"an exception is about a namespace", arrakeen + "policies.cue", `{policy: "node-ports", app: "traefik",`, `{policy: "node-ports", namespace: "traefik",`},
		{"a registry is added", turingpi + "cluster.cue", `registries: ["docker.io"`, `registries: ["registry.example.com", "docker.io"`},
		{"any registry will do", turingpi + "cluster.cue", `registries: ["docker.io", "ghcr.io", "quay.io", "registry.k8s.io"]`, ``},
		{"a pool is larger", turingpi + "cluster.cue", `192.168.1.250"`, `192.168.1.254"`},
		{"an authority signs for another domain", turingpi + "cluster.cue", `domains: ["homelab.local"]`, `domains: ["homelab.local", "example.com"]`},
		{"the kubelets reserve nothing", turingpi + "cluster.cue", "reserved:     true", "reserved:     false"},
		{"a node has more memory", turingpi + "nodes.cue", `memory:  "16Gi"`, `memory:  "64Gi"`},
		{"a node has more cores", turingpi + "nodes.cue", `cpu:     "4"`, `cpu:     "16"`},
		{"a node reserves less", turingpi + "nodes.cue", `reserved: {cpu: "100m", memory: "1Gi"}`, `reserved: {cpu: "100m", memory: "64Mi"}`},
		{"all agents reserve nothing", turingpi + "nodes.cue", `let agentTakes = {cpu: "100m", memory: "512Mi"}`, `let agentTakes = {}`},
		{"a disk is larger", turingpi + "nodes.cue", `size: "14G"`, `size: "64G"`},
		{"a node has another processor", turingpi + "nodes.cue", `level:   "x86-64-v2"`, `level:   "x86-64-v3"`},
		{"a node is imagined", turingpi + "zz.cue", "", "package turingpi\n\nimport \"stillsuit.dev/schemas/v1alpha1\"\n\ncluster: nodes: node5: v1alpha1.#CM4_8GB & {address: \"192.168.1.15\"}\n"},
		{"a ceiling is higher", turingpi + "nodes.cue", `memory:   "32Gi"`, `memory:   "48Gi"`},
		{"a ceiling allows a larger share", turingpi + "nodes.cue", `requests: "75%"`, `requests: "95%"`},
		{"a ceiling bounds no limits", turingpi + "nodes.cue", "limits:   \"100%\"", ""},
		{"a ceiling is gone", arrakeen + "cluster.cue", `ceilings: all: {memory: "56Gi", requests: "75%"}`, ``},
		{"a quota is larger", turingpi + "namespaces.cue", `memory: "3Gi"`, `memory: "30Gi"`},
		{"a quota is gone", turingpi + "namespaces.cue", `agents: v1alpha1.#Namespace & {quota: {cpu: "2", memory: "3Gi", limits: memory: "6Gi", pods: 10}}`, ``},
		{"a namespace is of something else", turingpi + "zz.cue", "", "package turingpi\n\nnamespaces: media: outside: \"somebody else looks after it\"\n"},
		{"a namespace's level is lower", turingpi + "zz.cue", "", "package turingpi\n\nnamespaces: agents: security: \"baseline\"\n"},
		{"an app can write to its image", turingpi + "agents.cue", `from: "penpot-mcp"`, "from: \"penpot-mcp\"\n\tcontainers: main: exempt: writableRoot: \"it caches there\""},
		{"an app is on the node's network", turingpi + "agents.cue", `from: "penpot-mcp"`, "from: \"penpot-mcp\"\n\thostNetwork: \"it was faster\""},
		{"a patch makes a container privileged", turingpi + "agents.cue", `from: "penpot-mcp"`, "from: \"penpot-mcp\"\n\tpatches: all: {kind: \"Deployment\", merge: spec: template: spec: containers: [{name: \"main\", securityContext: {privileged: true, allowPrivilegeEscalation: true}}]}"},
		{"an agent's boundary is wider", arrakeen + "apps.cue", `boundary: ["sietch-sentia"]`, `boundary: ["sietch-sentia", "traefik"]`},
		{"an agent has no boundary", arrakeen + "apps.cue", `boundary: ["sietch-sentia"]`, ``},
		{"an agent may do more", arrakeen + "apps.cue", `pods: ["get", "list"`, `configmaps: ["get", "update"]` + "\n\t\t\t" + `pods: ["get", "list", "watch"`},
		{"an agent is granted more from elsewhere", arrakeen + "zz.cue", "", "package arrakeen\n\nrbac: helper: {account: \"openclaw/sententia\", grants: maps: {in: \"sietch-sentia\", allow: configmaps: [\"get\"]}}\n"},
		{"a workspace has more hosts", arrakeen + "namespaces.cue", `hosts: ["sentia"`, `hosts: ["games", "sentia"`},
		{"a workspace is none", arrakeen + "namespaces.cue", string(workspace), "package arrakeen\n"},
		{"a workspace is an ordinary namespace", arrakeen + "namespaces.cue", string(workspace), "package arrakeen\n\nnamespaces: \"sietch-sentia\": quota: {cpu: \"2\", memory: \"4Gi\"}\n"},
		{"a tunnel has another domain", arrakeen + "cluster.cue", `domains: ["albindalbert.dev"]`, `domains: ["albindalbert.dev", "example.com"]`},
		{"network policies are not enforced", arrakeen + "cluster.cue", `bundled: traefik: false`, `bundled: {traefik: false, "network-policy": false}`},
		{"a finding is accepted", arrakeen + "zz.cue", "", "package arrakeen\n\ncluster: suppress: all: {code: \"images/no-platform\", app: \"*\", reason: \"it is loud\", until: \"2099-12-31\"}\n"},
		{"a chart is said to take less", turingpi + "zz.cue", "", "package turingpi\n\ncharts: loki: footprint: loki: off: \"it is small\"\n"},
		{"a digest is another", lock.File, "sha256:aba9e3bf0613be3ba3755e1fc311b126e2c24bec25e18b6483894a88283074f0", "sha256:0000000000000000000000000000000000000000000000000000000000000000"},
		{"an image is said to be built for more", lock.File, "88283074f0\",\n      \"platforms\": [", "88283074f0\",\n      \"platforms\": [\n        \"freebsd/amd64\","},
		{"an image is not locked any longer", lock.File, `"docker.io/adguard/adguardhome:v0.107.79"`, `"docker.io/adguard/adguardhome:v0.107.78"`},
	}
	require.GreaterOrEqual(t, len(changes), 20)
	each(t, reference(t), "testdata/reference.txt", changes)
}

// TestPolicies weakens what a cluster chose.
func TestPolicies(t *testing.T) {
	const cluster, web = "clusters/attic/cluster.cue", "clusters/attic/web.cue"
	const named = `		names: {
			apiVersion: "policies.kyverno.io/v1", kind: "ValidatingPolicy"
			metadata: name: "names"
			spec: {
				validationActions: ["Deny"]
				matchConstraints: resourceRules: [{apiGroups: [""], apiVersions: ["v1"], resources: ["configmaps"], operations: ["CREATE"]}]
				validations: [{expression: "object.metadata.name != 'x'", message: "it is called x"}]
			}
		}
`
	each(t, attic(t), "testdata/policies.txt", []change{
		{"a namespace of others is not shut", cluster, `isolate: true`, `isolate: false`},
		{"a recipient is added", cluster, `secrets: age: [`, `secrets: age: ["age1lggyhqrw2nlhcxprm67z43rta597azn8gknawjehu9d9dl0jq3yqqvfafg", `},
		{"a set is removed", cluster, `sets:    ["baseline", "homelab"]`, `sets:    ["baseline"]`},
		{"a policy is off", cluster, `action:  "Deny"`, "action:  \"Deny\"\n\t\toff: \"node-ports\": \"the lab opens some\""},
		{"what is refused is only reported", cluster, `action:  "Deny"`, `action:  "Audit"`},
		{"each policy decides", cluster, `action:  "Deny"`, ``},
		{"requests pass without Kyverno", cluster, `failure: "Fail"`, `failure: "Ignore"`},
		{"a parameter allows more", cluster, `params: allowedRegistries: ["docker.io", "ghcr.io"]`, `params: allowedRegistries: ["docker.io", "ghcr.io", "registry.example.com"]`},
		{"a parameter asks for less", cluster, `params: allowedRegistries`, `params: requiredLabels: []` + "\n\t\tparams: allowedRegistries"},
		{"an exception is added", cluster, `exceptions: build:`, `exceptions: pull: {policy: "pull-policy", namespace: "home", reason: "it is slow", until: "2030-01-31"}` + "\n\t\texceptions: build:"},
		{"an exception holds longer", cluster, `reason: "it is built here", until: "2030-06-30"`, `reason: "it is built here", until: "2039-06-30"`},
		{"an exception is about more", cluster, `app: "web", namespace: "home",`, `namespace: "home",`},
		{"a suppression holds longer", cluster, `reason: "no registry is asked", until: "2030-06-30"`, `reason: "no registry is asked", until: "2031-06-30"`},
		{"a suppression is about more", cluster, `code: "images/disk-unknown", node: "pi1"`, `code: "images/disk-unknown", node: "*"`},
		{"a fact is gone", cluster, `images: web: {image: "docker.io/library/web", arch: "arm64", reason: "it was tried"}`, ``},
		{"an offline node is not", cluster, `offline: "it waits for a disk"`, `cpu: "4"`},
		{"Kyverno is told something else", cluster, `charts: kyverno: from: "kyverno"`, `charts: kyverno: {from: "kyverno", values: config: excludeKyvernoNamespace: true}`},
		{"a policy of the tree is gone", web, named, ""},
		{"a policy of the tree is another", web, `object.metadata.name != 'x'`, `true`},
		{"a policy of the tree only reports", web, `spec: {policyName: "maps", validationActions: ["Deny"]}`, `spec: {policyName: "maps", validationActions: ["Audit"]}`},
		{"an admission policy lets what errs pass", web, `failurePolicy: "Fail"`, `failurePolicy: "Ignore"`},
		{"an exception stands in the tree", "clusters/attic/zz.cue", "", "package attic\n\napps: web: objects: excuse: {\n\tapiVersion: \"policies.kyverno.io/v1\", kind: \"PolicyException\"\n\tmetadata: {name: \"excuse\", namespace: \"kyverno\"}\n\tspec: {\n\t\tpolicyRefs: [{name: \"image-tags\", kind: \"ValidatingPolicy\"}]\n\t\tmatchConditions: [{name: \"all\", expression: \"true\"}]\n\t}\n}\n"},
		{"a probe is off", web, `ready: path: "/"`, `ready: off: "it has none"`},
	})
}

// TestHarmless makes changes that loosen nothing: nothing is found.
func TestHarmless(t *testing.T) {
	r := reference(t)
	bases := map[string]*inventory.Subject{"turingpi": r.subject(t, "turingpi"), "arrakeen": r.subject(t, "arrakeen")}
	for _, c := range []change{
		{"an amount is written otherwise", turingpi + "nodes.cue", `memory:  "16Gi"`, `memory:  "16384Mi"`},
		{"a value is made of others", turingpi + "cluster.cue", `domain:   "homelab.local"`, `domain:   "homelab." + _top, _top: "local"`},
		{"what is common has a name", turingpi + "nodes.cue", `reserved: {cpu: "100m", memory: "1Gi"}`, `reserved: _taken, _taken: {cpu: "100m", memory: "1Gi"}`},
		{"a list is in another order", turingpi + "cluster.cue", `["docker.io", "ghcr.io", "quay.io", "registry.k8s.io"]`, `["quay.io", "docker.io", "registry.k8s.io", "ghcr.io"]`},
		{"a registry is named more narrowly", arrakeen + "cluster.cue", `registries: ["docker.io", "ghcr.io"]`, `registries: ["docker.io", "docker.io/library", "ghcr.io"]`},
		{"a ceiling has another name", arrakeen + "cluster.cue", `ceilings: all:`, `ceilings: "the-house":`},
		{"a ceiling is lower", arrakeen + "cluster.cue", `ceilings: all: {memory: "56Gi"`, `ceilings: all: {memory: "55Gi"`},
		{"a node keeps more for itself", turingpi + "nodes.cue", `reserved: {cpu: "100m", memory: "1Gi"}`, `reserved: {cpu: "200m", memory: "1536Mi"}`},
		{"a quota is smaller", turingpi + "namespaces.cue", `memory: "3Gi"`, `memory: "2Gi"`},
		{"an agent may do less", arrakeen + "apps.cue", `services: ["get", "list", "create", "update", "delete"]`, `services: ["get", "list"]`},
		{"an app is new", arrakeen + "zz.cue", "", "package arrakeen\n\napps: pages: {from: \"nginx\", namespace: \"voice\", files: \"/usr/share/nginx/html/index.html\": text: \"x\"}\n"},
		{"comments and spaces", turingpi + "cluster.cue", `registries: [`, "// Where images come from.\n\n\n\tregistries: [ "},
		{"grants in two", arrakeen + "apps.cue", `services: ["get", "list", "create", "update", "delete"]`, "}\n\t}\n\tgrants: services: {\n\t\tin: \"sietch-sentia\"\n\t\tallow: {\n\t\t\tservices: [\"get\", \"list\", \"create\", \"update\", \"delete\"]"},
	} {
		undo := r.apply(t, c)
		cluster := strings.Split(c.file, "/")[1]
		for _, f := range compare(t, bases[cluster], r, cluster) {
			t.Errorf("%s: %s", c.name, f)
		}
		undo()
	}

	// A policy of the tree under another name.
	small := attic(t)
	before := small.subject(t, "attic")
	undo := small.apply(t, change{"another name", "clusters/attic/web.cue", `metadata: name: "names"`, `metadata: name: "titles"`})
	require.Empty(t, compare(t, before, small, "attic"))
	undo()

	// A file that moves.
	require.NoError(t, os.Rename(filepath.Join(r.dir, turingpi, "voice.cue"), filepath.Join(r.dir, turingpi, "speech.cue")))
	require.Empty(t, compare(t, bases["turingpi"], r, "turingpi"))
}

// TestParametersAreKnown wants each parameter of the library said to be a demand or a
// permission: of one that lists what policies let pass, more is weaker.
func TestParametersAreKnown(t *testing.T) {
	given, err := admission.Load(library.FS)
	require.NoError(t, err)
	permissions := []string{
		"adminBindings", "allowedRegistries", "domains", "meshClasses", "pools", "sharedClasses", "storageClasses", "tunnelWorkloads", "tunnelled",
	}
	for _, p := range given {
		for _, name := range p.Params {
			require.NotEqual(t, slices.Contains(gate.Demands(), name), slices.Contains(permissions, name), "%s is one of both", name)
		}
	}
}
