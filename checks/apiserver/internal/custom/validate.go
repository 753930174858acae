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
	"stillsuit.dev/generator/valid"
)

// ruleTime bounds the evaluation of the rules about one resource. The API server's cost
// limit, which holds too, is about a second (k8s.io/apiserver, pkg/apis/cel/config.go).
const ruleTime = 20 * time.Second

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
	if !blocking(errs) {
		r.evaluate(ctx, object)
	}
}

// evaluate evaluates the rules in CEL.
func (r *resource) evaluate(ctx context.Context, object map[string]any) {
	if r.rules == nil {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, ruleTime)
	defer cancel()
	errs, _ := r.rules.Validate(ctx, nil, r.structural, object, nil, celconfig.RuntimeCELCostBudget)
	if ctx.Err() != nil {
		r.out = append(r.out, refusal.Refusal{
			Code: CodeNotChecked, Severity: finding.Note,
			Problem: "the rules about " + r.name + " were not evaluated to their end",
			Detail:  "they take longer than " + ruleTime.String(),
			Fix:     "divide the object, or let the API server check it: `kubectl apply --server-side --dry-run=server`",
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
	at := strings.TrimPrefix(subresources.Scale.SpecReplicasPath, ".")
	replicas, _, err := unstructured.NestedInt64(object, strings.Split(at, ".")...)
	path := field.NewPath(at)
	switch {
	case err != nil:
		return field.ErrorList{field.TypeInvalid(path, replicas, "it must be a whole number, as it is scaled")}
	case replicas < 0:
		return field.ErrorList{field.Invalid(path, replicas, "should be greater than or equal to 0")}
	case replicas > 1<<31-1:
		return field.ErrorList{field.Invalid(path, replicas, "should be less than or equal to 2147483647")}
	}
	return nil
}

// apart leaves out errors that follow from others: all but the first about a field, where
// those of alternatives (anyOf, oneOf) come before the sentence that none holds.
func apart(errs field.ErrorList) field.ErrorList {
	var out field.ErrorList
	seen := map[string]bool{}
	for _, err := range errs {
		if err.Field == "<nil>" { // "spec.limits.cpu" must validate at least one schema (anyOf)
			at, detail, _ := strings.Cut(strings.TrimPrefix(err.Detail, `"`), `" `)
			err = &field.Error{Type: err.Type, Field: at, BadValue: err.BadValue, Detail: detail}
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
	if unfilled(value) || r.misspelt(keys, there) {
		return
	}
	r.out = append(r.out, words("the CRD", r.name, keys, value, there, s, err))
}

// misspelt reports whether a field is missing that is there under a name like it, which is
// reported.
func (r *resource) misspelt(keys []string, there bool) bool {
	if there || len(keys) == 0 {
		return false
	}
	last := len(keys) - 1
	return slices.ContainsFunc(r.strays, func(s stray) bool {
		return len(s.keys) == len(keys) && slices.Equal(s.keys[:last], keys[:last]) && suggest(s.keys[last], s.known) == keys[last]
	})
}

// metadata reports that metadata cannot be decoded.
func (r *resource) metadata(err error) {
	keys := []string{"metadata"}
	why := err.Error()
	if _, after, ok := strings.Cut(why, "ObjectMeta."); ok { // cannot unmarshal number into Go struct field ObjectMeta.labels of type string
		name, _, _ := strings.Cut(after, " ")
		keys = append(keys, strings.Split(name, ".")...)
	}
	value, _, _ := at(nil, r.written, keys)
	if unfilled(value) {
		return
	}
	r.out = append(r.out, refusal.Refusal{
		Code: CodeInvalid, Severity: finding.Error, Keys: keys,
		Problem: valid.Dotted(keys) + " of " + r.name + " cannot be read", Detail: "Kubernetes reads metadata of every kind alike: labels and annotations hold texts alone",
		Fix: "put the value in quotes, or correct it",
	})
}
