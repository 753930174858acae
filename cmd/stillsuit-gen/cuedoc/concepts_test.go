package cuedoc_test

import (
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/require"

	"stillsuit.dev/apps"
	"stillsuit.dev/cmd/stillsuit-gen/cuedoc"
	"stillsuit.dev/schemas"
)

func concepts(t *testing.T, text string) []cuedoc.Concept {
	t.Helper()
	out, err := cuedoc.Concepts(fstest.MapFS{"v1alpha1/x.cue": {Data: []byte(text)}})
	require.NoError(t, err)
	return out
}

func TestConcepts(t *testing.T) {
	require.Equal(t, []cuedoc.Concept{{Name: "x", Doc: "Package x is one.", Definitions: []cuedoc.Definition{
		{
			Name: "#App", Doc: "#App is an app, which takes two lines.\nAnd a paragraph.", Section: "apps.NAME", Of: []string{"#Other"},
			Fields: []cuedoc.SchemaField{
				{Name: "text", Doc: "text is text.", Type: "text"},
				{Name: "form", Type: "text", Refusal: "a form starts with f"},
				{Name: "names", Type: "by name: list of #Port"},
				{Name: "usual", Type: "by name: #Port"},
				{Name: "values", Type: "any fields"},
				{Name: "several", Type: "text, number, `true` or `false`"},
				{Name: "kind", Type: "one of `a` or `b`"},
				{Name: "count", Type: "whole number from 1", Refusal: "a count is 1 or more"},
				{Name: "keys", Type: "list of text", Refusal: "a key starts with k"},
				{Name: "inner", Type: "block", Fields: []cuedoc.SchemaField{{Name: "share", Doc: "share is either.", Type: "whole number or #Share"}}},
			},
		},
		{Name: "#Port", Doc: "#Port is a number.", Type: "whole number from 1 to 65535", Refusal: "a port is a number"},
		{Name: "#Board", Of: []string{"#App"}, Facts: []string{`text: "board"`, "count: 4"}},
	}}}, concepts(t, `// Package x is one.
package x

// #App is an app,
// which takes two lines.
//
// And a paragraph.
#App: {
	#Other
	// text is text.
	text?: string
	form?: =~"^f" | error("a form starts with f")
	names?: [string]: [...#Port]
	usual?: {
		[string]: #Port
		// http is the usual name.
		http?: #Port
	}
	values?: {...}
	several?: string | number | bool
	kind?: "a" | "b" | error("a kind is one of a, b")
	count?: (int & >=1) | error("a count is 1 or more")
	keys?: [...(=~"^k" | error("a key starts with k"))]
	inner?: {
		// share is either.
		share?: int | #Share
	}
}

// #Port is a number.
#Port: (int & >=1 & <=65535) | error("a port is a number")

#Board: #App & {
	text: "board"
	count: 4
}
`))
}

// A form of CUE without words is not passed over.
func TestConceptsWithoutWords(t *testing.T) {
	for _, value := range []string{"len(x)", "[int, int]", "int & <5", "null", "b & string"} {
		_, err := cuedoc.Concepts(fstest.MapFS{"v1alpha1/x.cue": {Data: []byte("package x\n#A: {b?: " + value + "}\n")}})
		require.ErrorContains(t, err, "describe v1alpha1/x.cue: #A: b: no words for", value)
	}
}

func TestConceptsOfTheSchemas(t *testing.T) {
	all, err := cuedoc.Concepts(schemas.FS)
	require.NoError(t, err)
	sections := map[string]string{}
	for _, c := range all {
		require.NotEmpty(t, c.Definitions, c.Name)
		for _, d := range c.Definitions {
			if d.Section != "" {
				sections[d.Section] = d.Name
			}
		}
	}
	require.Equal(t, "#App", sections["apps.NAME"])
	require.Equal(t, "#Cluster", sections["cluster"])
}

func TestList(t *testing.T) {
	all, err := cuedoc.List(fstest.MapFS{
		"b/b.cue":  {Data: []byte("// B: is one.\n// Really.\npackage b\n\nname: _\nchart: {}\n")},
		"a/z.cue":  {Data: []byte("package a\n\ncontainer: {}\n")},
		"a/a.cue":  {Data: []byte("// A.\npackage a\n\napp: {}\n")},
		"embed.go": {Data: []byte("package apps\n")},
	})
	require.NoError(t, err)
	require.Equal(t, []cuedoc.Listed{
		{Name: "a", Kinds: []string{"app", "container"}, Doc: "A."},
		{Name: "b", Kinds: []string{"chart"}, Doc: "B: is one. Really."},
	}, all)
	embedded, err := cuedoc.List(apps.FS)
	require.NoError(t, err)
	require.Greater(t, len(embedded), 20)
}
