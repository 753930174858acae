package render

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
	"sigs.k8s.io/yaml"

	"stillsuit.dev/generator/model"
)

// LibraryPolicy is a policy of the library, which clusters choose among.
type LibraryPolicy struct {
	model.PolicyMarks
	policiesv1.ValidatingPolicy
	// Native is the same for the API server alone: of Natives, and none where only a
	// check asks.
	Native []*admissionv1.ValidatingAdmissionPolicy
}

// Library reads the policies of a library: a file <name>/policy.yaml each, sorted by
// name. An error means that the library itself is wrong.
func Library(library fs.FS) ([]LibraryPolicy, error) {
	if library == nil {
		return nil, nil
	}
	files, err := fs.Glob(library, "*/policy.yaml")
	if err != nil {
		return nil, fmt.Errorf("list policies: %w", err)
	}
	var out []LibraryPolicy
	for _, file := range files {
		p, err := readPolicy(library, file)
		if err != nil {
			return nil, fmt.Errorf("read policy %s: %w", file, err)
		}
		out = append(out, p)
	}
	slices.SortFunc(out, func(a, b LibraryPolicy) int { return cmp.Compare(a.PolicyMarks.Name, b.PolicyMarks.Name) })
	return out, nil
}

func readPolicy(library fs.FS, file string) (LibraryPolicy, error) {
	b, err := fs.ReadFile(library, file)
	if err != nil {
		return LibraryPolicy{}, err
	}
	var p LibraryPolicy
	switch err := decode(b, &p.ValidatingPolicy); {
	case err != nil:
		return p, err
	case p.APIVersion != kindValidating.GroupVersion().String() || p.Kind != kindValidating.Kind:
		return p, fmt.Errorf("it is a %s of %s, and no %s of %s", p.Kind, p.APIVersion, kindValidating.Kind, kindValidating.GroupVersion())
	case p.ValidatingPolicy.Name != path.Dir(file):
		return p, fmt.Errorf("it is called %s", p.ValidatingPolicy.Name)
	}
	p.PolicyMarks, err = model.MarksOf(p.ValidatingPolicy.Name, p.Annotations)
	return p, err
}

// Natives returns policies of a library with their native form, from <name>/native.yaml.
func Natives(library fs.FS, all []LibraryPolicy) ([]LibraryPolicy, error) {
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
		if v.APIVersion != kindAdmission.GroupVersion().String() || v.Kind != kindAdmission.Kind {
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
	return strictJSON(b, into)
}

// with returns the policy for a cluster: its parameters have the cluster's values.
func (p LibraryPolicy) with(params map[string]string) *policiesv1.ValidatingPolicy {
	out := p.ValidatingPolicy.DeepCopy()
	p.replace(out.Spec.Variables, params)
	return out
}

// replace gives variables that are parameters the cluster's values.
func (p LibraryPolicy) replace(variables []admissionv1.Variable, params map[string]string) {
	for i, v := range variables {
		if expression, given := params[v.Name]; given && slices.Contains(p.Params, v.Name) {
			variables[i].Expression = expression
		}
	}
}
