package explain

import (
	"slices"
	"strings"

	"cuelang.org/go/cue/ast"

	"stillsuit.dev/finding"
	"stillsuit.dev/generator/evaluate/internal/source"
	"stillsuit.dev/generator/evaluate/internal/syntax"
	"stillsuit.dev/generator/evaluate/internal/words"
)

// references is what the fields of a package refer to, as far as it is written
// out: paths joined by NUL.
type references struct {
	edges map[string][]string
	names []string // the keys of edges, sorted
}

const sep = "\x00"

// cycleErrors explains fields that refer to themselves.
type cycleErrors struct {
	tree   tree
	report reporter
}

// cycle tells of fields that refer to themselves, with the way round.
func (x *cycleErrors) cycle(c cueError) finding.Finding {
	if cycle := x.cyclePath(c); cycle != nil {
		return x.cycleFinding(c, cycle)
	}
	return x.report.finding("cue/cycle", c, words.Dotted(c.path)+" refers to itself", "", "take one of the references out")
}

func (x *cycleErrors) cycleFinding(c cueError, cycle []string) finding.Finding {
	var way []string
	for _, p := range cycle {
		way = append(way, words.Dotted(strings.Split(p, sep)))
	}
	f := x.report.finding("cue/cycle", c, way[0]+" refers to itself: "+strings.Join(way, " → "), "", "take one of these references out")
	if field := x.tree.fieldOf(cycle[0]); field != nil {
		f.Place, f.Path = source.Place(field.Pos()), way[0]
	}
	return f
}

// fieldOf returns the field that writes the path, or nil.
func (t tree) fieldOf(path string) *ast.Field {
	var found *ast.Field
	for _, file := range t.files() {
		syntax.WalkFields(file, func(p []string, f *ast.Field, _ []syntax.Scope) {
			if found == nil && f.Label.Pos().IsValid() && strings.Join(p, sep) == path {
				found = f
			}
		})
	}
	return found
}

// cyclePath returns the shortest way from a field at or below c's path back to
// it, or nil; for an error of CUE about a cycle, also from one above. The first and last element are the same; they are the
// cycle's least, so that one cycle has one description.
func (x *cycleErrors) cyclePath(c cueError) []string {
	refs := x.tree.references()
	// A structural cycle is found some way down: a.b.b.b of a: b: a.
	least := len(c.path)
	if strings.Contains(c.format, "cycle") {
		least = 1
	}
	for n := len(c.path); n >= least && n > 0; n-- {
		start := strings.Join(c.path[:n], sep)
		for _, from := range refs.names {
			if from != start && !strings.HasPrefix(from, start+sep) {
				continue
			}
			if way := refs.wayRound(from); way != nil {
				return way
			}
		}
	}
	return nil
}

// step is how the search came to a field: from which, by which reference.
type step struct{ field, target string }

// wayRound returns the shortest cycle through the field from, or nil.
func (r references) wayRound(from string) []string {
	came := map[string]step{}
	queue := []string{from}
	for len(queue) > 0 {
		at := queue[0]
		queue = queue[1:]
		for _, target := range r.edges[at] {
			// A reference to a field takes in what lies below it, and a field
			// below one that refers elsewhere is that elsewhere's.
			for _, next := range r.names {
				if next != target && !strings.HasPrefix(next, target+sep) && !strings.HasPrefix(target, next+sep) {
					continue
				}
				if next == from {
					return retrace(from, step{at, target}, came)
				}
				if _, seen := came[next]; !seen {
					came[next] = step{at, target}
					queue = append(queue, next)
				}
			}
		}
	}
	return nil
}

// retrace lists the fields of a cycle, and between two of them the field that
// the reference names, where that is another one.
func retrace(from string, last step, came map[string]step) []string {
	steps := []step{last}
	for at := last.field; at != from; at = came[at].field {
		steps = append(steps, came[at])
	}
	slices.Reverse(steps)
	least := 0
	for i, s := range steps {
		if s.field < steps[least].field {
			least = i
		}
	}
	steps = append(steps[least:], steps[:least]...)
	var way []string
	for i, s := range steps {
		way = append(way, s.field)
		if next := steps[(i+1)%len(steps)].field; s.target != next {
			way = append(way, s.target)
		}
	}
	return append(way, way[0])
}

// references collects the references of the package.
func (t tree) references() references {
	r := references{edges: map[string][]string{}}
	for _, file := range t.files() {
		syntax.WalkFields(file, func(p []string, f *ast.Field, scopes []syntax.Scope) {
			from := strings.Join(p, sep)
			ast.Walk(f.Value, func(n ast.Node) bool {
				switch n := n.(type) {
				case *ast.Field:
					return false // it is a field of its own
				case *ast.SelectorExpr, *ast.Ident, *ast.IndexExpr:
					if path := syntax.Chain(n.(ast.Expr)); path != nil {
						r.edges[from] = append(r.edges[from], strings.Join(syntax.Resolve(scopes, path), sep))
						return false
					}
				}
				return true
			}, nil)
		})
	}
	for name := range r.edges {
		r.names = append(r.names, name)
	}
	slices.Sort(r.names)
	return r
}
