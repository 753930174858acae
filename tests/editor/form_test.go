package editor

import (
	"fmt"
	"io/fs"
	"os"
	"path"
	"regexp"
	"slices"
	"strings"
	"testing"

	"cuelang.org/go/cue/ast"
	"cuelang.org/go/cue/parser"
	"cuelang.org/go/cue/token"
	"github.com/stretchr/testify/require"

	"stillsuit.dev/cmd/stillsuit-gen/cuedoc"
	"stillsuit.dev/schemas"
)

// TestForm wants everything that users read and copy in the form in which an editor helps:
// each entry names its definition in one of the files, or blocks, that go together.
func TestForm(t *testing.T) {
	t.Parallel()
	concepts, err := cuedoc.Concepts(schemas.FS)
	require.NoError(t, err)
	sections := map[string]string{}
	for _, c := range concepts {
		for _, d := range c.Definitions {
			if section, _, _ := strings.Cut(d.Section, "."); section != "" {
				sections[section] = d.Name
			}
		}
	}
	root := os.DirFS("../..")
	entries := 0
	for _, pattern := range []string{"clusters/*", "tests/third/clusters/*", "README.md", "docs/how-to/*.md", "docs/schema/*.md", "docs/*.md"} {
		places, err := fs.Glob(root, pattern)
		require.NoError(t, err)
		require.NotEmpty(t, places, pattern)
		for _, place := range places {
			texts, err := read(root, place)
			require.NoError(t, err)
			found, missing, err := untyped(sections, texts)
			require.NoError(t, err, place)
			require.Empty(t, missing, "%s: write NAME: v1alpha1.#App & {…} (docs/how-to/editor.md)", place)
			entries += found
		}
	}
	require.Greater(t, entries, 80)

	// Each of these must be noticed.
	for text, want := range map[string]string{
		"apps: web: {user: 1}":                                  "apps.web",
		"apps: web: user: 1":                                    "apps.web",
		"apps: {web: v1alpha1.#App & {user: 1}, b: {}}":         "apps.b",
		"apps: [_]: v1alpha1.#App\napps: web: {user: 1}":        "apps.web",
		"apps: web: v1alpha1.#Chart & {user: 1}":                "apps.web",
		"cluster: {name: \"a\", domain: \"b\", timezone: \"\"}": "cluster",
	} {
		_, missing, err := untyped(sections, []string{text})
		require.NoError(t, err)
		require.Equal(t, []string{want}, missing, text)
	}
	for _, text := range []string{
		"apps: web: v1alpha1.#App & {user: 1}\napps: web: group: 1", "apps: web: v1alpha1.#App",
		"cluster: v1alpha1.#Cluster & {name: \"a\"}\ncluster: nodes: a: {}", "cluster: nodes: a: {}", "apps: {for n in names {(n): {}}}",
	} {
		_, missing, err := untyped(sections, []string{text})
		require.NoError(t, err)
		require.Empty(t, missing, text)
	}
}

var cueBlock = regexp.MustCompile("(?ms)^```cue\n(.*?)^```$")

// read returns the CUE of a page, or of the files of a directory.
func read(root fs.FS, place string) ([]string, error) {
	if path.Ext(place) == ".md" {
		b, err := fs.ReadFile(root, place)
		if err != nil {
			return nil, err
		}
		var out []string
		for _, m := range cueBlock.FindAllStringSubmatch(string(b), -1) {
			out = append(out, m[1])
		}
		return out, nil
	}
	names, err := fs.Glob(root, place+"/*.cue")
	var out []string
	for _, name := range names {
		b, err := fs.ReadFile(root, name)
		if err != nil {
			return nil, err
		}
		out = append(out, string(b))
	}
	return out, err
}

// untyped lists the entries of which no text names the definition, and counts all.
func untyped(sections map[string]string, texts []string) (entries int, missing []string, err error) {
	typed := map[string]bool{}
	for _, text := range texts {
		f, err := parser.ParseFile("text", text)
		if err != nil {
			return 0, nil, fmt.Errorf("%w in:\n%s", err, text)
		}
		for _, d := range f.Decls {
			field, ok := d.(*ast.Field)
			if !ok {
				continue
			}
			section, _, err := ast.LabelName(field.Label)
			if definition := sections[section]; err == nil && definition != "" {
				see(typed, section, definition, field.Value)
			}
		}
	}
	for name, ok := range typed {
		if !ok {
			missing = append(missing, name)
		}
	}
	slices.Sort(missing)
	return len(typed), missing, nil
}

// see notes of each entry of a section whether its definition is named.
func see(typed map[string]bool, section, definition string, value ast.Expr) {
	block, ok := value.(*ast.StructLit)
	if section == "cluster" {
		// Other files add a fact to it; the one with most of them makes it.
		if !ok || len(block.Elts) > 2 {
			typed[section] = typed[section] || names(value, definition)
		}
		return
	}
	if !ok {
		return
	}
	for _, d := range block.Elts {
		if field, ok := d.(*ast.Field); ok {
			if name, _, err := ast.LabelName(field.Label); err == nil {
				name = section + "." + name
				typed[name] = typed[name] || names(field.Value, definition)
			}
		}
	}
}

// names reports whether an expression is v1alpha1.DEFINITION, alone or & something.
func names(value ast.Expr, definition string) bool {
	switch v := value.(type) {
	case *ast.BinaryExpr:
		return v.Op == token.AND && (names(v.X, definition) || names(v.Y, definition))
	case *ast.SelectorExpr:
		name, _, err := ast.LabelName(v.Sel)
		return err == nil && name == definition
	}
	return false
}
