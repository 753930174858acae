package admission

import (
	"fmt"
	"slices"
	"strings"

	admissionregistrationv1 "k8s.io/api/admissionregistration/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apiserver/pkg/admission/plugin/webhook/predicates/rules"
)

// selectors are those of a policy's match constraints.
type selectors struct{ namespace, object labels.Selector }

func readSelectors(m *admissionregistrationv1.MatchResources) (selectors, error) {
	read := func(field string, s *metav1.LabelSelector) (labels.Selector, error) {
		if s == nil {
			return labels.Everything(), nil
		}
		out, err := metav1.LabelSelectorAsSelector(s)
		if err != nil {
			return nil, fmt.Errorf("spec.matchConstraints.%s: %w", field, err)
		}
		return out, nil
	}
	namespace, err := read("namespaceSelector", m.NamespaceSelector)
	if err != nil {
		return selectors{}, err
	}
	object, err := read("objectSelector", m.ObjectSelector)
	return selectors{namespace, object}, err
}

// about reports whether a policy is about an object, before its own conditions are
// asked: by Kyverno's rules (kyverno v1.19.1, pkg/cel/matching), which are those of
// Kubernetes' webhooks.
func (f *form) about(o *object) bool {
	if !f.selectors.namespace.Empty() && !f.namespaceFits(o) {
		return false
	}
	if !f.selectors.object.Empty() && !f.selectors.object.Matches(labels.Set(o.labels)) {
		return false
	}
	if anyRule(f.match.ExcludeResourceRules, o) {
		return false
	}
	return anyRule(f.match.ResourceRules, o)
}

// namespaceFits asks the namespace's labels; those of a Namespace are its own, and an
// object of the whole cluster is never let off by them.
func (f *form) namespaceFits(o *object) bool {
	switch {
	case o.resource.Resource == "namespaces": // of any group
		return f.selectors.namespace.Matches(labels.Set(o.labels))
	case o.namespace == "":
		return true
	}
	return f.selectors.namespace.Matches(labels.Set(o.inNamespace.labels))
}

func anyRule(all []admissionregistrationv1.NamedRuleWithOperations, o *object) bool {
	return slices.ContainsFunc(all, func(r admissionregistrationv1.NamedRuleWithOperations) bool {
		m := rules.Matcher{Rule: r.RuleWithOperations, Attr: o.attributes}
		if !m.Matches() {
			return false
		}
		return len(r.ResourceNames) == 0 || slices.ContainsFunc(r.ResourceNames, func(name string) bool {
			if o.name == "" {
				return strings.HasPrefix(o.generateName, name)
			}
			return o.name == name
		})
	})
}
