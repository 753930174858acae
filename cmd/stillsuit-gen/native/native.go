// Package native writes policies as the API server's own ValidatingAdmissionPolicies, for
// clusters that cannot spare Kyverno's memory. The renderer takes them from native.yaml of
// the library, which the command stillsuit-gen makes with this package.
package native

import (
	"cmp"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"

	policiesv1 "github.com/kyverno/api/api/policies.kyverno.io/v1"
	"github.com/kyverno/kyverno/pkg/cel/autogen"
	admissionregistrationv1 "k8s.io/api/admissionregistration/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"stillsuit.dev/policies/admission"
)

// suffixes of the names of native policies, by Kyverno's name of the form.
func suffixes() map[string]string {
	return map[string]string{"": "", autogen.AutogenDefaults: "-controllers", autogen.AutogenCronjobs: "-cronjobs"}
}

// Of returns a policy as the ValidatingAdmissionPolicies that ask the same of
// objects that are created, for API servers from Kubernetes 1.30 on: NAME, and where
// Kyverno would ask it of what makes pods too, NAME-controllers and NAME-cronjobs. No
// binding is among them. An update is judged when it changes what a policy may look at.
// The messages end with what to do. Defaults of the API are written out.
//
// An error says what the API server cannot be asked.
func Of(p *admission.Policy) ([]*admissionregistrationv1.ValidatingAdmissionPolicy, error) {
	if p.Namespace != "" {
		return nil, fmt.Errorf("it holds in the namespace %s alone", p.Namespace)
	}
	specs, err := admission.Forms(p)
	if err != nil {
		return nil, err
	}
	var out []*admissionregistrationv1.ValidatingAdmissionPolicy
	names := suffixes()
	for _, form := range slices.Sorted(maps.Keys(specs)) {
		suffix, known := names[form]
		if !known {
			return nil, fmt.Errorf("its autogen is about %s", form)
		}
		spec, err := specOf(p, form, specs[form])
		if err != nil {
			return nil, err
		}
		if err := compile(spec); err != nil {
			return nil, err
		}
		out = append(out, &admissionregistrationv1.ValidatingAdmissionPolicy{
			TypeMeta:   metav1.TypeMeta{APIVersion: admissionregistrationv1.SchemeGroupVersion.String(), Kind: "ValidatingAdmissionPolicy"},
			ObjectMeta: metav1.ObjectMeta{Name: p.Name + suffix, Annotations: annotationsOf(p, form)},
			Spec:       *spec,
		})
	}
	slices.SortFunc(out, func(a, b *admissionregistrationv1.ValidatingAdmissionPolicy) int { return cmp.Compare(a.Name, b.Name) })
	return out, nil
}

// annotationsOf are for people; what is long stands once.
func annotationsOf(p *admission.Policy, form string) map[string]string {
	out := map[string]string{admission.AnnotationTitle: p.Title, admission.AnnotationSeverity: p.Severity, admission.AnnotationCategory: p.Category}
	if form == "" {
		out[admission.AnnotationDescription] = p.Description
	}
	maps.DeleteFunc(out, func(_, text string) bool { return text == "" })
	return out
}

func specOf(p *admission.Policy, form string, from *policiesv1.ValidatingPolicySpec) (*admissionregistrationv1.ValidatingAdmissionPolicySpec, error) {
	fail, equivalent := admissionregistrationv1.Fail, admissionregistrationv1.Equivalent
	match := from.MatchConstraints.DeepCopy()
	match.MatchPolicy = &equivalent
	if match.NamespaceSelector == nil {
		match.NamespaceSelector = &metav1.LabelSelector{}
	}
	if match.ObjectSelector == nil {
		match.ObjectSelector = &metav1.LabelSelector{}
	}
	conditions := slices.Clone(from.MatchConditions)
	if updates(match.ResourceRules) {
		changed, err := changes(form, from)
		if err != nil {
			return nil, err
		}
		conditions = append(conditions, admissionregistrationv1.MatchCondition{Name: "changed", Expression: changed})
	}
	spec := &admissionregistrationv1.ValidatingAdmissionPolicySpec{
		FailurePolicy:    &fail, // it is the API server itself that judges, and it is never away
		MatchConstraints: match,
		MatchConditions:  conditions,
		Variables:        from.Variables,
		AuditAnnotations: from.AuditAnnotations,
	}
	for i, v := range from.Validations {
		if mend := p.MendFor(i); mend != "" {
			v.Message = withMend(cmp.Or(v.Message, "it does not hold that "+oneLine(v.Expression)), mend)
			if v.MessageExpression != "" {
				v.MessageExpression = fmt.Sprintf("(%s) + %s", v.MessageExpression, quoted(". "+mend))
			}
		}
		spec.Validations = append(spec.Validations, v)
	}
	return spec, nil
}

// quoted is a text in CEL.
func quoted(text string) string {
	if strings.ContainsAny(text, `'\`) {
		return strconv.Quote(text)
	}
	return "'" + text + "'"
}

func withMend(message, mend string) string {
	return strings.TrimSuffix(oneLine(message), ".") + ". " + mend
}

// updates reports whether the rules are about updates.
func updates(rules []admissionregistrationv1.NamedRuleWithOperations) bool {
	return slices.ContainsFunc(rules, func(r admissionregistrationv1.NamedRuleWithOperations) bool {
		return slices.Contains(r.Operations, admissionregistrationv1.Update) || slices.Contains(r.Operations, admissionregistrationv1.OperationAll)
	})
}

// changes says in CEL that a request changes what the policy looks at. What does not
// is let through, or what was in the cluster before the policy could not go: finalizers
// are removed by an update, and a Deployment shrinks its old ReplicaSet by one.
func changes(form string, spec *policiesv1.ValidatingPolicySpec) (string, error) {
	fields, err := reads(form, spec)
	if err != nil {
		return "", err
	}
	differ := []string{"request.operation != 'UPDATE'"}
	for _, f := range fields {
		differ = append(differ, fmt.Sprintf("object.%s != oldObject.%[1]s", f))
	}
	return strings.Join(differ, " || "), nil
}

// reads are the fields of its objects that a form of a policy looks at, but for those
// that never change.
func reads(form string, spec *policiesv1.ValidatingPolicySpec) ([]string, error) {
	switch form {
	case autogen.AutogenDefaults:
		return []string{"spec.template"}, nil
	case autogen.AutogenCronjobs:
		return []string{"spec.jobTemplate.spec.template"}, nil
	}
	var out []string
	for _, text := range texts(spec) {
		for _, m := range regexp.MustCompile(`\bobject\b(?:\.\??(\w+))?(\(?)(?:\.\??(\w+))?(\(?)`).FindAllStringSubmatch(text, -1) {
			switch top, below := m[1], m[3]; {
			case top == "" || m[2] != "" || top == "metadata" && (below == "" || m[4] != ""):
				return nil, fmt.Errorf("what it looks at is not told by %s", oneLine(text))
			case top == "kind", top == "apiVersion", top == "metadata" && (below == "name" || below == "namespace"):
			case top == "metadata":
				out = append(out, "metadata.?"+below)
			default:
				out = append(out, "?"+top)
			}
		}
	}
	slices.Sort(out)
	return slices.Compact(out), nil
}

// texts are the expressions of a policy.
func texts(spec *policiesv1.ValidatingPolicySpec) []string {
	var out []string
	for _, c := range spec.MatchConditions {
		out = append(out, c.Expression)
	}
	for _, v := range spec.Variables {
		out = append(out, v.Expression)
	}
	for _, v := range spec.Validations {
		out = append(out, v.Expression)
	}
	for _, a := range spec.AuditAnnotations {
		out = append(out, a.ValueExpression)
	}
	return out
}

// oneLine is a text without its lines.
func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }
