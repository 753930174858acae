package custom

import (
	"context"
	"slices"
	"strings"
	"time"

	apiextensionsv1 "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/schema/listtype"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/schema/objectmeta"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/validation"
	apivalidation "k8s.io/apimachinery/pkg/api/validation"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/util/validation/field"
	celconfig "k8s.io/apiserver/pkg/apis/cel"

	"stillsuit.dev/checks/apiserver/internal/refusal"
	"stillsuit.dev/finding"
)

// The time that rules may take: about one resource, and about all of them. The API server's
// limits of cost hold too, by which a rule takes about 0.1 s and all rules about a resource
// about 1 s (k8s.io/apiserver, pkg/apis/cel/config.go); nested loops are not counted in full,
// and were seen to take minutes.
const (
	ruleTime = 5 * time.Second
	allTime  = 30 * time.Second
)

// validate validates a resource that is pruned and has its defaults, as the API server does
// for one that is created.
func (r *resource) validate(ctx context.Context, object map[string]any) {
	errs := r.objectMeta(object)
	errs = append(errs, validation.ValidateCustomResource(nil, object, r.validator)...)
	errs = append(errs, r.scale(object)...)
	errs = append(errs, objectmeta.Validate(nil, object, r.structural, false)...)
	errs = append(errs, listtype.ValidateListSetsAndMaps(nil, r.structural, object)...)
	for _, err := range apart(errs) {
		r.refuseIn(object, err)
	}
	// A value that is filled in later may be right then.
	errs = slices.DeleteFunc(errs, func(err *field.Error) bool {
		value, _, _ := at(r.structural, object, keysOf(object, err.Field))
		return unfilled(value)
	})
	if !blocking(errs) {
		r.evaluate(ctx, object)
	}
}

// evaluate evaluates the rules in CEL.
func (r *resource) evaluate(ctx context.Context, object map[string]any) {
	if r.rules == nil {
		return
	}
	left := min(ruleTime, allTime-time.Duration(r.took.Load()))
	ctx, cancel := context.WithTimeout(ctx, left)
	defer cancel()
	var errs field.ErrorList
	if ctx.Err() == nil {
		start := time.Now()
		errs, _ = r.rules.Validate(ctx, nil, r.structural, object, nil, celconfig.RuntimeCELCostBudget)
		r.took.Add(int64(time.Since(start)))
	}
	if ctx.Err() != nil {
		r.out = append(r.out, refusal.Refusal{
			Code: CodeNotChecked, Severity: finding.Note,
			Problem: "rules of the CRD were not evaluated about " + r.name, Detail: "they take too long",
			Fix: "let the API server check it: `kubectl apply --server-side --dry-run=server`",
		})
		return
	}
	for _, err := range errs {
		r.rule(object, err)
	}
}

// blocking reports whether the API server evaluates no rule for what else is wrong: hasBlockingErr
// in k8s.io/apiextensions-apiserver, pkg/registry/customresource/strategy.go.
func blocking(errs field.ErrorList) bool {
	return slices.ContainsFunc(errs, func(err *field.Error) bool {
		switch err.Type {
		case field.ErrorTypeNotSupported, field.ErrorTypeRequired, field.ErrorTypeTooLong, field.ErrorTypeTooMany, field.ErrorTypeTypeInvalid:
			return true
		}
		return false
	})
}

// objectMeta validates metadata, but for what generator/valid looks at in every object.
func (r *resource) objectMeta(object map[string]any) field.ErrorList {
	u := (&unstructured.Unstructured{Object: object}).DeepCopy()
	namespaced := r.defined.spec.Scope == apiextensionsv1.NamespaceScoped
	u.SetNamespace("") // which the API server clears for a kind without namespaces
	if namespaced {
		u.SetNamespace("default")
	}
	errs := apivalidation.ValidateObjectMetaAccessor(u, namespaced, apivalidation.NameIsDNSSubdomain, field.NewPath("metadata"))
	return slices.DeleteFunc(errs, func(err *field.Error) bool {
		return slices.ContainsFunc([]string{"metadata.name", "metadata.namespace", "metadata.labels", "metadata.annotations"}, func(path string) bool {
			return strings.HasPrefix(err.Field, path)
		})
	})
}

// subresources are those of the resource's version; nil without any.
func (r *resource) subresources() *apiextensionsv1.CustomResourceSubresources {
	_, version := kindOf(r.written)
	return r.defined.versions[version].Subresources
}

// scale validates the number of replicas where the definition has the subresource scale:
// ValidateScaleSpec in k8s.io/apiextensions-apiserver, pkg/registry/customresource/validator.go.
func (r *resource) scale(object map[string]any) field.ErrorList {
	subresources := r.subresources()
	if subresources == nil || subresources.Scale == nil {
		return nil
	}
	name := strings.TrimPrefix(subresources.Scale.SpecReplicasPath, ".")
	replicas, _, err := unstructured.NestedInt64(object, strings.Split(name, ".")...)
	path := field.NewPath(name)
	switch {
	case err != nil:
		if _, _, there := at(nil, object, strings.Split(name, ".")); !there {
			return nil // what it is in is no map, which is refused by itself
		}
		return field.ErrorList{field.TypeInvalid(path, replicas, "must be of type integer: as it is scaled")}
	case replicas < 0:
		return field.ErrorList{field.Invalid(path, replicas, "should be greater than or equal to 0")}
	case replicas > 1<<31-1:
		return field.ErrorList{field.Invalid(path, replicas, "should be less than or equal to 2147483647")}
	}
	return nil
}

// apart leaves out errors that follow from others: all but the first about a field.
func apart(errs field.ErrorList) field.ErrorList {
	var out field.ErrorList
	seen := map[string]bool{}
	for _, err := range errs {
		if err.Field == "<nil>" {
			at, detail, ok := strings.Cut(strings.TrimPrefix(err.Detail, `"`), `" `)
			if !ok && len(errs) > 1 {
				continue // Checked value must be of type integer, which is said of its field too
			} else if ok { // "spec.limits.cpu" must validate at least one schema (anyOf)
				err = &field.Error{Type: err.Type, Field: at, BadValue: err.BadValue, Detail: detail}
			}
		}
		if !seen[err.Field] {
			seen[err.Field] = true
			out = append(out, err)
		}
	}
	return out
}

// refuse reports an error about the resource as it is written.
func (r *resource) refuse(err *field.Error) { r.refuseIn(r.written, err) }

// refuseIn reports an error about an object that has its defaults.
func (r *resource) refuseIn(object map[string]any, err *field.Error) {
	keys := keysOf(object, err.Field)
	value, s, there := at(r.structural, object, keys)
	if written, _, ok := at(nil, r.written, keys); ok { // with what was pruned
		value = written
	}
	if unfilled(value) || r.misspelt(keys, there) || !there && r.alternative(object, keys) {
		return
	}
	out := words("the CRD", r.name, keys, value, there, s, err)
	if value == nil && there {
		out.Detail += ", and server-side apply does not leave null out"
		if out.Fix = "remove it, or give it a value"; r.requires(object, keys) {
			out.Fix = "give it a value"
		}
	}
	r.out = append(r.out, out)
}

// requires reports whether a block has to have the field that keys lead to.
func (r *resource) requires(object map[string]any, keys []string) bool {
	if len(keys) == 0 {
		return false
	}
	last := len(keys) - 1
	_, s, _ := at(r.structural, object, keys[:last])
	return s != nil && s.ValueValidation != nil && slices.Contains(s.ValueValidation.Required, keys[last])
}

// misspelt reports whether a field is missing that is there under a name like it, which is
// reported.
func (r *resource) misspelt(keys []string, there bool) bool {
	if there || len(keys) == 0 {
		return false
	}
	last := len(keys) - 1
	return slices.ContainsFunc(r.strays, func(s stray) bool {
		return len(s.keys) == len(keys) && slices.Equal(s.keys[:last], keys[:last]) && finding.Suggest(s.keys[last], s.known) == keys[last]
	})
}

// alternative reports whether a field is missing that only one of several forms requires:
// that none of the forms fits is reported.
func (r *resource) alternative(object map[string]any, keys []string) bool {
	_, s, _ := at(r.structural, object, keys[:len(keys)-1])
	return s != nil && s.ValueValidation != nil && len(forms(s)) > 0 && !r.requires(object, keys)
}
