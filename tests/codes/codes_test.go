// Package codes holds every code of a finding against the packages that document and
// report it.
package codes

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"maps"
	"os"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// form is what a code looks like.
var form = regexp.MustCompile(`^[a-z]+/[a-z]+(-[a-z]+)*$`)

// program is what the sources say of codes. Packages are directories.
type program struct {
	documented map[string][]string            // packages by the code that they document
	used       map[string]map[string][]string // places by code and package, outside of documentation
	former     map[string][]string            // present names by former ones
	foreign    []string                       // places where a constant of another package is reported
}

// TestEachCodeHasOneOwner reads all sources that are shipped: a code is documented by one
// package, reported by that package alone, and reported somewhere.
func TestEachCodeHasOneOwner(t *testing.T) {
	p := &program{documented: map[string][]string{}, used: map[string]map[string][]string{}, former: map[string][]string{}}
	root := os.DirFS("../..")
	require.NoError(t, fs.WalkDir(root, ".", func(name string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && (name == "tests" || name == "cmd/stillsuit-gen" || strings.HasPrefix(name, ".git") || d.Name() == "testdata"):
			return fs.SkipDir
		case d.IsDir() || !strings.HasSuffix(name, ".go") || strings.HasSuffix(name, "_test.go"):
			return nil
		}
		source, err := fs.ReadFile(root, name)
		require.NoError(t, err)
		return p.read(name, string(source))
	}))
	require.Greater(t, len(p.documented), 200)
	require.Empty(t, p.problems())

	// Each of these is noticed.
	for name, mutant := range map[string]string{
		"reported by another":           "package x\n\nfunc f(r reporter) { r.Error(\"fit/loss\", \"a\") }\n",
		"a constant of another":         "package x\n\nconst code = \"tree/drift\"\n\nfunc f(r reporter) { r.Error(code, \"a\") }\n",
		"an exported constant":          "package x\n\nimport \"stillsuit.dev/generator/model\"\n\nfunc f(r reporter) { r.Error(model.CodeRegistry, \"a\") }\n",
		"one in a literal":              "package x\n\nimport \"stillsuit.dev/crash\"\n\nvar f = finding.Finding{Code: crash.Code}\n",
		"documented by nobody":          "package x\n\nfunc f(r reporter) { r.Error(\"fit/made-up\", \"a\") }\n",
		"of no known family":            "package x\n\nvar f = finding.Finding{Code: \"novel/code\"}\n",
		"documented twice":              "package x\n\nvar d = finding.CodeDoc{Code: \"fit/loss\"}\n",
		"reported by nobody":            "package x\n\nvar d = finding.CodeDoc{Code: \"fit/unheard\"}\n",
		"a former name is reported":     "package x\n\nfunc f(r reporter) { r.Error(\"images/registry\", \"a\") }\n",
		"a former name that is present": "package x\n\nvar d = finding.CodeDoc{Code: \"x/new\", Former: []finding.Code{\"fit/loss\"}}\n\nfunc f(r reporter) { r.Error(\"x/new\", \"a\") }\n",
		"a former name of two":          "package x\n\nvar d = finding.CodeDoc{Code: \"x/new\", Former: []finding.Code{\"images/registry\"}}\n\nfunc f(r reporter) { r.Error(\"x/new\", \"a\") }\n",
	} {
		m := p.clone()
		require.NoError(t, m.read("x/x.go", mutant))
		require.NotEmpty(t, m.problems(), name)
	}
}

func (p *program) clone() *program {
	out := &program{documented: maps.Clone(p.documented), used: map[string]map[string][]string{}, former: maps.Clone(p.former), foreign: p.foreign}
	for code, by := range p.used {
		out.used[code] = maps.Clone(by)
	}
	return out
}

// problems are what is wrong, sorted.
func (p *program) problems() []string {
	var out []string
	for _, at := range p.foreign {
		out = append(out, "a code of another package is reported at "+at)
	}
	families := map[string]bool{}
	for code, by := range p.documented {
		family, _, _ := strings.Cut(code, "/")
		families[family] = true
		if len(by) != 1 {
			out = append(out, fmt.Sprintf("%s is documented by %v", code, by))
		}
		if p.used[code][by[0]] == nil {
			out = append(out, fmt.Sprintf("%s is documented by %s, which does not report it", code, by[0]))
		}
	}
	for code, by := range p.used {
		family, _, _ := strings.Cut(code, "/")
		owner := p.documented[code]
		for pkg, at := range by {
			switch {
			case owner == nil && (families[family] || by[certain] != nil):
				out = append(out, fmt.Sprintf("%s is documented by nobody, but written at %v", code, at))
			case owner != nil && pkg != owner[0] && pkg != certain:
				out = append(out, fmt.Sprintf("%s belongs to %s, but is written at %v", code, owner[0], at))
			}
		}
	}
	for code, now := range p.former {
		if p.documented[code] != nil || p.used[code] != nil || len(now) != 1 {
			out = append(out, fmt.Sprintf("%s was the name of %v, and is in use", code, now))
		}
	}
	slices.Sort(out)
	return out
}

// owner is whose codes a package reports. The packages inside of generator are one: a
// concern is divided among those that decide about it and those that finish its objects.
func owner(pkg string) string {
	if inside := "generator/internal"; strings.HasPrefix(pkg, inside+"/") {
		return inside
	}
	return pkg
}

// certain is the entry of codes that stand where nothing else can.
const certain = "a code for certain"

// read adds what a file says. A constant that documents a code counts as its use too: it
// is what calls name.
func (p *program) read(name, source string) error {
	files := token.NewFileSet()
	file, err := parser.ParseFile(files, name, source, parser.SkipObjectResolution)
	if err != nil {
		return err
	}
	pkg := owner(path.Dir(name))
	constants := map[string]string{}
	if other, err := constantsOf(path.Dir(name)); err == nil {
		constants = other
	}
	imported := map[string]bool{}
	for _, i := range file.Imports {
		if at, err := strconv.Unquote(i.Path.Value); err == nil && strings.HasPrefix(at, "stillsuit.dev/") {
			imported[path.Base(at)] = true
		}
	}
	// foreign reports whether an expression is a code that another package exports. Such
	// a constant may be compared with, and not be reported: its owner has a constructor.
	foreign := func(e ast.Expr) bool {
		s, is := e.(*ast.SelectorExpr)
		if !is || !strings.HasPrefix(s.Sel.Name, "Code") || s.Sel.Name == "Codes" {
			return false
		}
		x, is := s.X.(*ast.Ident)
		return is && imported[x.Name]
	}
	value := func(e ast.Expr) string {
		switch e := e.(type) {
		case *ast.BasicLit:
			if s, err := strconv.Unquote(e.Value); err == nil && e.Kind == token.STRING && form.MatchString(s) {
				return s
			}
		case *ast.Ident:
			return constants[e.Name]
		}
		return ""
	}
	use := func(code, by string, at token.Pos) {
		if p.used[code] == nil {
			p.used[code] = map[string][]string{}
		}
		p.used[code][by] = append(slices.Clone(p.used[code][by]), files.Position(at).String())
	}
	ast.Inspect(file, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.ImportSpec:
			return false
		case *ast.CallExpr:
			if callee(n) != "Contains" && slices.ContainsFunc(n.Args, foreign) {
				p.foreign = append(slices.Clone(p.foreign), files.Position(n.Pos()).String())
			}
		case *ast.CompositeLit:
			fields := map[string]ast.Expr{}
			for _, e := range n.Elts {
				if kv, is := e.(*ast.KeyValueExpr); is {
					if key, is := kv.Key.(*ast.Ident); is {
						fields[key.Name] = kv.Value
					}
				}
			}
			selector, _ := n.Type.(*ast.SelectorExpr)
			doc := fields["Title"] != nil && fields["Text"] != nil || selector != nil && selector.Sel.Name == "CodeDoc"
			code := ""
			if fields["Code"] != nil {
				code = value(fields["Code"])
			}
			if foreign(fields["Code"]) {
				p.foreign = append(slices.Clone(p.foreign), files.Position(n.Pos()).String())
			}
			switch {
			case code == "":
				return true
			case !doc:
				use(code, certain, n.Pos())
				return true
			}
			p.documented[code] = append(slices.Clone(p.documented[code]), pkg)
			if former, is := fields["Former"].(*ast.CompositeLit); is {
				for _, e := range former.Elts {
					p.former[value(e)] = append(slices.Clone(p.former[value(e)]), code)
				}
			}
			return false // its text may name other codes
		case *ast.BasicLit:
			if code := value(n); code != "" {
				use(code, pkg, n.Pos())
			}
		}
		return true
	})
	return nil
}

// callee is the last name of what is called.
func callee(call *ast.CallExpr) string {
	switch f := call.Fun.(type) {
	case *ast.Ident:
		return f.Name
	case *ast.SelectorExpr:
		return f.Sel.Name
	}
	return ""
}

// constantsOf are the string constants of a package, by name.
func constantsOf(pkg string) (map[string]string, error) {
	out := map[string]string{}
	names, err := fs.Glob(os.DirFS("../.."), pkg+"/*.go")
	if err != nil {
		return nil, err
	}
	for _, name := range names {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), "../../"+name, nil, parser.SkipObjectResolution)
		if err != nil {
			return nil, err
		}
		for _, d := range file.Decls {
			g, is := d.(*ast.GenDecl)
			if !is || g.Tok != token.CONST {
				continue
			}
			for _, s := range g.Specs {
				v := s.(*ast.ValueSpec)
				for i := range v.Values {
					if l, is := v.Values[i].(*ast.BasicLit); is && l.Kind == token.STRING {
						out[v.Names[i].Name], _ = strconv.Unquote(l.Value) // it was parsed
					}
				}
			}
		}
	}
	return out, nil
}
