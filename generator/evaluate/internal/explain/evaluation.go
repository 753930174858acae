package explain

import (
	"slices"
	"strings"

	"cuelang.org/go/cue/errors"

	"stillsuit.dev/finding"
	"stillsuit.dev/generator/evaluate/internal/places"
	"stillsuit.dev/generator/evaluate/internal/source"
)

// Evaluation explains what CUE says of an evaluated package: the error of its
// instance, or else err, which is that of its value.
func Evaluation(p Package, err error) []finding.Finding {
	return newEvaluation(p).findings(err)
}

// evaluation explains the errors of an evaluated package: it puts those of one cause
// together, leaves out what follows from them, and asks one of the others for each.
type evaluation struct {
	pkg         Package
	tree        tree
	places      places.Finder
	report      reporter
	secrets     *secrets
	values      *valueErrors
	fields      *fieldErrors
	references  *referenceErrors
	cycles      *cycleErrors
	expressions *expressionErrors
}

func newEvaluation(p Package) *evaluation {
	tree, schemas := p.tree(), p.schemas()
	secrets := &secrets{tree: tree, schemas: schemas}
	report := p.reporter(secrets)
	cycles := &cycleErrors{tree: tree, report: report}
	return &evaluation{
		pkg: p, tree: tree, places: p.Places, report: report, secrets: secrets, cycles: cycles,
		values:      &valueErrors{src: p.Source, dir: source.Display(p.Dir), tree: tree, schemas: schemas, secrets: secrets, places: p.Places, report: report},
		fields:      &fieldErrors{inst: p.Inst, schemas: schemas, places: p.Places, report: report},
		references:  &referenceErrors{src: p.Source, tree: tree, schemas: schemas, secrets: secrets, places: p.Places, report: report, cycles: cycles},
		expressions: &expressionErrors{src: p.Source, tree: tree, secrets: secrets, report: report},
	}
}

// findings explains the errors of building the package, and those of its value.
func (x *evaluation) findings(err error) []finding.Finding {
	inst := x.pkg.Inst
	fs := append(static(inst, x.pkg.Schema), x.fields.unknownFields()...)
	all := errors.Errors(err)
	if inst.Err != nil {
		all = errors.Errors(inst.Err)
	} else {
		all = append(all, x.masked()...)
	}
	byPath := map[string][]cueError{}
	var order []string
	var paths [][]string
	for _, e := range all {
		c := unwrap(e)
		paths = append(paths, c.path)
		key := strings.Join(c.path, "\x00")
		if len(c.path) == 0 || inst.Err != nil {
			key = c.pos.String() + "\x01" + key
		}
		if byPath[key] == nil {
			order = append(order, key)
		}
		byPath[key] = append(byPath[key], c)
	}
	for _, key := range order {
		if f, ok := x.explain(byPath[key]); ok {
			fs = append(fs, f)
		}
	}
	fs = OnePerPlace(fs)
	if len(fs) == 0 {
		fs = append(fs, x.report.other(unwrap(all[0])))
	}
	return x.secrets.veiled(fs, paths)
}

// explain turns the errors at one path into one finding. It returns false for
// errors that another finding tells already.
func (x *evaluation) explain(group []cueError) (finding.Finding, bool) {
	disjunction := false
	for _, c := range group {
		disjunction = disjunction || strings.HasPrefix(c.format, "%d errors in empty disjunction")
	}
	if f, ok := x.fields.nameless(group[0]); ok {
		return f, true
	}
	if !strings.Contains(group[0].format, "cycle") && x.cascade(group[0]) {
		return finding.Finding{}, false
	}
	if f, ok := x.expressions.embedded(group[0]); ok {
		return f, true
	}
	if x.values.differ(group[0].path) {
		return x.values.conflict(group[0]), true
	}
	// What a schema says in its own words is better than anything derived.
	for _, c := range group {
		if text, ok := ownWords(c); ok {
			return x.values.wrongValue(c, text), true
		}
	}
	if disjunction {
		return x.values.notOneOf(group), true
	}
	c := group[0]
	switch c.format {
	case "field not allowed":
		return x.fields.unknownField(c)
	case "conflicting values %s and %s (mismatched types %s and %s)":
		return x.values.wrongType(c), true
	case "conflicting values %s and %s":
		return x.values.conflict(c), true
	case "reference %q not found":
		return x.references.undefined(c), true
	case "imported and not used: %s", "imported and not used: %s as %s":
		return x.references.unusedImport(c)
	case "builtin package %q undefined":
		return x.references.unknownBuiltin(c), true
	case "unreferenced alias or let clause %s":
		return x.references.unreferenced(c), true
	case "undefined field: %s", "cannot reference optional field: %s":
		return x.references.missingField(c)
	case "incomplete value %v", "field is required but not present":
		return x.references.notSet(c), true
	case "structural cycle", "cycle with field: %v", "cycle error", "cycle error referencing %s":
		return x.cycles.cycle(c), true
	case "cannot call non-function %s (type %s)":
		return x.references.unknownFunction(c), true
	}
	if f, ok := x.expressions.expression(c); ok {
		return f, true
	}
	switch {
	case strings.HasPrefix(c.format, "invalid value %") && len(c.args) > 1:
		if x.secrets.hidden(c) { // the bound may be the value
			return x.values.wrongValue(c, "a constraint does not allow it"), true
		}
		return x.values.wrongValue(c, "it must be "+bound(c.args[1])), true
	case strings.Contains(c.format, "redeclared as imported package name"):
		return x.references.redeclared(c), true
	case strings.Contains(c.format, "cycle"):
		return x.cycles.cycle(c), true
	}
	return x.report.other(c), true
}

// OnePerPlace sorts fs and keeps the first finding of each place and path.
func OnePerPlace(fs []finding.Finding) []finding.Finding {
	fs = finding.Sort(fs)
	return slices.CompactFunc(fs, func(a, b finding.Finding) bool {
		return a.Place == b.Place && a.Place.Column > 0
	})
}
