package evaluate_test

import (
	"io/fs"
	"testing"

	"cuelang.org/go/cue/ast"
	"cuelang.org/go/cue/parser"
	"github.com/stretchr/testify/require"

	"stillsuit.dev/schemas"
)

// TestEveryFieldOfTheSchemasIsDocumented reads the schemas as a user's editor
// does: each definition and each field has a comment of its own.
func TestEveryFieldOfTheSchemasIsDocumented(t *testing.T) {
	names, err := fs.Glob(schemas.FS, "v1alpha1/*.cue")
	require.NoError(t, err)
	require.NotEmpty(t, names)
	for _, name := range names {
		b, err := fs.ReadFile(schemas.FS, name)
		require.NoError(t, err)
		require.Empty(t, undocumented(t, name, b))
	}
}

func TestAFieldWithoutACommentIsNoticed(t *testing.T) {
	require.Equal(t, []string{"#A", "b"}, undocumented(t, "x.cue", []byte("package x\n\n#A: {\n\t// a is fine.\n\ta?: int\n\tb?: {\n\t\t// c is fine.\n\t\tc?: int\n\t}\n}\n")))
}

// undocumented lists the labels of fields without a comment. Patterns and the
// facts that a profile sets have none of their own.
func undocumented(t *testing.T, name string, content []byte) []string {
	t.Helper()
	file, err := parser.ParseFile(name, content, parser.ParseComments)
	require.NoError(t, err)
	var out []string
	ast.Walk(file, func(n ast.Node) bool {
		field, ok := n.(*ast.Field)
		if !ok {
			return true
		}
		label, _, err := ast.LabelName(field.Label)
		if err != nil { // a pattern
			return true
		}
		definition := len(label) > 0 && label[0] == '#'
		if (definition || field.Constraint != 0) && len(ast.Comments(field)) == 0 {
			out = append(out, label)
		}
		return true
	}, nil)
	return out
}
