package policies_test

import (
	"fmt"
	"log"

	"stillsuit.dev/checks"
	"stillsuit.dev/checks/policies"
	"stillsuit.dev/finding"
	"stillsuit.dev/generator/manifest"
	"stillsuit.dev/inventory"
	"stillsuit.dev/policies/admission"
)

// line finds the lines of a tree; all of it stands on one.
type line struct{}

func (line) Locate(inventory.Spot) (finding.Place, string) {
	return finding.Place{File: "words.yaml", Line: 1}, ""
}

// A policy of your own, for a tree that no CUE produced.
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
	subject := &inventory.Subject{Places: line{}, Objects: []*manifest.Object{{
		ID: manifest.ID{Kind: "ConfigMap", Namespace: "home", Name: "words"}, APIVersion: "v1",
		Value: map[string]any{"apiVersion": "v1", "kind": "ConfigMap", "metadata": map[string]any{"name": "words", "namespace": "home"}, "data": map[string]any{"a": "1", "b": "2"}},
	}}}
	checker := policies.Checker(nil, &policies.Options{Asked: []*admission.Policy{policy}})
	findings, err := checks.Run(subject, []*checks.Checker{checker}, nil)
	if err != nil {
		log.Fatal(err)
	}
	for _, f := range findings {
		fmt.Println(f.Place, f.Severity, f.Code)
	}
	// Output: words.yaml:1 error admission/denied
}
