package e2e_test

import (
	"regexp"
	"strings"
	"testing"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
)

// unbroken are the rules in CEL of definitions, by their messages, that no mutant breaks.
// Rules that compare an object with the one before cannot be broken by a new one.
func unbroken(t *testing.T, definitions []*unstructured.Unstructured, mutants []*verdict) []string {
	t.Helper()
	var said strings.Builder
	for _, v := range mutants {
		said.WriteString(v.strict + "\n")
	}
	var out []string
	var walk func(any)
	walk = func(value any) {
		switch value := value.(type) {
		case map[string]any:
			rules, _ := value["x-kubernetes-validations"].([]any)
			for _, r := range rules {
				rule, _ := r.(map[string]any)
				text, _ := rule["rule"].(string)
				message, _ := rule["message"].(string)
				if !strings.Contains(text, "oldSelf") && !enumerated(value, text) && !strings.Contains(said.String(), message) {
					out = append(out, message)
				}
			}
			for _, v := range value {
				walk(v)
			}
		case []any:
			for _, v := range value {
				walk(v)
			}
		}
	}
	for _, d := range definitions {
		walk(d.Object)
	}
	return out
}

// enumerated reports whether a rule says again what the enum of a field says: the API server
// refuses a value that is not in it, and evaluates no rule then (k8s.io/apiextensions-apiserver,
// pkg/registry/customresource/strategy.go, hasBlockingErr).
func enumerated(schema map[string]any, rule string) bool {
	m := regexp.MustCompile(`^self\.(\w+) in \[[^\]]*\]( \|\| self\.\w+ == '\w+')*$`).FindStringSubmatch(rule)
	if m == nil {
		return false
	}
	enum, _, _ := unstructured.NestedSlice(schema, "properties", m[1], "enum")
	return len(enum) > 0
}
