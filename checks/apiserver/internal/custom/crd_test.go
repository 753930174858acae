package custom_test

import (
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"k8s.io/apimachinery/pkg/runtime/schema"

	"stillsuit.dev/checks/apiserver/internal/custom"
)

func TestSoundDefinitionsAreSilent(t *testing.T) {
	for name, crd := range read(t, crds) {
		require.Empty(t, custom.CheckDefinition(t.Context(), crd), name)
	}
	require.Empty(t, custom.CheckDefinition(t.Context(), object(t, "{apiVersion: v1, kind: ConfigMap}")))
}

// TestMistakesInDefinitions replaces a text in a sound definition, which the API server then
// refuses at the field.
func TestMistakesInDefinitions(t *testing.T) {
	b, err := os.ReadFile("testdata/widget.yaml")
	require.NoError(t, err)
	for _, c := range []struct{ old, new, want string }{
		{"name: widgets.example.org", "name: widget.example.org", `apiserver/invalid metadata/name: metadata.name of CustomResourceDefinition widget.example.org is "widget.example.org". it must be spec.names.plural+"."+spec.group`},
		{"group: example.org", "group: example", `apiserver/invalid spec/group: spec.group of CustomResourceDefinition widgets.example.org is "example". it should be a domain with at least one dot`},
		{"scope: Cluster", "scope: Global", `apiserver/invalid spec/scope: spec.scope of CustomResourceDefinition widgets.example.org is "Global". the API server allows Cluster or Namespaced`},
		{"scope: Cluster", "scpoe: Cluster", "apiserver/unknown-field spec/scpoe: CustomResourceDefinition widgets.example.org has no field spec.scpoe"},
		{"storage: true", "storage: false", "apiserver/invalid spec/versions: "},
		{"replicas: {type: integer, default: 1}", "replicas: {type: integer, default: many}", "apiserver/invalid spec/versions/1/schema/openAPIV3Schema/properties/spec/properties/replicas/default: "},
		{"replicas: {type: integer, default: 1}", "replicas: {default: 1}", "apiserver/invalid spec/versions/1/schema/openAPIV3Schema/properties/spec/properties/replicas/type: CustomResourceDefinition widgets.example.org lacks spec.versions[1].schema.openAPIV3Schema.properties.spec.properties.replicas.type"},
		{"self.low <= self.high", "self.low <= self.higher", "apiserver/invalid spec/versions/1/schema/openAPIV3Schema/properties/spec/x-kubernetes-validations/0/rule: "},
		{"x-kubernetes-list-map-keys: [name, protocol]", "x-kubernetes-list-map-keys: [name, port]", "apiserver/invalid spec/versions/1/schema/openAPIV3Schema/properties/spec/properties/rules/x-kubernetes-list-map-keys"},
		{"served: false, storage: false", "served: no way, storage: false", "apiserver/invalid spec/versions/served: spec.versions.served of CustomResourceDefinition widgets.example.org is a string. the API server reads another type there"},
	} {
		require.Contains(t, string(b), c.old)
		crd := object(t, strings.Replace(string(b), c.old, c.new, 1))
		var out strings.Builder
		for _, r := range custom.CheckDefinition(t.Context(), crd) {
			out.WriteString(string(r.Code) + " " + strings.Join(r.Keys, "/") + ": " + r.Problem + ". " + r.Detail + "\n")
		}
		require.Contains(t, out.String(), c.want, c.new)
	}
}

// TestUnchecked says why resources are not checked, and no resource of such a kind is refused.
func TestUnchecked(t *testing.T) {
	kind := schema.GroupKind{Group: "example.org", Kind: "Widget"}
	wrong := object(t, "{apiVersion: example.org/v1, kind: Widget, metadata: {name: w}, spec: {none: 1}}")
	b, err := os.ReadFile("testdata/widget.yaml")
	require.NoError(t, err)

	d := custom.New()
	require.Equal(t, custom.Unknown, d.Unchecked(kind, "v1"))
	require.Empty(t, d.Check(t.Context(), wrong))
	require.NoError(t, d.Add(object(t, string(b)), false))
	require.Empty(t, d.Unchecked(kind, "v1"))
	require.Empty(t, d.Unchecked(kind, "v2"), "Check reports it")
	require.Len(t, d.Check(t.Context(), wrong), 1)
	require.NoError(t, d.Add(object(t, string(b)), true), "the first one holds")
	require.Len(t, d.Check(t.Context(), wrong), 1)

	d = custom.New()
	require.NoError(t, d.Add(object(t, string(b)), true))
	require.Equal(t, "the API server refuses the CustomResourceDefinition", d.Unchecked(kind, "v1"))
	require.Empty(t, d.Check(t.Context(), wrong))

	d = custom.New()
	require.NoError(t, d.Add(object(t, strings.Replace(string(b), "tags: {type: array", "tags: {type: array, patternProperties: {a: {type: string}}", 1)), false))
	require.Contains(t, d.Unchecked(kind, "v1"), "structural")
	require.Empty(t, d.Check(t.Context(), wrong))

	for text, why := range map[string]string{
		"{apiVersion: apiextensions.k8s.io/v1beta1, kind: CustomResourceDefinition}": "its apiVersion is apiextensions.k8s.io/v1beta1",
		"{apiVersion: apiextensions.k8s.io/v1, kind: CustomResourceDefinition}":      "no spec.group",
		"{apiVersion: apiextensions.k8s.io/v1, kind: X, spec: 5}":                    "cannot unmarshal",
	} {
		require.ErrorContains(t, custom.New().Add(object(t, text), false), why)
	}
}
