package render

import (
	"fmt"
	"slices"
	"strings"

	admissionv1 "k8s.io/api/admissionregistration/v1"

	"stillsuit.dev/generator/model"
)

// conditions say in CEL what a declared exception is about. All of them must hold. The last
// one is about the app or chart, if there is one, as far as labels tell what is its.
func (r policies) conditions(e model.PolicyException, rendered []LibraryPolicy) []admissionv1.MatchCondition {
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
	if c := r.charts[e.App]; r.apps[e.App] == nil {
		expression = ofChart(c)
	} else {
		expression = inNamespace(r.d.Apps[e.App].Namespace) + " && " + labelled(labelName, e.App)
	}
	return append(out, admissionv1.MatchCondition{Name: "app", Expression: expression})
}

// ownedBy are the objects that a declared exception is about; nil when it names no app.
func (r policies) ownedBy(e model.PolicyException, rendered []LibraryPolicy) *owned {
	switch c := r.charts[e.App]; {
	case e.App == "":
		return nil
	case r.apps[e.App] == nil:
		return &owned{by: e.App, namespace: c.namespace, chart: true, resources: about(e.Policy, rendered)}
	}
	return &owned{by: e.App, namespace: r.d.Apps[e.App].Namespace, resources: about(e.Policy, rendered)}
}

// about are the resources that a policy is about; nil for one of the tree's own.
func about(policy string, rendered []LibraryPolicy) []string {
	var out []string
	for _, p := range rendered {
		if p.PolicyMarks.Name == policy && p.Spec.MatchConstraints != nil {
			for _, rule := range p.Spec.MatchConstraints.ResourceRules {
				out = append(out, rule.Resources...)
			}
		}
	}
	return out
}

// ofChart says in CEL what is a chart's: what Helm made, by the labels that charts put
// on pods and Flux on everything else, and what is rendered beside it.
func ofChart(c *chart) string {
	either := []string{
		labelled(labelInstance, c.Release),
		labelled(labelHelmRelease, c.owner),
		labelled(labelName, c.owner) + " && " + labelled(labelManagedBy, managedBy),
	}
	if len(c.Pods) > 0 {
		var all []string
		for _, key := range sorted(c.Pods) {
			all = append(all, labelled(key, c.Pods[key]))
		}
		either = append(either, strings.Join(all, " && "))
	}
	return inNamespace(c.Namespace) + " && (" + strings.Join(either, " || ") + ")"
}

// inNamespace and labelled say in CEL where an object is, and what it is labelled with.
func inNamespace(name string) string {
	return "object.metadata.?namespace.orValue('') == " + model.CELString(name)
}

func labelled(key, value string) string {
	return fmt.Sprintf("object.metadata.?labels[?%s].orValue('') == %s", model.CELString(key), model.CELString(value))
}
