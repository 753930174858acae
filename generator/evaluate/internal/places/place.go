// Package places finds where a user wrote what CUE evaluated. Paths are names without quotes
// and indices of lists.
package places

import (
	"cmp"
	"path"
	"slices"
	"strconv"
	"strings"

	"cuelang.org/go/cue"
	"cuelang.org/go/cue/ast"
	"cuelang.org/go/cue/build"

	"stillsuit.dev/finding"
	"stillsuit.dev/generator/evaluate/internal/source"
)

// Finder finds the values of a package in the files that a user wrote: all but the schemas
// and the constraints that the loader adds.
type Finder struct {
	First finding.Place // where to point when nothing better is known
	pkg   string        // the package's id, which hidden fields belong to
	entry entries       // what can be told without evaluation
	value cue.Value
	files []*ast.File // of the package, that a user wrote
}

// New returns the Finder of a package and of its value.
func New(inst *build.Instance, value cue.Value) Finder {
	files := source.Files(inst)
	if len(files) == 0 && len(inst.BuildFiles) > 0 {
		files = []string{source.Display(inst.BuildFiles[0].Filename)}
	}
	if len(files) == 0 {
		return Finder{}
	}
	p := Finder{First: finding.Place{File: files[0]}, pkg: inst.ID(), entry: newEntries(inst), value: value}
	for _, f := range inst.Files {
		if source.Written(f.Pos()) {
			p.files = append(p.files, f)
		}
	}
	return p
}

// Of returns the Finder of another value of the same package: one with a field filled in.
func (p Finder) Of(value cue.Value) Finder {
	p.value = value
	return p
}

// Cheap returns the place of a value that need not be evaluated for it.
func (p Finder) Cheap(path []string) (finding.Place, bool) {
	field := p.entry.at(path)
	if field == nil {
		return finding.Place{}, false
	}
	return source.Place(field.Pos()), true
}

// Origin is one place that gives or constrains a value.
type Origin struct {
	Node  ast.Node // *ast.Field, or an expression
	Value cue.Value
	rank  int // lower is the better place to show
}

// Lookup returns the value at a path of names and decimal indices.
func (p Finder) Lookup(path []string) cue.Value {
	v := p.value
	for _, name := range path {
		if i, err := strconv.Atoi(name); err == nil && i >= 0 {
			// The kind of a list with a mistake in it is not known.
			if e := v.LookupPath(cue.MakePath(cue.Index(i))); e.Exists() || e.Source() != nil || e.Pos().IsValid() {
				v = e
				continue
			}
		}
		v = v.LookupPath(cue.MakePath(p.selector(name)))
	}
	return v
}

// selector returns the selector of a field, hidden or not, or a definition.
func (p Finder) selector(name string) cue.Selector {
	switch {
	case strings.HasPrefix(name, "#"):
		return cue.Def(name)
	case strings.HasPrefix(name, "_") && ast.IsValidIdent(name):
		return cue.Hid(name, p.pkg)
	}
	return cue.Str(name)
}

// Origins returns the places in users' files that give or constrain the value
// at path, best first: fields that name it, before patterns and expressions;
// concrete values before types; then by file and line.
func (p Finder) Origins(path []string) []Origin {
	v := p.Lookup(path)
	values := []cue.Value{v}
	if _, isField := v.Source().(*ast.Field); !isField {
		if op, args := v.Expr(); op == cue.AndOp {
			values = args
		}
	}
	name := ""
	if len(path) > 0 {
		name = path[len(path)-1]
	}
	var found []Origin
	for _, arg := range values {
		node := arg.Source()
		if node == nil || !source.Written(node.Pos()) {
			continue
		}
		if _, ok := node.(*ast.File); ok {
			continue
		}
		o := Origin{node, arg, 2 * rank(node, name)}
		if !arg.IsConcrete() {
			o.rank++
		}
		found = append(found, o)
	}
	slices.SortStableFunc(found, func(a, b Origin) int {
		return cmp.Or(cmp.Compare(a.rank, b.rank), source.Place(a.Node.Pos()).Compare(source.Place(b.Node.Pos())))
	})
	return found
}

// rank says how directly node names the field: 0 by its label or as the element
// of a list, 1 by a computed label, 2 by a pattern.
func rank(node ast.Node, name string) int {
	field, ok := node.(*ast.Field)
	if !ok {
		return 0
	}
	if label, _, err := ast.LabelName(field.Label); err == nil {
		if label == name {
			return 0
		}
		return 1
	}
	if _, ok := field.Label.(*ast.ListLit); ok {
		return 2
	}
	return 1
}

// Find returns the best place of the value at path. Taking a value apart
// evaluates parts of it alone, which CUE may give up on with a panic; then there
// is no place.
func (p Finder) Find(path []string) (at finding.Place, ok bool) {
	defer func() {
		if recover() != nil {
			at, ok = finding.Place{}, false
		}
	}()
	if len(path) == 0 {
		return p.First, !p.First.IsZero()
	}
	if at, ok := p.Cheap(path); ok {
		return at, true
	}
	if found := p.Origins(path); len(found) > 0 {
		return source.Place(found[0].Node.Pos()), true
	}
	return p.embedded(path)
}

// embedded returns the place of the value at path in a file that @embed takes. Its name
// is relative to the directory of the CUE file that says so.
func (p Finder) embedded(at []string) (finding.Place, bool) {
	node := p.Lookup(at).Source()
	if node == nil || !node.Pos().IsValid() || node.Pos().Filename() == "" || path.IsAbs(node.Pos().Filename()) {
		return finding.Place{}, false
	}
	found := source.Place(node.Pos())
	for n := len(at) - 1; n > 0; n-- {
		in, ok := p.Cheap(at[:n])
		if !ok {
			above := p.Origins(at[:n])
			if len(above) == 0 {
				continue
			}
			in = source.Place(above[0].Node.Pos())
		}
		found.File = path.Join(path.Dir(in.File), found.File)
		return found, true
	}
	return finding.Place{}, false
}

// Nearest returns the best place of the value at path, or of its nearest
// ancestor that has one.
func (p Finder) Nearest(path []string) finding.Place {
	for n := len(path); n > 0; n-- {
		if found, ok := p.Find(path[:n]); ok {
			return found
		}
	}
	return p.First
}
