package render

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	admissionv1 "k8s.io/api/admissionregistration/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"stillsuit.dev/generator/manifest"
	"stillsuit.dev/generator/model"
)

// conditions say in CEL what a declared exception is about. All of them must hold.
func (r *renderer) conditions(e model.PolicyException, rendered []LibraryPolicy) []admissionv1.MatchCondition {
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
	if others := r.otherObjects(e.App, about(e.Policy, rendered)); len(others) > 0 {
		expression += " || object.kind + '/' + object.metadata.?namespace.orValue('') + '/' + object.metadata.name in " + celTexts(others)
	}
	return append(out, admissionv1.MatchCondition{Name: "app", Expression: expression})
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

// otherObjects are those of an app or chart that its labels do not tell, of kinds that a
// policy is about, as kind/namespace/name, sorted: Flux's own, encrypted ones, and those
// in other namespaces.
func (r *renderer) otherObjects(owner string, resources []string) []string {
	var out []string
	add := func(kind, namespace, name string) {
		stem := strings.TrimSuffix(strings.ToLower(kind), "y") // of its plural
		if resources == nil || slices.ContainsFunc(resources, func(of string) bool { return of == "*" || strings.HasPrefix(of, stem) }) {
			out = append(out, kind+"/"+namespace+"/"+name)
		}
	}
	for _, id := range slices.SortedFunc(maps.Keys(r.byID), manifest.ID.Compare) {
		o := r.byID[id]
		if len(o.Origin) < 2 || o.Origin[0] != "apps" && o.Origin[0] != "charts" || o.Origin[1] != owner || r.tells(o, owner) {
			continue
		}
		add(id.Kind, id.Namespace, id.Name)
	}
	for _, unit := range []string{owner, owner + configSuffix} {
		if u := r.units[unit]; u != nil && len(u.Objects) > 0 && len(u.Origin) > 1 && u.Origin[1] == owner {
			add(kindKustomization.Kind, unitFlux, unit)
		}
	}
	slices.Sort(out)
	return out
}

// tells reports whether an object's labels and namespace say whose it is.
func (r *scope) tells(o *manifest.Object, owner string) bool {
	labels := map[string]string{}
	switch v := o.Value.(type) {
	case metav1.Object:
		labels = v.GetLabels()
	case map[string]any:
		md, _ := v["metadata"].(map[string]any)
		given, _ := md["labels"].(map[string]any)
		for key, value := range given {
			labels[key], _ = value.(string)
		}
	}
	namespace := ""
	if app := r.d.Apps[owner]; app != nil && r.apps[owner] != nil {
		namespace = app.Namespace
	} else if c := r.charts[owner]; c != nil {
		if labels[labelManagedBy] != managedBy {
			return false
		}
		namespace = c.namespace
	}
	return labels[labelName] == owner && o.Namespace == namespace
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

func celTexts(texts []string) string {
	var quoted []string
	for _, text := range texts {
		quoted = append(quoted, model.CELString(text))
	}
	return "[" + strings.Join(quoted, ", ") + "]"
}
