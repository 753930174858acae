package flux

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	corev1 "k8s.io/api/core/v1"

	"stillsuit.dev/inventory"
)

// What Kubernetes refuses is told of at its line, and the rest of the object is read.
func TestRefused(t *testing.T) {
	const pod = "apiVersion: v1\nkind: Pod\nmetadata:\n  name: web\n  labels: {}\nspec:\n  containers:\n  - name: main\n    image: docker.io/library/web:1.0.0\n    resources:\n      requests:\n        memory: 64Mi\n"
	for from, c := range map[string]struct{ to, want string }{
		"memory: 64Mi":       {"memory: -64Mi", "app/a.yaml:12:9: error: spec.containers[0].resources.requests.memory is \"-64Mi\", which is negative"},
		"memory: 64Mi\n":     {"memory: .inf\n", "app/a.yaml:12:9: error: spec.containers[0].resources.requests.memory is \".inf\", which is not an amount"},
		"  name: web\n":      {"  name: Web_1\n", "app/a.yaml:4:3: error: metadata.name is \"Web_1\""},
		"labels: {}":         {"labels: {a: b c}", "app/a.yaml:5:12: error: metadata.labels.a is \"b c\""},
		"- name: main":       {"- name: main_1", "app/a.yaml:8:5: error: spec.containers[0].name is \"main_1\""},
		"labels: {}\n":       {"labels: {a: \"${WHO}\", b: \"{{ .Values.b }}\"}\n", ""},
		"  name: web\n  lab": {"  name: ${NAME}\n  lab", ""},
		"memory: 64Mi\n ":    {"memory: 100m\n ", "app/a.yaml:12:9: warning: spec.containers[0].resources.requests.memory is \"100m\", which is 0.1 bytes"},
	} {
		got := read(t, map[string]string{"app/a.yaml": strings.Replace(pod+" ", from, c.to, 1)})
		require.Equal(t, c.want == "", got == "", got)
		require.Contains(t, got, c.want)
		require.NotContains(t, got, "\n")
	}
	// What a component holds is judged where it is a part, and not alone.
	const ns = "apiVersion: v1\nkind: Namespace\nmetadata: {name: _}\n"
	got := read(t, map[string]string{"app/c/kustomization.yaml": "apiVersion: kustomize.config.k8s.io/v1alpha1\nkind: Component\nresources: [ns.yaml]\n", "app/c/ns.yaml": ns})
	require.Empty(t, got)
	got = read(t, map[string]string{"app/kustomization.yaml": "components: [../c]\n", "c/kustomization.yaml": "apiVersion: kustomize.config.k8s.io/v1alpha1\nkind: Component\nresources: [ns.yaml]\n", "c/ns.yaml": ns})
	require.Contains(t, got, "c/ns.yaml:3:12: error: metadata.name is \"_\"")
	// Built by kustomize, the container is found by its name, wherever a patch put it.
	got = read(t, map[string]string{"app/kustomization.yaml": "resources: [a.yaml]\npatches:\n- patch: |\n    apiVersion: v1\n    kind: Pod\n    metadata: {name: web}\n    spec: {containers: [{name: side, image: x}]}\n", "app/a.yaml": strings.Replace(pod, "64Mi", "1e300", 1)})
	require.Contains(t, got, "app/a.yaml:12:9: error: spec.containers[")
}

// Node sizes that are no amounts are told of, and are no zeros.
func TestRefusedNodes(t *testing.T) {
	for _, size := range []string{"-1Gi", "NaN", ".nan", ".inf", "inf", "1e300", "[1, 2]", `""`, "99999999999999999999999", "9Ei"} {
		for _, list := range []string{"capacity", "allocatable"} {
			s, got := readNodes(t, "kind: Node\nmetadata: {name: pi}\nstatus:\n  "+list+":\n    memory: "+size+"\n")
			require.True(t, strings.HasPrefix(got, "nodes.yaml:5:5: error: status."+list+".memory is "), "%s: %s", size, got)
			amounts := s.Nodes["pi"].Kubernetes.Status
			memory := map[string]corev1.ResourceList{"capacity": amounts.Capacity, "allocatable": amounts.Allocatable}[list][corev1.ResourceMemory]
			require.Negative(t, memory.Sign(), size)
		}
	}
	_, got := readNodes(t, "kind: Node\nmetadata: {name: pi}\nstatus: {capacity: {memory: 8Gi, cpu: 0.5}}\n")
	require.Empty(t, got)
}

// readNodes reads a tree of one object with these nodes, and what is told of the nodes.
func readNodes(t *testing.T, nodes string) (*inventory.Subject, string) {
	t.Helper()
	dir := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(dir, "a.yaml"), []byte("apiVersion: v1\nkind: ConfigMap\nmetadata: {name: x}\n"), 0o600))
	root, err := os.OpenRoot(dir)
	require.NoError(t, err)
	defer root.Close()
	s, findings, err := Read(root, ".", &Options{NodesFile: "nodes.yaml", Nodes: []byte(nodes)})
	require.NoError(t, err)
	var out []string
	for _, f := range findings {
		out = append(out, f.String())
	}
	return s, strings.Join(out, "\n")
}
