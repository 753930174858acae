package network_test

import (
	"flag"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"stillsuit.dev/checks/network"
	"stillsuit.dev/finding"
	"stillsuit.dev/generator"
	"stillsuit.dev/generator/model"
	"stillsuit.dev/inventory"
)

var update = flag.Bool("update", false, "write the tables anew")

// mode is a network plugin and how it is set up.
type mode struct {
	name, cni, backend, egress string
	ranges                     bool // each node declares its part of the pod range
}

func modes() []mode {
	return []mode{
		{name: "kube-router", cni: "kube-router"},
		{name: "flannel", cni: "flannel", ranges: true},
		{name: "flannel-unknown", cni: "flannel"},
		{name: "flannel-host-gw", cni: "flannel", backend: "host-gw"},
		{name: "flannel-pod", cni: "flannel", egress: "pod"},
		{name: "flannel-cluster", cni: "flannel", egress: "cluster", ranges: true},
		{name: "flannel-disabled", cni: "flannel", egress: "disabled", ranges: true},
		{name: "calico", cni: "calico"},
		{name: "cilium", cni: "cilium"},
		{name: "other", cni: "other"},
	}
}

// set puts a cluster under a mode.
func (m mode) set(c *model.Cluster) {
	c.Network.CNI, c.Network.Backend, c.Kubernetes.EgressSelector = m.cni, m.backend, m.egress
	c.Kubernetes.Bundled = maps.Clone(c.Kubernetes.Bundled)
	if c.Kubernetes.Bundled == nil {
		c.Kubernetes.Bundled = map[string]bool{}
	}
	c.Kubernetes.Bundled["network-policy"] = m.cni == "flannel"
	for i, name := range slices.Sorted(maps.Keys(c.Nodes)) {
		c.Nodes[name].Pods = ""
		if m.ranges {
			c.Nodes[name].Pods = fmt.Sprintf("10.42.%d.0/24", i)
		}
	}
}

// clusters are the reference clusters and one with K3s's defaults, by name, and where they lie.
func clusters() map[string]string {
	return map[string]string{"turingpi": "../..", "arrakeen": "../..", "home": "../../tests/third", "demo": "testdata/demo"}
}

// rendered is a cluster under a mode; nil for the one that it declares itself.
func rendered(t *testing.T, dir, name string, m *mode) *inventory.Subject {
	t.Helper()
	repo, err := generator.Open(dir, nil)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, repo.Close()) })
	cluster, findings, err := generator.Load(t.Context(), repo, name)
	require.NoError(t, err)
	require.Empty(t, errorsOf(findings))
	if m != nil {
		m.set(&cluster.Cluster)
	}
	cluster.Cluster.Policies = nil // their library is not of this test
	rendering, findings, err := generator.Render(cluster)
	require.NoError(t, err)
	require.Empty(t, errorsOf(findings))
	return inventory.Declared(cluster.Desired, rendering.Set, repo.Lock(), repo.Source)
}

func errorsOf(findings []finding.Finding) []finding.Finding {
	return slices.DeleteFunc(findings, func(f finding.Finding) bool { return f.Severity != finding.Error })
}

// TestTables evaluates the NetworkPolicies of each cluster under each network plugin:
// nothing is denied that must get through, or gets through and must not. What nodes reach is
// held against what was reviewed.
func TestTables(t *testing.T) {
	for name, dir := range clusters() {
		for _, m := range append(modes(), mode{}) {
			t.Run(name+"/"+m.name, func(t *testing.T) {
				t.Parallel()
				as := &m
				if m.name == "" { // as it is declared
					as, m.name = nil, "declared"
				}
				table, err := network.Table(rendered(t, dir, name, as))
				require.NoError(t, err)
				lines := strings.SplitAfter(table, "\n")
				var wrong, nodes []string
				reached := map[string]bool{} // what nodes must reach
				for _, line := range lines {
					if strings.HasSuffix(line, " WRONG\n") {
						wrong = append(wrong, line)
					}
					if kind, _, _ := strings.Cut(line, " "); slices.Contains([]string{"webhook", "host", "probe"}, kind) {
						nodes = append(nodes, line)
						_, to, _ := strings.Cut(line, " -> ")
						to, _, _ = strings.Cut(to, ": ")
						reached[to] = true
					}
				}
				for _, line := range lines {
					_, to, _ := strings.Cut(line, " -> ")
					to, _, _ = strings.Cut(to, ": ")
					if strings.HasPrefix(line, "stranger ") && reached[to] {
						nodes = append(nodes, line)
					}
				}
				require.Greater(t, len(lines), 5)
				require.Empty(t, wrong)
				golden := filepath.Join("testdata", "tables", name+"-"+m.name+".txt")
				if *update {
					require.NoError(t, os.WriteFile(golden, []byte(strings.Join(nodes, "")), 0o644))
				}
				want, err := os.ReadFile(golden)
				require.NoError(t, err)
				require.Equal(t, string(want), strings.Join(nodes, ""))
			})
		}
	}
}
