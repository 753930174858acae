package policies

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	admissionv1 "k8s.io/api/admissionregistration/v1"

	"stillsuit.dev/generator/internal/labels"
	"stillsuit.dev/generator/internal/policy"
	"stillsuit.dev/generator/internal/resolve/scope"
	"stillsuit.dev/generator/model"
)

// conditions say in CEL what a declared exception is about. All of them must hold. The last
// one is about the app or chart, if there is one, as far as labels tell what is its.
func (r Policies) conditions(e model.PolicyException, rendered []policy.Policy) []admissionv1.MatchCondition {
	var out []admissionv1.MatchCondition
	if !slices.Contains(policyNames(rendered), e.Policy) { // it may be asked about what is deleted
		out = append(out, admissionv1.MatchCondition{Name: "object", Expression: "object != null"})
	}
	if e.Namespace != "" {
		out = append(out, admissionv1.MatchCondition{Name: "namespace", Expression: fmt.Sprintf(
			"object.kind == 'Namespace' ? object.metadata.name == %[1]s : object.metadata.?namespace.orValue('') == %[1]s", model.CELString(e.Namespace))})
	}
	if e.App == "" {
		return out
	}
	expression := ""
	if c := r.Charts[e.App]; r.Apps[e.App] == nil {
		expression = ofChart(c)
	} else {
		expression = inNamespace(r.Desired.Apps[e.App].Namespace) + " && " + labelled(labels.Name, e.App)
	}
	return append(out, admissionv1.MatchCondition{Name: "app", Expression: expression})
}

// ownedBy are the objects that a declared exception is about; nil when it names no app.
func (r Policies) ownedBy(e model.PolicyException, rendered []policy.Policy) *Owned {
	switch c := r.Charts[e.App]; {
	case e.App == "":
		return nil
	case r.Apps[e.App] == nil:
		return &Owned{By: e.App, Namespace: c.Namespace, Chart: true, Resources: about(e.Policy, rendered)}
	}
	return &Owned{By: e.App, Namespace: r.Desired.Apps[e.App].Namespace, Resources: about(e.Policy, rendered)}
}

// about are the resources that a policy is about; nil for one of the tree's own.
func about(name string, rendered []policy.Policy) []string {
	var out []string
	for _, p := range rendered {
		if p.PolicyMarks.Name == name && p.Spec.MatchConstraints != nil {
			for _, rule := range p.Spec.MatchConstraints.ResourceRules {
				out = append(out, rule.Resources...)
			}
		}
	}
	return out
}

// ofChart says in CEL what is a chart's: what Helm made, by the labels that charts put
// on pods and Flux on everything else, and what is rendered beside it.
func ofChart(c *scope.Chart) string {
	either := []string{
		labelled(labels.Instance, c.Declared.Release),
		labelled(labels.HelmRelease, c.Owner),
		labelled(labels.Name, c.Owner) + " && " + labelled(labels.ManagedBy, labels.Stillsuit),
	}
	if len(c.Declared.Pods) > 0 {
		var all []string
		for _, key := range slices.Sorted(maps.Keys(c.Declared.Pods)) {
			all = append(all, labelled(key, c.Declared.Pods[key]))
		}
		either = append(either, strings.Join(all, " && "))
	}
	return inNamespace(c.Declared.Namespace) + " && (" + strings.Join(either, " || ") + ")"
}

// inNamespace and labelled say in CEL where an object is, and what it is labelled with.
func inNamespace(name string) string {
	return "object.metadata.?namespace.orValue('') == " + model.CELString(name)
}

func labelled(key, value string) string {
	return fmt.Sprintf("object.metadata.?labels[?%s].orValue('') == %s", model.CELString(key), model.CELString(value))
}
