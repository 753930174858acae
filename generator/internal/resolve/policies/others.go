package policies

import (
	"fmt"
	"maps"
	"slices"

	policiesv1 "github.com/kyverno/api/api/policies.kyverno.io/v1"
	admissionv1 "k8s.io/api/admissionregistration/v1"

	"stillsuit.dev/generator/internal/kinds"
	"stillsuit.dev/generator/internal/labels"
	"stillsuit.dev/generator/internal/policy"
	"stillsuit.dev/generator/model"
)

// others exempt what others run in namespaces that something else makes, and those
// namespaces, from all policies that are rendered: policies that deny would otherwise refuse
// a pod that was there first when it starts again.
func (r Policies) others(rendered []policy.Policy) []Exception {
	var refs []policiesv1.PolicyRef
	for _, p := range rendered {
		refs = append(refs, policiesv1.PolicyRef{Name: p.PolicyMarks.Name, Kind: kinds.Validating.Kind})
	}
	if len(refs) == 0 {
		return nil
	}
	var out []Exception
	for _, name := range slices.Sorted(maps.Keys(r.Desired.Namespaces)) {
		if !r.Outside(name) {
			continue
		}
		theirs := fmt.Sprintf("(object.kind == 'Namespace' ? object.metadata.name : object.metadata.?namespace.orValue('')) == %s && !(%s)",
			model.CELString(name), labelled(labels.ManagedBy, labels.Stillsuit))
		for _, chart := range slices.Sorted(maps.Keys(r.Charts)) {
			if c := r.Charts[chart]; c.Rendered() && c.Declared.Namespace == name {
				theirs += " && !(" + ofChart(c) + ")"
			}
		}
		out = append(out, Exception{
			Name: "outside-" + name, At: model.Path{"namespaces", name, "outside"}, Policies: refs,
			Reason: r.Desired.Namespaces[name].Outside, Conditions: []admissionv1.MatchCondition{{Name: "others", Expression: theirs}},
		})
	}
	return out
}
