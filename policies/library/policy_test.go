package library_test

import (
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	admissionv1 "k8s.io/api/admissionregistration/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/yaml"

	"stillsuit.dev/generator/model"
	"stillsuit.dev/policies/library/fixture"
)

// policy is what the library uses of a ValidatingPolicy (policies.kyverno.io/v1).
type policy struct {
	metav1.TypeMeta   `json:",inline"`
	metav1.ObjectMeta `json:"metadata"`
	Spec              struct {
		ValidationActions []string                     `json:"validationActions"`
		MatchConstraints  admissionv1.MatchResources   `json:"matchConstraints"`
		MatchConditions   []admissionv1.MatchCondition `json:"matchConditions,omitempty"`
		Variables         []admissionv1.Variable       `json:"variables,omitempty"`
		Validations       []admissionv1.Validation     `json:"validations"`
	} `json:"spec"`

	folder fixture.Folder
}

// list splits an annotation at its commas.
func (p policy) list(annotation string) []string {
	text := p.Annotations[annotation]
	if text == "" {
		return nil
	}
	return strings.Split(text, ", ")
}

// looksUp tells whether the policy asks for other objects than the one it judges.
func (p policy) looksUp() bool {
	for _, v := range p.Spec.Variables {
		if regexp.MustCompile(`\bresource\.(List|Get)\(`).MatchString(v.Expression) {
			return true
		}
	}
	return false
}

// names tells whether one of the rules is about a resource.
func (p policy) names(resource string) bool {
	return slices.ContainsFunc(p.Spec.MatchConstraints.ResourceRules, func(r admissionv1.NamedRuleWithOperations) bool {
		return slices.Contains(r.Resources, resource)
	})
}

// expressions are all texts in CEL.
func (p policy) expressions() []string {
	var all []string
	for _, c := range p.Spec.MatchConditions {
		all = append(all, c.Expression)
	}
	for _, v := range p.Spec.Variables {
		all = append(all, v.Expression)
	}
	for _, v := range p.Spec.Validations {
		all = append(all, v.Expression, v.MessageExpression)
	}
	return all
}

// library reads all policies, strictly.
func library(t *testing.T) []policy {
	t.Helper()
	folders, err := fixture.Read(os.DirFS("."))
	require.NoError(t, err)
	require.GreaterOrEqual(t, len(folders), 30)
	all := make([]policy, 0, len(folders))
	for _, f := range folders {
		p := policy{folder: f}
		require.NoError(t, yaml.UnmarshalStrict(f.Policy, &p), f.Name)
		all = append(all, p)
	}
	return all
}

// TestClusterParameters holds the list of what only a cluster's CUE knows against the
// parameters that there are.
func TestClusterParameters(t *testing.T) {
	var all []string
	for _, p := range library(t) {
		all = append(all, p.list("policies.stillsuit.dev/params")...)
	}
	require.Subset(t, all, model.ClusterParameters())
}
