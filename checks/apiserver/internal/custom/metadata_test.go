package custom_test

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/require"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/client-go/applyconfigurations"
	"k8s.io/client-go/kubernetes/scheme"
)

// values are what each field of metadata is given, as JSON.
var values = []string{`null`, `5`, `-1`, `1.5`, `true`, `"x"`, `"yesterday"`, `"2026-01-31T00:00:00Z"`, `""`, `[]`, `{}`, `[null]`, `[{}]`, `["a.b/c"]`, `["a.b/c","a.b/c"]`, `[5]`, `{"a":"b"}`, `{"a":null}`, `{"a":5}`, `["x"]`, `[["x"]]`, `[{},{}]`}

// references are lists of ownerReferences.
var references = []string{
	`[{"apiVersion":"v1","kind":"Pod","name":"a","uid":"x"}]`,
	`[{"apiVersion":"v1","kind":"Pod","name":"a","uid":"x"},{"apiVersion":"v1","kind":"Pod","name":"b","uid":"y"}]`,
	`[{"apiVersion":"v1","kind":"Pod","name":"a","uid":"x"},{"apiVersion":"v1","kind":"Pod","name":"b","uid":"x"}]`,
	`[{"apiVersion":"v1","kind":"Pod","name":"a","uid":"x","namee":"a"}]`,
	`[{"apiVersion":"v1","kind":"Pod","name":5,"uid":"x"}]`,
	`[{"apiVersion":"v1","kind":"Pod","name":"a","uid":5}]`,
	`[{"apiVersion":"v1","kind":"Pod","name":"a","uid":"x","controller":"true"}]`,
	`[{"apiVersion":"v1","kind":"Pod","name":"a","uid":"x","controller":true,"blockOwnerDeletion":false}]`,
	`[null,{"apiVersion":"v1","kind":"Pod","name":"a","uid":"x"}]`,
}

// TestMetadata compares what is refused in metadata of a custom resource with client-go's
// converter of applied objects, by which the API server reads metadata of all kinds.
func TestMetadata(t *testing.T) {
	d, converter := widgets(t), applyconfigurations.NewTypeConverter(scheme.Scheme)
	refused := 0
	ask := func(field, value string) {
		t.Helper()
		metadata := map[string]any{}
		text := `{"name":"w","` + field + `":` + value + `}`
		require.NoError(t, json.Unmarshal([]byte(text), &metadata))
		_, err := converter.ObjectToTyped(&unstructured.Unstructured{Object: map[string]any{"apiVersion": "v1", "kind": "ConfigMap", "metadata": metadata}})
		got := lines(t, d, map[string]any{"apiVersion": "example.org/v1", "kind": "Widget", "metadata": metadata, "spec": map[string]any{}})
		switch {
		case err != nil:
			refused++
			require.NotEmpty(t, got, "%s: %v", text, err)
		case got != "": // what validation refuses, and not the decoding
			require.Contains(t, afterDecoding, field+" "+value, "%s: %s", text, got)
		}
	}
	for _, field := range []string{"annotations", "labels", "finalizers", "ownerReferences", "creationTimestamp", "deletionTimestamp", "generation", "deletionGracePeriodSeconds", "generateName", "selfLink", "uid", "resourceVersion", "lables"} {
		for _, value := range values {
			ask(field, value)
		}
	}
	for _, value := range references {
		ask("ownerReferences", value)
	}
	require.Greater(t, refused, 100)
}

// afterDecoding are values that have the right form and that validation refuses.
var afterDecoding = []string{
	`ownerReferences [{}]`,
	`generateName "2026-01-31T00:00:00Z"`,
	`finalizers ["x"]`, // ValidateFinalizerName: neither one of Kubernetes' own nor with a domain
}
