package admission_test

import (
	"fmt"
	"log"

	"stillsuit.dev/generator/manifest"
	"stillsuit.dev/policies/admission"
)

// A policy of one's own, asked about a ConfigMap.
func Example() {
	policy, err := admission.Parse([]byte(`
apiVersion: policies.kyverno.io/v1
kind: ValidatingPolicy
metadata: {name: small}
spec:
  matchConstraints: {resourceRules: [{apiGroups: [""], apiVersions: [v1], resources: [configmaps], operations: [CREATE]}]}
  validations: [{expression: size(object.data) <= 1, message: a ConfigMap holds one key}]
`))
	if err != nil {
		log.Fatal(err)
	}
	evaluator, unasked, err := admission.NewEvaluator([]*admission.Policy{policy})
	if err != nil || len(unasked) > 0 {
		log.Fatal(err, unasked)
	}
	world, err := admission.NewWorld([]*manifest.Object{{
		ID: manifest.ID{Kind: "ConfigMap", Namespace: "home", Name: "words"}, APIVersion: "v1",
		Value: map[string]any{"apiVersion": "v1", "kind": "ConfigMap", "metadata": map[string]any{"name": "words", "namespace": "home"}, "data": map[string]any{"a": "1", "b": "2"}},
	}}, nil)
	if err != nil {
		log.Fatal(err)
	}
	verdicts, _, err := evaluator.Ask(world, nil)
	if err != nil {
		log.Fatal(err)
	}
	for _, v := range verdicts {
		fmt.Println(v.Object.DisplayName(), v.Policy.Name, v.Outcome, v.Results[0].Message)
	}
	// Output: ConfigMap home/words small fail a ConfigMap holds one key
}
