package apiserver_test

import (
	"strings"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/require"
	"golang.org/x/tools/txtar"

	"stillsuit.dev/checks"
	"stillsuit.dev/checks/apiserver"
	"stillsuit.dev/checks/checktest"
	"stillsuit.dev/finding"
)

// messages are those of findings of a code.
func messages(findings []finding.Finding, code finding.Code) []string {
	var out []string
	for _, f := range findings {
		if f.Code == code {
			out = append(out, f.Problem+". "+f.Detail)
		}
	}
	return out
}

const gadget = "apiVersion: example.org/v1\nkind: Gadget\nmetadata: {name: a, namespace: lab}\nspec: {size: big}\n"

const gadgets = `apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: gadgets.example.org}
spec:
  group: example.org
  names: {kind: Gadget, plural: gadgets, singular: gadget, listKind: GadgetList}
  scope: Namespaced
  versions:
  - {name: v1, served: true, storage: true, schema: {openAPIV3Schema: {type: object, properties: {spec: {type: object, properties: {size: {type: integer}}}}}}}
`

// TestDefinitionsThatAreGiven counts kinds without a definition in one note, and checks them
// once a definition is given. One in the tree counts more.
func TestDefinitionsThatAreGiven(t *testing.T) {
	tree := &txtar.Archive{Files: []txtar.File{{Name: "tree/a.yaml", Data: []byte(gadget)}}}
	found := checktest.Findings(t, tree, []*checks.Checker{apiserver.Checker(nil)})
	require.Equal(t, []string{"the fields of 1 custom resource were not checked: Gadget (1). no CustomResourceDefinition of these kinds is known"}, messages(found, apiserver.CodeNoSchema))

	given, err := apiserver.ReadDefinitions(fstest.MapFS{"below/gadgets.yaml": {Data: []byte(gadgets)}}, "crds")
	require.NoError(t, err)
	with := []*checks.Checker{apiserver.Checker(&apiserver.Options{Definitions: given})}
	found = checktest.Findings(t, tree, with)
	require.Empty(t, messages(found, apiserver.CodeNoSchema))
	require.Equal(t, []string{`spec.size of Gadget lab/a is "big", a string. the CRD wants an integer`}, messages(found, "apiserver/invalid"))

	own := append([]txtar.File{{Name: "tree/crd.yaml", Data: []byte(gadgets[:len(gadgets)-len("integer}}}}}}}\n")] + "string}}}}}}}\n")}}, tree.Files...)
	require.Empty(t, messages(checktest.Findings(t, &txtar.Archive{Files: own}, with), "apiserver/invalid"))

	refused := strings.Replace(gadgets, "scope: Namespaced", "scope: Everywhere", 1)
	found = checktest.Findings(t, &txtar.Archive{Files: append([]txtar.File{{Name: "tree/crd.yaml", Data: []byte(refused)}}, tree.Files...)}, with)
	require.Equal(t, []string{"the fields of 1 custom resource were not checked: Gadget (1). the API server refuses the CustomResourceDefinition"}, messages(found, apiserver.CodeNoSchema))
	require.Len(t, messages(found, "apiserver/invalid"), 1, "that of the definition")

	_, err = apiserver.ReadDefinitions(fstest.MapFS{"a.yaml": {Data: []byte(gadget)}}, "crds")
	require.EqualError(t, err, "crds holds no CustomResourceDefinition of apiextensions.k8s.io/v1")
	_, err = apiserver.ParseDefinitions("a.yaml", []byte("a: b\n{{ c }}\n"))
	require.ErrorContains(t, err, "a.yaml: yaml: line 2")
}

// TestNames wants a name of objects of known kinds only: files for tools have kinds too.
func TestNames(t *testing.T) {
	for text, want := range map[string][]string{
		"apiVersion: kind.x-k8s.io/v1alpha4\nkind: Cluster\nnodes: []\n":             nil,
		"apiVersion: helm.toolkit.fluxcd.io/v2\nkind: HelmRelease\nspec: {}\n":       {"HelmRelease has no metadata.name. Flux applies objects server-side, and so by their name"},
		gadgets + "---\napiVersion: example.org/v1\nkind: Gadget\nspec: {size: 1}\n": {"Gadget has no metadata.name. Flux applies objects server-side, and so by their name"},
	} {
		tree := &txtar.Archive{Files: []txtar.File{{Name: "tree/a.yaml", Data: []byte(text)}}}
		require.Equal(t, want, messages(checktest.Findings(t, tree, checkers()), "apiserver/no-name"), text)
	}
}
