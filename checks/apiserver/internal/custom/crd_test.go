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
// refuses at the field: what it says, what it says instead, and how the finding starts, or that it is sound.
func TestMistakesInDefinitions(t *testing.T) {
	b, err := os.ReadFile("testdata/widget.yaml")
	require.NoError(t, err)
	changes, err := os.ReadFile("testdata/definitions.txt")
	require.NoError(t, err)
	for part := range strings.SplitSeq(strings.TrimSpace(string(changes)), "\n\n") {
		lines := strings.Split(part, "\n")
		require.Len(t, lines, 3)
		require.Contains(t, string(b), lines[0])
		crd := object(t, strings.Replace(string(b), lines[0], lines[1], 1))
		var out strings.Builder
		for _, r := range custom.CheckDefinition(t.Context(), crd) {
			out.WriteString(string(r.Code) + " " + strings.Join(r.Keys, "/") + ": " + r.Problem + ". " + r.Detail + "\n")
		}
		if lines[2] == "sound" {
			require.Empty(t, out.String(), lines[1])
			continue
		}
		require.Contains(t, out.String(), lines[2], lines[1])
	}
}

// TestSelectableFieldsWithoutSchema has a schema that is not structural, at which the API
// server's validation of selectableFields panics: what is wrong with the schema is reported.
func TestSelectableFieldsWithoutSchema(t *testing.T) {
	b, err := os.ReadFile("testdata/widget.yaml")
	require.NoError(t, err)
	text := strings.NewReplacer("storage: true\n", "storage: true\n      selectableFields: [{jsonPath: .spec.size}]\n", "enabled: {type: boolean}", "enabled: {type: boolean, id: x}").Replace(string(b))
	out := custom.CheckDefinition(t.Context(), object(t, text))
	require.Len(t, out, 1)
	require.Equal(t, "the API server says: id is not supported", out[0].Detail)
	require.Equal(t, "id", out[0].Keys[len(out[0].Keys)-1])
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
