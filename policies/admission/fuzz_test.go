package admission_test

import (
	"os"
	"path/filepath"
	"testing"
	"unicode/utf8"

	"github.com/google/cel-go/cel"
	"github.com/kyverno/kyverno/pkg/cel/autogen"
	"github.com/stretchr/testify/require"

	"stillsuit.dev/generator/manifest"
	"stillsuit.dev/generator/model"
	"stillsuit.dev/policies/admission"
)

// FuzzPolicy reads a policy from any bytes, and asks it about two objects: it is read
// or not, it is asked or not, and nothing of it ends the program.
func FuzzPolicy(f *testing.F) {
	files, err := filepath.Glob("testdata/library/*/policy.yaml")
	require.NoError(f, err)
	for _, file := range files {
		b, err := os.ReadFile(file)
		require.NoError(f, err)
		f.Add(b)
	}
	f.Add([]byte("apiVersion: policies.kyverno.io/v1\nkind: ValidatingPolicy\nmetadata: {name: a}\nspec: {matchConstraints: {}, validations: [{expression: 'object.a.b[3] == 1'}]}"))
	// An operation that is not there, and variables that ask for themselves, once ended it.
	f.Add([]byte("apiVersion: policies.kyverno.io/v1\nkind: ValidatingPolicy\nmetadata: {name: a}\nspec: {matchConstraints: {resourceRules: [{apiGroups: [''], apiVersions: [v1], resources: [pods]}]}, validations: [{expression: 'true'}]}"))
	f.Add([]byte("apiVersion: policies.kyverno.io/v1\nkind: ValidatingPolicy\nmetadata: {name: a}\nspec: {matchConstraints: {resourceRules: [{apiGroups: [''], apiVersions: [v1], resources: [configmaps], operations: ['*']}]}, variables: [{name: a, expression: '1'}, {name: a, expression: 'variables.a + dyn(variables).a'}], validations: [{expression: 'variables.a == 1'}]}"))
	world, err := admission.NewWorld(append(deployments(1), configMap("one", map[string]any{"a": "1"})), nil)
	require.NoError(f, err)
	f.Fuzz(func(t *testing.T, document []byte) {
		p, err := admission.Parse(document)
		if err != nil {
			return
		}
		evaluator, unasked, err := admission.NewEvaluator([]*admission.Policy{p})
		require.NoError(t, err)
		verdicts, _, err := evaluator.Ask(world, nil)
		require.NoError(t, err)
		if len(unasked) > 0 {
			require.Empty(t, verdicts)
		}
		for _, v := range verdicts {
			require.NotEmpty(t, v.Outcome)
		}
		evaluator.Reliances(p)
		again, err := admission.Parse(document)
		require.NoError(t, err)
		require.Equal(t, p.Name, again.Name)
	})
}

// FuzzObject asks the policies of the library about an object of any bytes.
func FuzzObject(f *testing.F) {
	given, err := admission.Load(os.DirFS("testdata/library"))
	require.NoError(f, err)
	evaluator, _, err := admission.NewEvaluator(given)
	require.NoError(f, err)
	for _, o := range append(deployments(2), configMap("one", map[string]any{"a": "1"})) {
		b, err := o.YAML()
		require.NoError(f, err)
		f.Add(b)
	}
	f.Add([]byte("spec: {template: {spec: {containers: {main: 1}}}}"))
	f.Fuzz(func(t *testing.T, content []byte) {
		o := &manifest.Object{ID: manifest.ID{Group: "apps", Kind: "Deployment", Namespace: "home", Name: "web"}, APIVersion: "apps/v1", Verbatim: content}
		world, err := admission.NewWorld([]*manifest.Object{o}, nil)
		if err != nil {
			return
		}
		verdicts, _, err := evaluator.Ask(world, nil)
		require.NoError(t, err)
		for _, v := range verdicts {
			require.Equal(t, v.Outcome == admission.Error, v.Err != nil || anyErr(v), "an error is told, and only then")
		}
	})
}

func anyErr(v *admission.Verdict) bool {
	for _, r := range v.Results {
		if r.Err != nil {
			return true
		}
	}
	return false
}

// FuzzLiteral has CEL read what a cluster's value is written as, also after Kyverno
// rewrote the policy for what makes pods: it is the text that it was.
func FuzzLiteral(f *testing.F) {
	for _, text := range []string{"", "it's", `a\b"`, "a\nb\x00\t", "object.spec.x", "oldObject.metadata.name", "\U0001f600\u2028", "bject.spec", "${X}"} {
		f.Add(text)
	}
	env, err := cel.NewEnv()
	require.NoError(f, err)
	f.Fuzz(func(t *testing.T, text string) {
		if !utf8.ValidString(text) {
			t.Skip("CUE has no such text")
		}
		for _, replacements := range autogen.ReplacementsMap {
			literal := string(autogen.Apply([]byte(model.CELString(text)), replacements...))
			checked, issues := env.Compile(literal)
			require.NoError(t, issues.Err(), literal)
			program, err := env.Program(checked)
			require.NoError(t, err)
			out, _, err := program.Eval(map[string]any{})
			require.NoError(t, err)
			require.Equal(t, text, out.Value())
		}
	})
}
