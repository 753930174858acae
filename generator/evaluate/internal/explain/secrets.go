package explain

import (
	"regexp"
	"slices"
	"strconv"
	"strings"

	"cuelang.org/go/cue"
	"cuelang.org/go/cue/ast"
	"cuelang.org/go/cue/token"

	"stillsuit.dev/finding"
	"stillsuit.dev/generator/evaluate/internal/source"
	"stillsuit.dev/generator/evaluate/internal/syntax"
	"stillsuit.dev/generator/evaluate/internal/words"
)

// element stands in a path for an element of a list, whichever it is.
const element = "0"

// hiddenText stands where a message would repeat a value that may be a secret.
const hiddenText = "(hidden)"

// secretName is what the user's own fields are called when they hold a secret.
var secretName = regexp.MustCompile(`(?i)passw|passphrase|passcode|pwd|secret|token|credential|(api|private|access|account|auth|encryption|license|master|shared|signing|storage)[_-]?key|authorization|bearer|cookie|htpasswd|kubeconfig|dsn|conn(ection)?_?str`)

// mayBeSecret reports whether the value at a path may be a secret: an environment
// variable, an argument, a text of a file, a value of a chart, an annotation, a header, the
// data of an object that is written out, what Flux substitutes, or a field whose name says
// so and that is hidden, or in a hidden field or definition. All else, such as images, names,
// amounts and addresses, is shown: without it a message says little.
func mayBeSecret(path []string) bool {
	first := 2 // behind the name of an entry
	if len(path) > 0 && slices.Contains([]string{source.KindApp, source.KindContainer, source.KindChart}, path[0]) {
		first = 1
	}
	own := false // in a hidden field or a definition of the user's, which any entry may take up
	for i, label := range path {
		if (own || strings.HasPrefix(label, "_")) && secretName.MatchString(label) {
			return true
		}
		if own = own || strings.HasPrefix(label, "_") || strings.HasPrefix(label, "#"); own {
			first = 0
		}
		if i < first {
			continue
		}
		switch label {
		case "env", "secretEnv", "secretValues", "args", "command", "annotations", "headers", "httpHeaders":
			return true
		case "address": // a webhook's is its key
			if slices.Contains(path[:i], "notifications") {
				return true
			}
		case "files":
			last := path[len(path)-1]
			return !slices.Contains([]string{"file", "dir", "secret", "mode"}, last)
		case "values":
			if path[0] == "charts" || path[0] == source.KindChart {
				return true
			}
		case "patch", "patches", "lifecycle", "auth":
			if own {
				return true
			}
		case "data", "stringData", "binaryData", "substitute", "kubectl.kubernetes.io/last-applied-configuration":
			if slices.Contains(path[:i], "objects") || slices.Contains(path[:i], "patches") || own {
				return true
			}
		}
	}
	return false
}

// secretive reports whether a value of its kind may be a secret: no boolean is, nor a
// number among arguments, nor a program that stands where its list should.
func (v writtenValue) secretive(path []string) bool {
	switch {
	case v.kind == cue.BoolKind:
		return false
	case v.kind&cue.NumberKind != 0 && v.kind != cue.BottomKind:
		return !slices.Contains(path, "args") && !slices.Contains(path, "command")
	}
	return len(path) == 0 || path[len(path)-1] != "command" || v.kind != cue.StringKind || strings.ContainsAny(v.text, " \\")
}

// secrets tells what may be a secret, and so must not be repeated in a message.
type secrets struct {
	tree    tree
	schemas *schemas
	read    *flow // see flow()
}

// flow returns where the package's values come from.
func (s *secrets) flow() *flow {
	if s.read == nil {
		s.read = newFlow(s.tree.files())
	}
	return s.read
}

// hidden reports whether what an error is about may be a secret: by its path, or by the
// fields that it stands in.
func (s *secrets) hidden(c cueError) bool {
	return s.hiddenPath(c.path) || slices.ContainsFunc(append([]token.Pos{c.pos}, c.positions...), s.hiddenAt)
}

// hiddenAt is hidden for what stands at a position.
func (s *secrets) hiddenAt(pos token.Pos) bool {
	var path []string
	s.tree.enclosing(pos, func(n ast.Node) {
		switch n := n.(type) {
		case *ast.Field:
			label, _, err := ast.LabelName(n.Label)
			if err != nil {
				label = words.Code(n.Label)
			}
			path = append(path, label)
		case *ast.LetClause:
			path = append(path, n.Ident.Name)
		case *ast.ListLit:
			path = append(path, element)
		}
	})
	return s.hiddenPath(path)
}

// hiddenPath reports whether the value at a path may be a secret: by the path, because no
// schema knows the field, or because it is made of such values or goes into one.
func (s *secrets) hiddenPath(path []string) bool {
	return mayBeSecret(path) || s.unknown(path) || s.flow().secret(path)
}

// hiddenIn reports whether an expression holds something that may be a secret.
func (s *secrets) hiddenIn(n ast.Node) bool {
	if s.hiddenAt(n.Pos()) {
		return true
	}
	found := false
	ast.Walk(n, func(n ast.Node) bool {
		if lit, ok := n.(*ast.BasicLit); ok && (lit.Kind == token.STRING || lit.Kind == token.INTERPOLATION) {
			found = found || s.hiddenAt(lit.Pos())
		}
		return !found
	}, nil)
	return found
}

// named is a reference as the user wrote it, or any other expression as shown says.
func (s *secrets) named(n ast.Expr) string {
	if syntax.Chain(n) != nil {
		return words.Code(n)
	}
	return s.shown(n)
}

// shown is an expression as the user wrote it, unless it may be a secret.
func (s *secrets) shown(n ast.Node) string {
	if s.hiddenIn(n) {
		return hiddenText
	}
	return words.Code(n)
}

// veiled takes the labels that are made of what may be a secret out of findings. paths are
// those of the errors.
func (s *secrets) veiled(fs []finding.Finding, paths [][]string) []finding.Finding {
	if !s.flow().made {
		return fs
	}
	var pairs []string
	for _, label := range slices.Concat(paths...) {
		if _, err := strconv.Atoi(label); err != nil && label != "" && !s.flow().labels[label] {
			pairs = append(pairs, label, hiddenText)
		}
	}
	veil := strings.NewReplacer(pairs...)
	for i, f := range fs {
		fs[i].Path, fs[i].Problem, fs[i].Detail, fs[i].Fix = veil.Replace(f.Path), veil.Replace(f.Problem), veil.Replace(f.Detail), veil.Replace(f.Fix)
	}
	return fs
}
