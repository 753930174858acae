package e2e_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/tools/txtar"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"stillsuit.dev/tests/e2e/rig"
)

// tested is where the tests of the check apiserver have their tables.
const tested = "../../checks/apiserver/"

// rows are the objects in the tables of the check's own tests, which say what the API server
// refuses and what it takes, as the API server can be asked about them.
func rows(t *testing.T) []*verdict {
	t.Helper()
	var out []*verdict
	add := func(from string, o *unstructured.Unstructured) {
		delete(o.Object, "status") // as kustomize-controller does before it asks
		out = append(out, &verdict{object: o, name: from + ": " + o.GetAPIVersion() + " " + called(o)})
	}
	names, err := filepath.Glob(tested + "testdata/trees/*.txtar")
	require.NoError(t, err)
	require.NotEmpty(t, names)
	for _, name := range names {
		tree, err := txtar.ParseFile(name)
		require.NoError(t, err)
		for _, f := range tree.Files {
			if !strings.HasPrefix(f.Name, "tree/") || filepath.Base(f.Name) == "kustomization.yaml" {
				continue
			}
			for doc := range strings.SplitSeq(string(f.Data), "\n---\n") {
				if strings.Contains(doc, "${") { // nobody fills it in here
					continue
				}
				objects, err := rig.Parse(doc)
				require.NoError(t, err, "%s %s", name, f.Name)
				for _, o := range objects {
					add(filepath.Base(name)+" "+f.Name, moved(o, "trees.example.org"))
				}
			}
		}
	}
	mistakes, err := os.ReadFile(tested + "internal/custom/testdata/mistakes.txt")
	require.NoError(t, err)
	for part := range strings.SplitSeq(strings.TrimSpace(string(mistakes)), "\n\n") {
		spec, _, _ := strings.Cut(part, "\n")
		text := "{apiVersion: example.org/v1, kind: Widget, metadata: {name: w}, spec: " + spec + "}"
		if whole, ok := strings.CutPrefix(spec, "whole: "); ok {
			text = whole
		}
		if o := readable(t, text); o != nil {
			add("mistakes.txt "+spec, moved(o, "mistakes.example.org"))
		}
	}
	return append(out, definitionRows(t)...)
}

// definitionRows are changes of a definition: what it says, what it says instead, and what the
// check finds.
func definitionRows(t *testing.T) []*verdict {
	t.Helper()
	widget, err := os.ReadFile(tested + "internal/custom/testdata/widget.yaml")
	require.NoError(t, err)
	changes, err := os.ReadFile(tested + "internal/custom/testdata/definitions.txt")
	require.NoError(t, err)
	var out []*verdict
	for part := range strings.SplitSeq(strings.TrimSpace(string(changes)), "\n\n") {
		lines := strings.Split(part, "\n")
		require.Len(t, lines, 3)
		require.Contains(t, string(widget), lines[0])
		if o := readable(t, strings.Replace(string(widget), lines[0], lines[1], 1)); o != nil {
			out = append(out, &verdict{object: o, name: "definitions.txt " + lines[1]})
		}
	}
	return out
}

// readable is the object of a text that a server can be asked about: one with a kind and a
// name, in which nothing is filled in or decrypted later.
func readable(t *testing.T, text string) *unstructured.Unstructured {
	t.Helper()
	if strings.Contains(text, "${") || strings.Contains(text, "ENC[") || strings.Contains(text, "sops:") || strings.Contains(text, "metadata: [") {
		return nil
	}
	objects, err := rig.Parse(text)
	require.NoError(t, err, text)
	require.Len(t, objects, 1, text)
	return objects[0]
}

// moved is an object of example.org in another group of that domain, so that the definitions
// of two tables are kept apart, and those of the tables can be asked about as new ones.
func moved(o *unstructured.Unstructured, group string) *unstructured.Unstructured {
	if version, is := strings.CutPrefix(o.GetAPIVersion(), "example.org/"); is {
		o.SetAPIVersion(group + "/" + version)
	}
	return o
}

// rowDefinitions are the definitions that the tables use, in the groups that moved gives them.
func rowDefinitions(t *testing.T) []*unstructured.Unstructured {
	t.Helper()
	tree, err := txtar.ParseFile(tested + "testdata/trees/custom.txtar")
	require.NoError(t, err)
	widget, err := os.ReadFile(tested + "internal/custom/testdata/widget.yaml")
	require.NoError(t, err)
	texts := map[string]string{"mistakes.example.org": string(widget)}
	for _, f := range tree.Files {
		if f.Name == "tree/crd.yaml" {
			texts["trees.example.org"] = string(f.Data)
		}
	}
	require.Len(t, texts, 2)
	var out []*unstructured.Unstructured
	for group, text := range texts {
		objects, err := rig.Parse(strings.ReplaceAll(text, "example.org", group))
		require.NoError(t, err)
		out = append(out, objects...)
	}
	return out
}

// rowCount says how many rows there are, and how many of them the API server refuses.
func rowCount(rows []*verdict) string {
	refused := 0
	for _, v := range rows {
		if v.strict != "" {
			refused++
		}
	}
	return fmt.Sprintf("%d; %d", len(rows), refused)
}
