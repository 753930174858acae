package custom_test

import (
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/require"

	"stillsuit.dev/checks/apiserver/internal/custom"
)

func TestRead(t *testing.T) {
	one := func(name string) string {
		return "apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata: {name: " + name + "}\n"
	}
	files := fstest.MapFS{
		"crds/a.yaml":             {Data: []byte("---\n# none\n---\n" + one("a") + "---\n" + one("b"))},
		"crds/below/c.yml":        {Data: []byte("apiVersion: v1\nkind: List\nitems:\n- {apiVersion: apiextensions.k8s.io/v1, kind: CustomResourceDefinition, metadata: {name: c}}\n- {apiVersion: v1, kind: Secret}\n")},
		"crds/below/d.json":       {Data: []byte(`{"apiVersion": "apiextensions.k8s.io/v1", "kind": "CustomResourceDefinitionList", "items": [{"metadata": {"name": "d"}}]}`)},
		"crds/below/e.yaml":       {Data: []byte("{apiVersion: apiextensions.k8s.io/v1, kind: CustomResourceDefinition, metadata: {name: e}}\n")},
		"crds/kustomization.yaml": {Data: []byte("resources: [a.yaml]\n")},
		"crds/old.yaml":           {Data: []byte("apiVersion: apiextensions.k8s.io/v1beta1\nkind: CustomResourceDefinition\n")},
		"crds/README.md":          {Data: []byte("{{ no YAML")},
		"crds/.git/x.yaml":        {Data: []byte("{{ no YAML")},
		"crds/.x.yaml":            {Data: []byte("{{ no YAML")},
		"bad/a.yaml":              {Data: []byte(one("a"))},
		"bad/template.yaml":       {Data: []byte("a: b\n{{ if .Values.x }}\n")},
	}
	names := func(at string) []string {
		found, err := custom.Read(files, at)
		require.NoError(t, err)
		var out []string
		for _, crd := range found {
			out = append(out, crd["metadata"].(map[string]any)["name"].(string))
		}
		return out
	}
	require.Equal(t, []string{"a", "b", "c", "d", "e"}, names("crds"))
	require.Equal(t, []string{"c"}, names("crds/below/c.yml"))
	require.Empty(t, names("crds/kustomization.yaml"))
	_, err := custom.Read(files, "bad")
	require.ErrorContains(t, err, "bad/template.yaml: yaml: line 2")
	_, err = custom.Read(files, "none")
	require.ErrorContains(t, err, "none")
}
