package explain

import (
	"slices"

	"cuelang.org/go/cue"
	"cuelang.org/go/cue/ast"
	"cuelang.org/go/cue/build"
	"cuelang.org/go/cue/cuecontext"
	"cuelang.org/go/cue/token"

	"stillsuit.dev/generator/evaluate/internal/source"
)

// schemas is what the schemas say of the values of a package.
type schemas struct {
	inst    *build.Instance // nil when there are none
	cluster bool            // of a cluster's package, not of an entry of the catalogue
	ctx     *cue.Context    // nil before anything is evaluated
}

// want returns what the schemas say about the value at path.
func (s *schemas) want(path []string) (cue.Value, bool) {
	if s.inst == nil || len(path) == 0 {
		return cue.Value{}, false
	}
	root := append(slices.Clip(source.Kinds()), source.Sections()[0])
	if s.cluster {
		root = source.Sections()
	}
	i := slices.IndexFunc(root, func(c source.TopLevel) bool { return c.Field == path[0] })
	if i < 0 {
		return cue.Value{}, false
	}
	rest := path[1:]
	if root[i].Each {
		if len(rest) == 0 {
			return cue.Value{}, false
		}
		rest = rest[1:]
	}
	if s.ctx == nil {
		s.ctx = cuecontext.New()
	}
	v := s.ctx.BuildInstance(s.inst).LookupPath(cue.MakePath(cue.Def(root[i].Definition)))
	for _, name := range rest {
		v = child(v, name)
	}
	return v, v.Exists()
}

// child returns what the schema v says about its field name.
func child(v cue.Value, name string) cue.Value {
	if v.IncompleteKind() == cue.ListKind {
		return v.LookupPath(cue.MakePath(cue.AnyIndex))
	}
	if c := v.LookupPath(cue.MakePath(cue.Str(name).Optional())); c.Exists() {
		return c
	}
	return v.LookupPath(cue.MakePath(cue.AnyString))
}

// fieldNames returns the sorted names of the fields that the schema v allows,
// and whether it allows names of the user's choice.
func fieldNames(v cue.Value) (names []string, open bool) {
	if v.LookupPath(cue.MakePath(cue.AnyString)).Exists() {
		return nil, true // the usual names that the schema lists for editors are no fields
	}
	if it, err := v.Fields(cue.Optional(true)); err == nil {
		for it.Next() {
			names = append(names, it.Selector().Unquoted())
		}
	}
	slices.Sort(names)
	return names, false
}

// options returns the texts that the schema lists as the values at path.
func (s *schemas) options(path []string) []string {
	want, ok := s.want(path)
	if !ok {
		return nil
	}
	var options []string
	var collect func(v cue.Value, depth int)
	collect = func(v cue.Value, depth int) {
		op, args := v.Expr()
		if (op == cue.OrOp || op == cue.AndOp) && depth > 0 {
			for _, a := range args {
				collect(a, depth-1)
			}
			return
		}
		if s, err := v.String(); err == nil {
			options = append(options, s)
		} else if v := cue.Dereference(v); op == cue.SelectorOp && depth > 0 {
			collect(v, depth-1)
		}
	}
	collect(want, 4)
	slices.Sort(options)
	return slices.Compact(options)
}

// definitionAt returns the definition of the schemas that pos lies in, or "".
func (s *schemas) definitionAt(pos token.Pos) string {
	if s.inst == nil || source.Written(pos) || !pos.IsValid() {
		return ""
	}
	for _, f := range s.inst.Files {
		if f.Pos().File() != pos.File() {
			continue
		}
		for _, d := range f.Decls {
			if field, ok := d.(*ast.Field); ok && field.Pos().Offset() <= pos.Offset() && pos.Offset() <= field.End().Offset() {
				name, _, _ := ast.LabelName(field.Label)
				return name
			}
		}
	}
	return ""
}

// below returns where the schema v has a field called name further down, as
// "containers: NAME: image", or "". The shallowest place wins.
func below(v cue.Value, name string, depth int) string {
	names, _ := fieldNames(v)
	type step struct {
		path string
		v    cue.Value
	}
	var level []step
	for _, n := range names {
		level = append(level, step{n, child(v, n)})
	}
	for ; depth > 0; depth-- {
		var next []step
		for _, s := range level {
			inner, open := fieldNames(s.v)
			if slices.Contains(inner, name) {
				return s.path + ": " + name
			}
			if open {
				next = append(next, step{s.path + ": NAME", s.v.LookupPath(cue.MakePath(cue.AnyString))})
			}
			for _, n := range inner {
				next = append(next, step{s.path + ": " + n, child(s.v, n)})
			}
		}
		level = next
	}
	return ""
}
