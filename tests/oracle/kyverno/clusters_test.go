package kyverno

import (
	"testing"

	policiesv1 "github.com/kyverno/api/api/policies.kyverno.io/v1"
	"github.com/stretchr/testify/require"
	"sigs.k8s.io/yaml"

	"stillsuit.dev/generator"
	"stillsuit.dev/inventory"
	lib "stillsuit.dev/policies/library"
)

// rendered is a cluster of the repository: its objects, and what it gives the
// parameters of policies.
type rendered struct {
	objects    []map[string]any
	parameters map[string]string
}

// clusters renders the clusters of the repository, by name.
func clusters(t *testing.T) map[string]rendered {
	t.Helper()
	repo, err := generator.Open("../../..", &generator.Options{Library: lib.FS})
	require.NoError(t, err)
	defer repo.Close()
	names, err := repo.Clusters()
	require.NoError(t, err)
	require.Len(t, names, 2)
	out := map[string]rendered{}
	for _, name := range names {
		cluster, _, err := generator.Load(t.Context(), repo, name)
		require.NoError(t, err)
		require.NotNil(t, cluster)
		rendering, _, err := generator.Render(cluster)
		require.NoError(t, err)
		one := rendered{parameters: inventory.Declared(cluster.Desired, rendering.Set, repo.Lock(), repo.Source).Parameters}
		for _, unit := range rendering.Units {
			for _, o := range unit.Objects {
				b, err := o.YAML()
				require.NoError(t, err)
				var content map[string]any
				require.NoError(t, yaml.Unmarshal(b, &content))
				one.objects = append(one.objects, content)
			}
		}
		out[name] = one
	}
	return out
}

// exceptions are those of a cluster, as they are rendered.
func (r rendered) exceptions(t *testing.T) [][]byte {
	t.Helper()
	var out [][]byte
	for _, o := range r.objects {
		if o["kind"] == "PolicyException" {
			out = append(out, marshal(t, o))
		}
	}
	return out
}

// with is a policy with the parameters of a cluster.
func (r rendered) with(t *testing.T, policy []byte) (_ []byte, given int) {
	t.Helper()
	p := &policiesv1.ValidatingPolicy{}
	require.NoError(t, yaml.UnmarshalStrict(policy, p))
	for i, v := range p.Spec.Variables {
		if expression, ok := r.parameters[v.Name]; ok {
			p.Spec.Variables[i].Expression = expression
			given++
		}
	}
	b, err := yaml.Marshal(p)
	require.NoError(t, err)
	return b, given
}

// TestClusters holds our verdicts on what both clusters render to against the
// engine's, by every policy of the library: as it stands, and with the parameters and
// the exceptions of the cluster.
func TestClusters(t *testing.T) {
	folders, _ := library(t)
	for name, cluster := range clusters(t) {
		t.Run(name, func(t *testing.T) {
			var given, own [][]byte
			parameters := 0
			for _, f := range folders {
				policy, n := cluster.with(t, f.Policy)
				given, own, parameters = append(given, f.Policy), append(own, policy), parameters+n
			}
			require.Greater(t, parameters, 5)
			for _, p := range []parity{
				{policies: given, judged: cluster.objects},
				{policies: own, exceptions: cluster.exceptions(t), judged: cluster.objects},
			} {
				s := p.compare(t)
				agree(t, s)
				require.Equal(t, len(cluster.objects), s.objects)
				require.Greater(t, s.whole["pass"], 150)
				require.Greater(t, s.whole["fail"], 5)
			}
		})
	}
}
