package registration_test

import (
	"bytes"
	"flag"
	"go/ast"
	"go/format"
	"go/parser"
	"go/token"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

var update = flag.Bool("update", false, "copy the files again from the modules of go.mod")

const (
	here       = "stillsuit.dev/checks/apiserver/internal/builtin/registration"
	regenerate = "run `go test ./checks/apiserver/internal/builtin/registration -update`"
)

// TestCopies wants the files to be those of the module but for the package's name, three
// imports, their order and the first line.
func TestCopies(t *testing.T) {
	const from = "pkg/apis/admissionregistration/validation/"
	for _, name := range []string{"validation.go", "static_suffix.go"} {
		source, err := os.ReadFile(filepath.Join(module(t, "k8s.io/kubernetes"), from+name))
		require.NoError(t, err)
		text := strings.NewReplacer(
			"\npackage validation\n", "\npackage registration\n",
			`"k8s.io/apiserver/pkg/admission/plugin/policy/mutating/patch"`, `patch "`+here+`/accessor"`,
			`"k8s.io/apiserver/pkg/admission/plugin/policy/validating"`, `"`+here+`/accessor"`,
			`"k8s.io/apiserver/pkg/util/webhook"`, `"stillsuit.dev/checks/apiserver/internal/custom/definition/webhook"`,
		).Replace(string(source))
		out, err := format.Source([]byte("// Code generated from k8s.io/kubernetes/" + from + name + "; DO NOT EDIT.\n\n" + text))
		require.NoError(t, err)
		same(t, name, string(out))
	}
}

// TestAccessors wants the types of the package accessor to be those of the module, with their
// methods.
func TestAccessors(t *testing.T) {
	const from = "pkg/admission/plugin/policy/"
	var b bytes.Buffer
	b.WriteString("// Code generated from k8s.io/apiserver/" + from + "{validating,mutating/patch}; DO NOT EDIT.\n// Licence: Apache-2.0, Copyright The Kubernetes Authors.\n\npackage accessor\n\n" +
		"import (\n\tcelgo \"github.com/google/cel-go/cel\"\n\tcelgotypes \"github.com/google/cel-go/common/types\"\n\tmetav1 \"k8s.io/apimachinery/pkg/apis/meta/v1\"\n)\n")
	for _, file := range []struct {
		name  string
		names []string
	}{
		{"validating/interface.go", []string{"ValidationCondition", "AuditAnnotationCondition", "Variable"}},
		{"validating/message.go", []string{"MessageExpressionCondition"}},
		{"mutating/patch/json_patch.go", []string{"JSONPatchCondition", "jsonPatchType"}},
		{"mutating/patch/smd.go", []string{"ApplyConfigurationCondition", "applyConfigObjectType"}},
	} {
		source, err := os.ReadFile(filepath.Join(module(t, "k8s.io/apiserver"), from+file.name))
		require.NoError(t, err)
		for _, text := range declarations(t, source, file.names) {
			b.WriteString("\n" + strings.NewReplacer("= types.New", "= celgotypes.New", "= celtypes.New", "= celgotypes.New").Replace(text) + "\n")
		}
	}
	out, err := format.Source(b.Bytes())
	require.NoError(t, err)
	same(t, "accessor/accessor.go", string(out))
}

// declarations are those of some types and variables in a file, and the types' methods.
func declarations(t *testing.T, source []byte, names []string) []string {
	t.Helper()
	files := token.NewFileSet()
	file, err := parser.ParseFile(files, "", source, parser.ParseComments)
	require.NoError(t, err)
	var out []string
	for _, d := range file.Decls {
		var name string
		start := d.Pos()
		switch d := d.(type) {
		case *ast.FuncDecl:
			if d.Recv != nil {
				of := d.Recv.List[0].Type
				if pointer, is := of.(*ast.StarExpr); is {
					of = pointer.X
				}
				name = of.(*ast.Ident).Name
			}
		case *ast.GenDecl:
			if d.Doc != nil {
				start = d.Doc.Pos()
			}
			switch of := d.Specs[0].(type) {
			case *ast.TypeSpec:
				name = of.Name.Name
			case *ast.ValueSpec:
				name = of.Names[0].Name
			}
		}
		if slices.Contains(names, name) {
			out = append(out, string(source[files.Position(start).Offset:files.Position(d.End()).Offset]))
		}
	}
	require.GreaterOrEqual(t, len(out), len(names))
	return out
}

// module is the directory of a module of go.mod.
func module(t *testing.T, path string) string {
	t.Helper()
	dir, err := exec.CommandContext(t.Context(), "go", "list", "-m", "-f", "{{.Dir}}", path).Output()
	require.NoError(t, err)
	return strings.TrimSpace(string(dir))
}

func same(t *testing.T, name, want string) {
	t.Helper()
	if *update {
		require.NoError(t, os.WriteFile(name, []byte(want), 0o644))
	}
	got, err := os.ReadFile(name)
	require.NoError(t, err)
	require.Equal(t, want, string(got), "%s is not the file of the module: %s", name, regenerate)
}
