package explain

import (
	"slices"
	"strings"

	"cuelang.org/go/cue/ast"

	"stillsuit.dev/generator/evaluate/internal/syntax"
)

// flow is where the values of a package's fields come from, as far as it is written out.
// Paths are joined by NUL.
type flow struct {
	from map[string][]string // of each path, those that its expression refers to
	lets map[string]bool
	// fed are the user's own fields and lets that values which may be secrets refer to.
	fed    map[string]bool
	labels map[string]bool // those that are written out
	// made says that a label is made of a value that may be a secret.
	made bool
}

// newFlow reads the files that a user wrote.
func newFlow(files []*ast.File) *flow {
	f := &flow{from: map[string][]string{}, lets: map[string]bool{}, fed: map[string]bool{}, labels: map[string]bool{}}
	var computed [][]string
	for _, file := range files {
		imports := syntax.ImportNames(file)
		syntax.WalkFields(file, func(p []string, field *ast.Field, scopes []syntax.Scope) {
			from := strings.Join(p, sep)
			refers := targets(field.Value, scopes, imports)
			f.lets[from] = !field.TokenPos.IsValid() && field.Label.Pos().IsValid()
			if alias, ok := field.Label.(*ast.Alias); ok {
				f.from[alias.Ident.Name] = append(f.from[alias.Ident.Name], from)
			}
			if label, _, err := ast.LabelName(field.Label); err == nil {
				f.labels[label] = true
			} else if e, ok := field.Label.(ast.Expr); ok {
				computed = append(computed, targets(e, scopes, imports)...)
			}
			made := f.from[from] // the key is there also when it is made of nothing
			for _, target := range refers {
				made = append(made, strings.Join(target, sep))
			}
			f.from[from] = made
		})
	}
	for at := range f.from {
		if mayBeSecret(strings.Split(at, sep)) {
			f.feed(at)
		}
	}
	f.made = slices.ContainsFunc(computed, func(p []string) bool {
		return slices.ContainsFunc(p, secretName.MatchString) || mayBeSecret(p) || f.secret(p)
	})
	return f
}

// targets are the paths that an expression refers to, without those of fields in it. One
// into an imported package is without the package's name.
func targets(e ast.Expr, scopes []syntax.Scope, imports []string) [][]string {
	var out [][]string
	ast.Walk(e, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.Field:
			return false
		case *ast.SelectorExpr, *ast.Ident, *ast.IndexExpr:
			path := syntax.Chain(n.(ast.Expr))
			switch {
			case path == nil:
				return true
			case len(path) > 1 && slices.Contains(imports, path[0]):
				path = path[1:]
			default:
				path = syntax.Resolve(scopes, path)
			}
			out = append(out, path)
			return false
		}
		return true
	}, nil)
	return out
}

// feed marks the user's own fields that the value at a path is made of.
func (f *flow) feed(at string) {
	for _, target := range f.from[at] {
		own := f.lets[target] || strings.HasPrefix(target, "_") || strings.HasPrefix(target, "#")
		if last := target[strings.LastIndex(target, sep)+1:]; (own || strings.HasPrefix(last, "_")) && !f.fed[target] {
			f.fed[target] = true
			f.feed(target)
		}
	}
}

// isFed reports whether a value that may be a secret refers to the value at a path.
func (f *flow) isFed(path []string) bool {
	for n := range len(path) {
		if f.fed[strings.Join(path[:n+1], sep)] {
			return true
		}
	}
	return false
}

// holds reports whether something below a path may be a secret.
func (f *flow) holds(path []string) bool {
	below := strings.Join(path, sep) + sep
	for at := range f.from {
		if strings.HasPrefix(at, below) && mayBeSecret(strings.Split(at, sep)) {
			return true
		}
	}
	return false
}

// secret reports whether the value at a path is made of one that may be a secret, or is
// referred to by one. What a field refers to as a whole, its own fields do too.
func (f *flow) secret(path []string) bool {
	seen := map[string]bool{}
	var made func(path []string) bool
	made = func(path []string) bool {
		key := strings.Join(path, sep)
		if seen[key] || len(seen) > mostSteps {
			return false
		}
		seen[key] = true
		if f.isFed(path) {
			return true
		}
		for n := range len(path) {
			for _, target := range f.from[strings.Join(path[:n+1], sep)] {
				to := strings.Split(target, sep)
				next := slices.Concat(to, path[n+1:])
				if slices.ContainsFunc(to, secretName.MatchString) || mayBeSecret(next) || f.holds(next) || made(next) {
					return true
				}
			}
		}
		return false
	}
	return made(path)
}

// mostSteps is how far references are followed: one to what it stands in goes on for ever.
const mostSteps = 1000
