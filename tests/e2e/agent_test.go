package e2e_test

import (
	"slices"
	"strings"

	"github.com/stretchr/testify/require"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
)

// agent lets the agent of arrakeen try to leave its workspace beside Flux, and shows
// that the API server finds nothing odd in its rules.
func (s *scenario) agent() {
	s.Helper()
	s.tried()

	for _, o := range s.rendered.Objects() {
		if o.Kind != "ValidatingAdmissionPolicy" {
			continue
		}
		policy, err := s.Get(s.object(o))
		require.NoError(s, err)
		warnings, _, err := unstructured.NestedSlice(policy.Object, "status", "typeChecking", "expressionWarnings")
		require.NoError(s, err)
		warnings = slices.DeleteFunc(warnings, func(w any) bool {
			// One about several kinds reads what only some have, if it is there.
			text, _ := w.(map[string]any)["warning"].(string)
			return strings.Contains(text, "undefined field") && severalKinds(policy)
		})
		require.Empty(s, warnings, o.Name)
	}
}

// severalKinds reports whether a ValidatingAdmissionPolicy is about several kinds.
func severalKinds(policy *unstructured.Unstructured) bool {
	rules, _, _ := unstructured.NestedSlice(policy.Object, "spec", "matchConstraints", "resourceRules")
	kinds := 0
	for _, r := range rules {
		resources, _ := r.(map[string]any)["resources"].([]any)
		kinds += len(resources)
	}
	return kinds > 1
}
