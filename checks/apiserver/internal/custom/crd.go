package custom

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"k8s.io/apiextensions-apiserver/pkg/apis/apiextensions"
	apiextensionsv1 "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
	"k8s.io/apimachinery/pkg/util/validation/field"
	kjson "sigs.k8s.io/json"

	"stillsuit.dev/checks/apiserver/internal/custom/definition"
	"stillsuit.dev/checks/apiserver/internal/refusal"
	"stillsuit.dev/finding"
	"stillsuit.dev/generator/valid"
)

// CheckDefinition says why the API server refuses a CustomResourceDefinition of v1; nothing
// for another object. Its schemas must be structural, its rules compile and cost no more
// than the API server allows, and its defaults follow its schemas.
func CheckDefinition(ctx context.Context, object map[string]any) []refusal.Refusal {
	if object["kind"] != Kind || object["apiVersion"] != current {
		return nil
	}
	name := nameOf(object)
	b, err := json.Marshal(object)
	if err != nil {
		return []refusal.Refusal{unreadable(name, err)}
	}
	var crd apiextensionsv1.CustomResourceDefinition
	strict, err := kjson.UnmarshalStrict(b, &crd)
	if err != nil {
		return []refusal.Refusal{unreadable(name, err)}
	}
	var out []refusal.Refusal
	for _, err := range strict {
		var at kjson.FieldError
		if errors.As(err, &at) {
			keys := keysOf(object, at.FieldPath())
			out = append(out, unknownField(name, stray{keys: keys}))
		}
	}
	apiextensionsv1.SetObjectDefaults_CustomResourceDefinition(&crd)
	var internal apiextensions.CustomResourceDefinition
	if err := apiextensionsv1.Convert_v1_CustomResourceDefinition_To_apiextensions_CustomResourceDefinition(&crd, &internal, nil); err != nil {
		return append(out, unreadable(name, err))
	}
	// As its strategy prepares it: k8s.io/apiextensions-apiserver,
	// pkg/registry/customresourcedefinition/strategy.go, PrepareForCreate.
	internal.Status = apiextensions.CustomResourceDefinitionStatus{}
	for _, v := range crd.Spec.Versions {
		if v.Storage {
			internal.Status.StoredVersions = []string{v.Name}
			break
		}
	}
	errs, err := validated(ctx, &internal)
	if err != nil {
		return append(out, unreadable(name, err))
	}
	for _, err := range apart(about(errs)) {
		keys := keysOf(object, written(err.Field))
		value, _, there := at(nil, object, keys)
		if !unfilled(value) {
			out = append(out, words("the API server", name, keys, value, there, nil, err))
		}
	}
	metadata, _ := object["metadata"].(map[string]any)
	for _, list := range keyed() {
		out = append(out, repeatedItems(name, list, metadata[list])...)
	}
	sortByKeys(out)
	return out
}

// validated validates a definition. The API server's code panics on selectableFields below a
// schema that is missing or not structural, and answers the request with an error
// (k8s.io/apiserver, pkg/server/filters/wrap.go): what is wrong with the schema is then what is
// said without these fields.
func validated(ctx context.Context, crd *apiextensions.CustomResourceDefinition) (field.ErrorList, error) {
	errs, err := attempted(ctx, crd)
	if err == nil {
		return errs, nil
	}
	bare := crd.DeepCopy()
	bare.Spec.SelectableFields = nil
	for i := range bare.Spec.Versions {
		bare.Spec.Versions[i].SelectableFields = nil
	}
	if errs, again := attempted(ctx, bare); again == nil && len(errs) > 0 {
		return errs, nil
	}
	return nil, err
}

func attempted(ctx context.Context, crd *apiextensions.CustomResourceDefinition) (errs field.ErrorList, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("its validation panics: %v", p)
		}
	}()
	return definition.ValidateCustomResourceDefinition(ctx, crd), nil
}

// about leaves out errors about metadata that generator/valid finds in every object, which are
// not of what is missing, and those of status, which follow from others.
func about(errs field.ErrorList) field.ErrorList {
	return slices.DeleteFunc(errs, func(err *field.Error) bool {
		return strings.HasPrefix(err.Field, "status.") || strings.HasPrefix(err.Field, "metadata.labels") ||
			strings.HasPrefix(err.Field, "metadata.annotations") && err.Type != field.ErrorTypeRequired
	})
}

// written is the path in v1 of a field of the internal version, to which what all versions
// share is moved up: pkg/apis/apiextensions/v1/conversion.go.
func written(path string) string {
	for _, moved := range [][2]string{
		{"spec.validation", "spec.versions[0].schema"},
		{"spec.subresources", "spec.versions[0].subresources"},
		{"spec.additionalPrinterColumns", "spec.versions[0].additionalPrinterColumns"},
		{"spec.selectableFields", "spec.versions[0].selectableFields"},
		{"spec.conversion.webhookClientConfig", "spec.conversion.webhook.clientConfig"},
		{"spec.conversion.conversionReviewVersions", "spec.conversion.webhook.conversionReviewVersions"},
		{"spec.version", "spec.versions[0].name"},
	} {
		if rest, ok := strings.CutPrefix(path, moved[0]); ok && (rest == "" || strings.ContainsRune(".[", rune(rest[0]))) {
			return moved[1] + rest
		}
	}
	return path
}

// unreadable is the refusal of a definition with a value of another type.
func unreadable(name string, err error) refusal.Refusal {
	out := refusal.Refusal{Code: CodeInvalid, Severity: finding.Error, Problem: name + " cannot be read", Detail: "the API server says: " + err.Error(), Fix: "correct the value"}
	var wrong *json.UnmarshalTypeError
	if errors.As(err, &wrong) && wrong.Field != "" {
		out.Keys = strings.Split(wrong.Field, ".")
		out.Problem = valid.Dotted(out.Keys) + " of " + name + " is " + withArticle(wrong.Value)
		out.Detail = "the API server reads another type there"
	}
	return out
}

// withArticle names a kind of JSON value: a string, an object.
func withArticle(kind string) string {
	if kind != "" && strings.ContainsRune("aeiou", rune(kind[0])) {
		return "an " + kind
	}
	return "a " + kind
}
