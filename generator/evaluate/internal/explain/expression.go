package explain

import (
	"fmt"
	"strings"

	"cuelang.org/go/cue"
	"cuelang.org/go/cue/ast"

	"stillsuit.dev/finding"
	"stillsuit.dev/generator/evaluate/internal/source"
	"stillsuit.dev/generator/evaluate/internal/words"
)

// expressionErrors explains calculations that have no result, and files that cannot be
// taken as a value.
type expressionErrors struct {
	src     *source.Repository
	tree    tree
	secrets *secrets
	report  reporter
}

// expression is for a calculation or call that has no result.
func (x *expressionErrors) expression(c cueError) (finding.Finding, bool) {
	f := x.report.finding("cue/expression", c, "", "", "")
	if source.Written(c.pos) {
		f.Place = source.Place(c.pos)
	}
	f.Problem = x.calculation(c) + " has no result"
	switch format := c.format; {
	case strings.Contains(fmt.Sprint(c.args...), "division by zero"):
		f.Problem = x.calculation(c) + " divides by zero"
	case strings.HasPrefix(format, "invalid operands ") && len(c.args) == 5:
		a, b := kindOf(c.args[3]), kindOf(c.args[4])
		f.Detail = fmt.Sprintf("%v is %s and %v is %s", c.args[0], a, c.args[1], b)
		if fmt.Sprint(c.args[3], c.args[4]) != "" && strings.Contains(a+b, "a text") {
			f.Fix = `write "\(…)" to put another value into a text`
		}
	case strings.HasPrefix(format, "index out of range") && len(c.args) == 2:
		f.Detail, f.Fix = fmt.Sprintf("the list has %v elements", c.args[1]), "count from 0"
	case strings.HasPrefix(format, "cannot use %s (type %s) as type %s") && len(c.args) > 2:
		f.Detail = fmt.Sprintf("a part of it is %s and must be %s", kindOf(c.args[1]), kindOf(c.args[2]))
	case strings.HasPrefix(format, "cannot use "):
		f.Detail = strings.Replace(fmt.Sprintf(format, c.args...), "cannot use", "it cannot take", 1)
	case strings.Contains(format, "arguments in call to") && len(c.args) == 3:
		f.Detail = fmt.Sprintf("%v takes %v arguments and is given %v", c.args[0], c.args[2], c.args[1])
	case strings.HasPrefix(format, "Addition of lists"):
		f.Detail, f.Fix = "lists cannot be added", "use list.Concat of the package list"
	case strings.HasPrefix(format, "incompatible list lengths") && len(c.args) == 2:
		f.Problem = words.Subject(c.path) + " is two lists at once"
		f.Detail = fmt.Sprintf("one has %v elements and the other %v", c.args[0], c.args[1])
	case strings.HasPrefix(format, "invalid operation "):
	case strings.HasPrefix(format, "explicit error"):
		f.Problem, f.Detail, f.Fix = "_|_ stands here", "it is CUE's sign for an error", "write a value"
	case strings.HasPrefix(format, "invalid operand ") || strings.HasPrefix(format, "non-concrete value") || strings.HasPrefix(format, "error in call"):
		f.Detail = words.Shorten(fmt.Sprintf(format, c.args...))
	default:
		return finding.Finding{}, false
	}
	if x.secrets.hidden(c) && !strings.HasPrefix(c.format, "Addition of lists") {
		f.Detail = ""
	}
	return f, true
}

// calculation returns the expression round the error's place.
func (x *expressionErrors) calculation(c cueError) string {
	text := ""
	x.tree.enclosing(c.pos, func(n ast.Node) {
		switch n := n.(type) {
		case *ast.BinaryExpr, *ast.CallExpr, *ast.IndexExpr, *ast.UnaryExpr, *ast.Interpolation:
			text = words.Code(n)
		}
	})
	if text == "" || x.secrets.hidden(c) {
		return words.Subject(c.path)
	}
	return text
}

// kindOf describes a kind that CUE names in an error.
func kindOf(arg any) string {
	if k, ok := arg.(cue.Kind); ok {
		return words.KindNames(k)
	}
	return fmt.Sprint(arg)
}
