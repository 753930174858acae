package render

import (
	"cmp"
	"fmt"
	"io/fs"
	"path"
	"slices"

	policiesv1 "github.com/kyverno/api/api/policies.kyverno.io/v1"
	kjson "sigs.k8s.io/json"
	"sigs.k8s.io/yaml"

	"stillsuit.dev/generator/model"
)

// LibraryPolicy is a policy of the library, which clusters choose among.
type LibraryPolicy struct {
	model.PolicyMarks
	policiesv1.ValidatingPolicy
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
	if b, err = yaml.YAMLToJSONStrict(b); err != nil {
		return LibraryPolicy{}, err
	}
	var p LibraryPolicy
	strict, err := kjson.UnmarshalStrict(b, &p.ValidatingPolicy)
	switch {
	case err != nil:
		return p, err
	case len(strict) > 0:
		return p, strict[0]
	case p.APIVersion != kindValidating.GroupVersion().String() || p.Kind != kindValidating.Kind:
		return p, fmt.Errorf("it is a %s of %s, and no %s of %s", p.Kind, p.APIVersion, kindValidating.Kind, kindValidating.GroupVersion())
	case p.ValidatingPolicy.Name != path.Dir(file):
		return p, fmt.Errorf("it is called %s", p.ValidatingPolicy.Name)
	}
	p.PolicyMarks, err = model.MarksOf(p.ValidatingPolicy.Name, p.Annotations)
	return p, err
}

// with returns the policy for a cluster: its parameters have the cluster's values.
func (p LibraryPolicy) with(params map[string]string) *policiesv1.ValidatingPolicy {
	out := p.ValidatingPolicy.DeepCopy()
	for i, v := range out.Spec.Variables {
		if expression, given := params[v.Name]; given && slices.Contains(p.Params, v.Name) {
			out.Spec.Variables[i].Expression = expression
		}
	}
	return out
}
