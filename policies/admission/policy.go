package admission

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"reflect"
	"slices"
	"strconv"
	"strings"

	policiesv1 "github.com/kyverno/api/api/policies.kyverno.io/v1"
	admissionregistrationv1 "k8s.io/api/admissionregistration/v1"
	"sigs.k8s.io/yaml"

	"stillsuit.dev/finding"
	"stillsuit.dev/generator/manifest"
	"stillsuit.dev/generator/model"
)

// Group is the API Group of Kyverno's policies and exceptions.
const Group = "policies.kyverno.io"

// The kinds of policies that are read here.
const (
	clusterKind    = "ValidatingPolicy"
	namespacedKind = "NamespacedValidatingPolicy"
)

// Annotations of a policy, besides its marks. Those of Kyverno are shown by its own reports.
const (
	annotationMend        = "policies.stillsuit.dev/mend"
	AnnotationTitle       = "policies.kyverno.io/title"
	AnnotationSeverity    = "policies.kyverno.io/severity"
	AnnotationCategory    = "policies.kyverno.io/category"
	AnnotationDescription = "policies.kyverno.io/description"
)

// Where says who asks a policy.
type Where = model.Where

// The places where policies are asked. Both promises the same verdict in each.
const (
	InCluster = model.InCluster
	InCI      = model.InCI
	InBoth    = model.InBoth
)

// Policy is one ValidatingPolicy, as it was read.
type Policy struct {
	// Name is that of the object, Namespace where it holds: everywhere when empty.
	Name, Namespace string
	// Where says who asks it. Default: both.
	Where Where
	// Sets are the names under which clusters choose it.
	Sets []string
	// Params are the names of its variables that are parameters: a cluster gives them
	// values of its own.
	Params []string
	// Exempt are the exemptions that let an app off it (model.Exemptions).
	Exempt []string
	// Title, Severity, Category and Description are for people.
	Title, Severity, Category, Description string
	// Mend says what to do about an object that it refuses, by validation; the one at
	// -1 is for every other.
	Mend map[int]string
	// Spec is the policy itself.
	Spec policiesv1.ValidatingPolicySpec
	// Object is the object of a tree that it is; nil for one of a library.
	Object *manifest.Object
}

// Load reads the policies of a library: a file <name>/policy.yaml each, sorted by
// name. An error means that the library itself is wrong: a file is no
// ValidatingPolicy, is called otherwise than its directory, or says something of
// itself that is not known.
func Load(library fs.FS) ([]*Policy, error) {
	files, err := fs.Glob(library, "*/policy.yaml")
	if err != nil {
		return nil, fmt.Errorf("list policies: %w", err)
	}
	slices.Sort(files)
	var out []*Policy
	for _, file := range files {
		b, err := fs.ReadFile(library, file)
		if err != nil {
			return nil, fmt.Errorf("read policy: %w", err)
		}
		p, err := Parse(b)
		if err != nil {
			return nil, fmt.Errorf("read policy %s: %w", file, err)
		}
		if p.Name != path.Dir(file) {
			return nil, fmt.Errorf("read policy %s: it is called %s", file, p.Name)
		}
		out = append(out, p)
	}
	return out, nil
}

// Parse reads one policy from YAML or JSON, strictly.
func Parse(document []byte) (*Policy, error) {
	var v policiesv1.ValidatingPolicy
	if err := decode(document, &v); err != nil {
		return nil, err
	}
	if err := kindOf(&v); err != nil {
		return nil, err
	}
	p := &Policy{
		Name: v.Name, Namespace: v.Namespace, Spec: v.Spec,
		Title: v.Annotations[AnnotationTitle], Severity: v.Annotations[AnnotationSeverity],
		Category: v.Annotations[AnnotationCategory], Description: strings.Join(strings.Fields(v.Annotations[AnnotationDescription]), " "),
	}
	marks, err := model.MarksOf(v.Name, v.Annotations)
	if err != nil {
		return nil, mistake("metadata.annotations", err.Error(), "correct it")
	}
	p.Where, p.Sets, p.Params, p.Exempt = marks.Where, marks.Sets, marks.Params, marks.Exempt
	for _, name := range p.Params {
		if !slices.ContainsFunc(p.Spec.Variables, func(v admissionregistrationv1.Variable) bool { return v.Name == name }) {
			return nil, mistake("metadata.annotations", fmt.Sprintf("annotation %s of policy %s: it has no variable %s", model.AnnotationParams, p.Name, name), "correct it")
		}
	}
	for i, action := range v.Spec.ValidationAction {
		if all := []string{"Audit", "Deny", "Warn"}; !slices.Contains(all, string(action)) {
			at, mend := fmt.Sprintf("spec.validationActions[%d]", i), "write Deny to refuse an object, or Audit to report it"
			return nil, mistake(at, fmt.Sprintf("%s is %s, and none of %s", at, action, finding.All(all)), finding.DidYouMean(string(action), all, mend))
		}
	}
	p.Mend, err = mends(v.Annotations[annotationMend], len(p.Spec.Validations))
	if err != nil {
		return nil, mistake("metadata.annotations", fmt.Sprintf("annotation %s of policy %s: %s", annotationMend, p.Name, err), "correct it")
	}
	return p, nil
}

// decode reads YAML or JSON strictly. All fields that are not known are told.
func decode(document []byte, into any) error {
	b, err := yaml.YAMLToJSONStrict(document)
	if err != nil {
		return err
	}
	var object any
	if err := json.Unmarshal(b, &object); err != nil {
		return err
	}
	var wrong []error
	for _, m := range manifest.Mismatches(reflect.TypeOf(into), object) {
		what, _, mend := m.Say(reflect.TypeOf(into), "the object")
		what = strings.Replace(what, " of the object", "", 1) + ", and must be " + m.Want
		if m.Unknown() {
			what = fmt.Sprintf("it has the unknown field %q", manifest.Dotted(m.Keys))
		}
		wrong = append(wrong, &Mistake{m.Keys, what, mend})
	}
	if len(wrong) > 0 {
		return errors.Join(wrong...)
	}
	return json.Unmarshal(b, into)
}

// kindOf tells of a document that is no ValidatingPolicy, or has no name.
func kindOf(v *policiesv1.ValidatingPolicy) error {
	version, ours := strings.CutPrefix(v.APIVersion, Group+"/")
	known := []string{"v1", "v1beta1", "v1alpha1"}
	switch {
	case !ours || v.Kind != clusterKind && v.Kind != namespacedKind:
		return mistake("kind", fmt.Sprintf("a %s of %s is no %s of %s", v.Kind, v.APIVersion, clusterKind, Group), "write it as one")
	case !slices.Contains(known, version):
		return mistake("apiVersion", fmt.Sprintf("its version is %s, and Kyverno has %s of it", version, finding.All(known)), "write apiVersion: "+Group+"/v1")
	case v.Kind == namespacedKind && v.Namespace == "":
		return mistake("metadata", "a "+namespacedKind+" is in a namespace, and this one names none", "add metadata.namespace, or write kind: "+clusterKind)
	case v.Kind == clusterKind && v.Namespace != "":
		return mistake("metadata.namespace", "a "+clusterKind+" is in no namespace, and this one names "+v.Namespace, "remove metadata.namespace, or write kind: "+namespacedKind)
	case v.Name == "":
		return mistake("metadata", "it has no name", "add metadata.name")
	}
	return nil
}

// mends reads the annotation: a sentence for all validations, or a line for each,
// which starts with its number: "0: set limits.memory".
func mends(text string, validations int) (map[int]string, error) {
	text = strings.TrimSpace(text)
	if text == "" {
		return nil, nil
	}
	out := map[int]string{}
	for line := range strings.Lines(text) {
		number, sentence, numbered := strings.Cut(strings.TrimSpace(line), ": ")
		i, err := strconv.Atoi(number)
		if !numbered || err != nil {
			if len(out) > 0 {
				return nil, fmt.Errorf("the line %q has no number, and others have", strings.TrimSpace(line))
			}
			return map[int]string{-1: strings.Join(strings.Fields(text), " ")}, nil
		}
		if i < 0 || i >= validations {
			return nil, fmt.Errorf("there is no validation %d", i)
		}
		out[i] = sentence
	}
	return out, nil
}

// Marks are what the policy says of itself.
func (p *Policy) Marks() model.PolicyMarks {
	return model.PolicyMarks{Name: p.Name, Where: p.Where, Sets: p.Sets, Params: p.Params, Exempt: p.Exempt}
}

// MendFor is what to do about an object that fails a validation; empty when the policy
// does not say.
func (p *Policy) MendFor(validation int) string {
	if said, ok := p.Mend[validation]; ok {
		return said
	}
	return p.Mend[-1]
}

// Denies reports whether an object that the policy refuses does not get into the
// cluster, rather than into a report.
func (p *Policy) Denies() bool {
	return p.Spec.AdmissionEnabled() && slices.Contains(p.Spec.ValidationActions(), admissionregistrationv1.Deny)
}

// With returns the policy with other values for some of its parameters: CEL
// expressions by name. What is no parameter of its is left out.
func (p *Policy) With(params map[string]string) *Policy {
	out := *p
	out.Spec.Variables = slices.Clone(p.Spec.Variables)
	for i, v := range out.Spec.Variables {
		if expression, given := params[v.Name]; given && slices.Contains(p.Params, v.Name) {
			out.Spec.Variables[i].Expression = expression
		}
	}
	return &out
}

// PoliciesOf reads the policies that the objects of a tree are. Those that cannot be read
// are returned with why.
func PoliciesOf(objects []*manifest.Object) ([]*Policy, map[*manifest.Object]error) {
	var out []*Policy
	broken := map[*manifest.Object]error{}
	for _, o := range objects {
		if o.Group != Group || o.Kind != clusterKind && o.Kind != namespacedKind {
			continue
		}
		b, err := o.YAML()
		if err != nil {
			broken[o] = err
			continue
		}
		p, err := Parse(b)
		if err != nil {
			broken[o] = err
			continue
		}
		p.Object = o
		out = append(out, p)
	}
	return out, broken
}
