package kyverno

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"testing"

	"github.com/stretchr/testify/require"
	"sigs.k8s.io/yaml"
)

// object is a part of a policy, as YAML has it.
type object = map[string]any

// parts are what policies are made of.
type parts struct {
	Constraints   []object   `json:"constraints"`
	Conditions    [][]object `json:"conditions"`
	Variables     [][]object `json:"variables"`
	Validations   [][]object `json:"validations"`
	WithVariables []object   `json:"withVariables"`
	Annotations   [][]object `json:"annotations"`
	Autogen       []object   `json:"autogen"`
	Evaluation    []object   `json:"evaluation"`
	Exceptions    []object   `json:"exceptions"`
}

func readParts(t *testing.T) parts {
	t.Helper()
	b, err := os.ReadFile("testdata/parts.yaml")
	require.NoError(t, err)
	var p parts
	require.NoError(t, yaml.UnmarshalStrict(b, &p))
	return p
}

// made are n policies, and the exceptions to them: the same ones for a seed. The parts
// of each list come in turn, beside others by chance.
func (p parts) made(t *testing.T, seed uint64, n int) (policies, exceptions [][]byte) {
	t.Helper()
	r := rand.New(rand.NewPCG(seed, 11))
	var names []string
	for i := range n {
		about := p.Constraints[i%len(p.Constraints)]
		if r.IntN(2) == 0 { // or most would be about nothing
			about = p.Constraints[[]int{2, 9, 15, 16, 25}[r.IntN(5)]]
		}
		spec := object{
			"matchConstraints": about, "validationActions": []any{"Audit"},
			"matchConditions":  p.Conditions[r.IntN(len(p.Conditions))],
			"auditAnnotations": p.Annotations[r.IntN(len(p.Annotations))],
		}
		all := len(p.Validations) + len(p.WithVariables)
		if at := i % all; at < len(p.Validations) {
			spec["validations"], spec["variables"] = p.Validations[at], p.Variables[r.IntN(len(p.Variables))]
		} else {
			maps.Copy(spec, p.WithVariables[at-len(p.Validations)])
		}
		if r.IntN(4) == 0 {
			spec["failurePolicy"] = "Ignore"
		}
		if autogen := p.Autogen[r.IntN(len(p.Autogen))]; autogen != nil {
			spec["autogen"] = autogen
		}
		if evaluation := p.Evaluation[r.IntN(len(p.Evaluation))]; evaluation != nil {
			spec["evaluation"] = evaluation
		}
		name := fmt.Sprintf("made-%03d", i)
		policy := object{"apiVersion": "policies.kyverno.io/v1", "kind": "ValidatingPolicy", "metadata": object{"name": name}, "spec": spec}
		if r.IntN(8) == 0 {
			policy["kind"], policy["metadata"] = "NamespacedValidatingPolicy", object{"name": name, "namespace": []string{"home", "default", "node-tools"}[r.IntN(3)]}
		}
		policies, names = append(policies, marshal(t, policy)), append(names, name)
	}
	for i := range n {
		spec := maps.Clone(p.Exceptions[r.IntN(len(p.Exceptions))])
		var refs []object
		for range 1 + r.IntN(3) {
			refs = append(refs, object{"name": names[r.IntN(n)], "kind": []string{"ValidatingPolicy", "ValidatingPolicy", "NamespacedValidatingPolicy", "ImageValidatingPolicy"}[r.IntN(4)]})
		}
		if r.IntN(6) == 0 {
			refs = append(refs, refs[0])
		}
		spec["policyRefs"] = refs
		labels := object{}
		if r.IntN(2) == 0 {
			priorities := []string{"1", "2", "-1", "high", "", "+3", "007", "99999999999999999999"}
			labels["polex.kyverno.io/priority"] = priorities[r.IntN(len(priorities))]
		}
		exceptions = append(exceptions, marshal(t, object{
			"apiVersion": "policies.kyverno.io/v1", "kind": "PolicyException",
			"metadata": object{"name": fmt.Sprintf("let-off-%03d", i), "namespace": "flux-system", "labels": labels}, "spec": spec,
		}))
	}
	for i := 0; i < n; i += 8 { // two to the same objects, of which the second decides
		for j, name := range []string{"first", "second"} {
			priority, result := []string{"", "1"}[j], []string{"skip", "pass"}[j]
			exceptions = append(exceptions, marshal(t, object{
				"apiVersion": "policies.kyverno.io/v1", "kind": "PolicyException",
				"metadata": object{"name": fmt.Sprintf("%s-%03d", name, i), "namespace": "flux-system", "labels": object{"polex.kyverno.io/priority": priority}},
				"spec": object{
					"policyRefs": []object{{"name": names[i], "kind": "ValidatingPolicy"}, {"name": names[i], "kind": "NamespacedValidatingPolicy"}}, "reportResult": result,
					"matchConditions": []object{{"name": "a", "expression": "object.metadata.name.endsWith('2')"}},
				},
			}))
		}
	}
	return policies, exceptions
}

func marshal(t *testing.T, o object) []byte {
	t.Helper()
	b, err := yaml.Marshal(o)
	require.NoError(t, err)
	return b
}

// TestPolicies holds our verdicts by made-up policies, with exceptions to them, on
// made-up objects against the engine's.
func TestPolicies(t *testing.T) {
	p := readParts(t)
	_, namespaces := library(t)
	require.LessOrEqual(t, len(p.Validations)+len(p.WithVariables), 180, "each has its turn")
	all := newTally()
	for _, seed := range seeds(t, many(1, 8)) {
		given := parity{beside: namespaces, judged: objects(t, seed+100, many(250, 500))}
		given.policies, given.exceptions = p.made(t, seed, many(180, 300))
		all.add(given.compare(t))
	}
	agree(t, all)
	require.Greater(t, all.annotations, 500)
	for _, verdict := range []string{"pass", "fail", "error", "skip"} {
		require.Greater(t, all.whole[verdict], 500, verdict)
		require.Greater(t, all.single[verdict], 500, verdict)
	}
}
