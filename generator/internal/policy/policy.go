// Package policy reads a library of admission policies, which clusters choose among.
package policy

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"

	policiesv1 "github.com/kyverno/api/api/policies.kyverno.io/v1"
	admissionv1 "k8s.io/api/admissionregistration/v1"
	kjson "sigs.k8s.io/json"
	"sigs.k8s.io/yaml"

	"stillsuit.dev/generator/internal/kinds"
	"stillsuit.dev/generator/model"
)

// Policy is a policy of the library, which clusters choose among.
type Policy struct {
	model.PolicyMarks
	policiesv1.ValidatingPolicy
	// Native is the same for the API server alone: of Natives, and none where only a
	// check asks.
	Native []*admissionv1.ValidatingAdmissionPolicy
}

// Read reads the policies of a library: a file <name>/policy.yaml each, sorted by
// name. An error means that the library itself is wrong.
func Read(library fs.FS) ([]Policy, error) {
	if library == nil {
		return nil, nil
	}
	files, err := fs.Glob(library, "*/policy.yaml")
	if err != nil {
		return nil, fmt.Errorf("list policies: %w", err)
	}
	var out []Policy
	for _, file := range files {
		p, err := readPolicy(library, file)
		if err != nil {
			return nil, fmt.Errorf("read policy %s: %w", file, err)
		}
		out = append(out, p)
	}
	slices.SortFunc(out, func(a, b Policy) int { return cmp.Compare(a.PolicyMarks.Name, b.PolicyMarks.Name) })
	return out, nil
}

func readPolicy(library fs.FS, file string) (Policy, error) {
	b, err := fs.ReadFile(library, file)
	if err != nil {
		return Policy{}, err
	}
	var p Policy
	switch err := decode(b, &p.ValidatingPolicy); {
	case err != nil:
		return p, err
	case p.APIVersion != kinds.Validating.GroupVersion().String() || p.Kind != kinds.Validating.Kind:
		return p, fmt.Errorf("it is a %s of %s, and no %s of %s", p.Kind, p.APIVersion, kinds.Validating.Kind, kinds.Validating.GroupVersion())
	case p.ValidatingPolicy.Name != path.Dir(file):
		return p, fmt.Errorf("it is called %s", p.ValidatingPolicy.Name)
	}
	p.PolicyMarks, err = model.MarksOf(p.ValidatingPolicy.Name, p.Annotations)
	return p, err
}

// Natives returns policies of a library with their native form, from <name>/native.yaml.
func Natives(library fs.FS, all []Policy) ([]Policy, error) {
	out := slices.Clone(all)
	for i, p := range out {
		var err error
		if out[i].Native, err = readNative(library, path.Join(p.PolicyMarks.Name, "native.yaml")); err != nil {
			return nil, fmt.Errorf("read policy %s: %w", p.PolicyMarks.Name, err)
		}
	}
	return out, nil
}

// readNative reads ValidatingAdmissionPolicies, if the file is there.
func readNative(library fs.FS, file string) ([]*admissionv1.ValidatingAdmissionPolicy, error) {
	b, err := fs.ReadFile(library, file)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	} else if err != nil {
		return nil, err
	}
	var out []*admissionv1.ValidatingAdmissionPolicy
	for document := range bytes.SplitSeq(b, []byte("\n---\n")) {
		v := &admissionv1.ValidatingAdmissionPolicy{}
		if err := decode(document, v); err != nil {
			return nil, err
		}
		if v.APIVersion != kinds.Admission.GroupVersion().String() || v.Kind != kinds.Admission.Kind {
			return nil, fmt.Errorf("its native form is a %s of %s", v.Kind, v.APIVersion)
		}
		out = append(out, v)
	}
	return out, nil
}

// decode reads YAML strictly.
func decode(document []byte, into any) error {
	b, err := yaml.YAMLToJSONStrict(document)
	if err != nil {
		return err
	}
	strict, err := kjson.UnmarshalStrict(b, into)
	return errors.Join(append(strict, err)...)
}

// With returns the policy for a cluster: its parameters have the cluster's values.
func (p Policy) With(params map[string]string) *policiesv1.ValidatingPolicy {
	out := p.ValidatingPolicy.DeepCopy()
	p.Replace(out.Spec.Variables, params)
	return out
}

// Replace gives variables that are parameters the cluster's values.
func (p Policy) Replace(variables []admissionv1.Variable, params map[string]string) {
	for i, v := range variables {
		if expression, given := params[v.Name]; given && slices.Contains(p.Params, v.Name) {
			variables[i].Expression = expression
		}
	}
}
