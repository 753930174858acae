package cuedoc

import (
	"fmt"
	"slices"
	"strings"

	"cuelang.org/go/cue/format"

	"cuelang.org/go/cue/ast"
	"cuelang.org/go/cue/literal"
	"cuelang.org/go/cue/token"
	"stillsuit.dev/finding"
)

// typeWords says in plain words what an expression of the schemas lets a user
// write, and what is said of anything else.
func typeWords(expr ast.Expr) (words, refusal string, err error) {
	var options []string
	var enum bool
	for _, alternative := range alternatives(expr) {
		if text, ok := refusalOf(alternative); ok {
			refusal = text
			continue
		}
		if lit, ok := alternative.(*ast.BasicLit); ok && lit.Kind == token.STRING {
			text, err := literal.Unquote(lit.Value)
			if err != nil {
				return "", "", err
			}
			enum = true
			options = append(options, "`"+text+"`")
			continue
		}
		one, inner, err := oneType(alternative)
		if err != nil {
			return "", "", err
		}
		if one == basicTypes()["bool"] {
			options = append(options, "`true`", "`false`")
		} else {
			options = append(options, one)
		}
		if refusal == "" {
			refusal = inner
		}
	}
	words = finding.OneOf(options)
	if enum {
		words, refusal = "one of "+words, "" // the refusal lists them again
	}
	return words, refusal, nil
}

// alternatives takes a disjunction apart.
func alternatives(expr ast.Expr) []ast.Expr {
	switch e := expr.(type) {
	case *ast.ParenExpr:
		return alternatives(e.X)
	case *ast.BinaryExpr:
		if e.Op == token.OR {
			return slices.Concat(alternatives(e.X), alternatives(e.Y))
		}
	}
	return []ast.Expr{expr}
}

// refusalOf is the text of error("…").
func refusalOf(expr ast.Expr) (string, bool) {
	call, ok := expr.(*ast.CallExpr)
	if !ok || len(call.Args) != 1 {
		return "", false
	}
	if name, ok := call.Fun.(*ast.Ident); !ok || name.Name != "error" {
		return "", false
	}
	lit, ok := call.Args[0].(*ast.BasicLit)
	if !ok {
		return "", false
	}
	text, err := literal.Unquote(lit.Value)
	return text, err == nil
}

// oneType is typeWords for one alternative.
func oneType(expr ast.Expr) (words, refusal string, err error) {
	switch e := expr.(type) {
	case *ast.Ident:
		if word, ok := basicTypes()[e.Name]; ok {
			return word, "", nil
		}
		if strings.HasPrefix(e.Name, "#") {
			return e.Name, "", nil
		}
	case *ast.UnaryExpr:
		if e.Op == token.MAT {
			return "text", "", nil
		}
	case *ast.BinaryExpr:
		if e.Op == token.AND {
			words, err = bounded(e)
			return words, "", err
		}
	case *ast.ListLit:
		if len(e.Elts) == 1 {
			if rest, ok := e.Elts[0].(*ast.Ellipsis); ok && rest.Type != nil {
				words, refusal, err = typeWords(rest.Type)
				return "list of " + words, refusal, err
			}
		}
	case *ast.StructLit:
		if anyFields(e) {
			return "any fields", "", nil
		}
		if anyName(e) {
			words, refusal, err = typeWords(e.Elts[0].(*ast.Field).Value)
			return "by name: " + words, refusal, err
		}
	}
	return "", "", fmt.Errorf("no words for %s", codeText(expr))
}

func basicTypes() map[string]string {
	return map[string]string{"string": "text", "bool": "`true` or `false`", "int": "whole number", "number": "number"}
}

// bounded describes a number with bounds: int & >=1 & <=65535.
func bounded(expr *ast.BinaryExpr) (string, error) {
	var words, from, to string
	for _, operand := range conjuncts(expr) {
		switch o := operand.(type) {
		case *ast.Ident:
			if word, ok := basicTypes()[o.Name]; ok && words == "" {
				words = word
				continue
			}
		case *ast.UnaryExpr:
			switch o.Op {
			case token.GEQ:
				from = " from " + codeText(o.X)
				continue
			case token.LEQ:
				to = " to " + codeText(o.X)
				continue
			}
		}
		return "", fmt.Errorf("no words for %s", codeText(expr))
	}
	if words == "" {
		return "", fmt.Errorf("no words for %s", codeText(expr))
	}
	return words + from + to, nil
}

func conjuncts(expr ast.Expr) []ast.Expr {
	if and, ok := expr.(*ast.BinaryExpr); ok && and.Op == token.AND {
		return slices.Concat(conjuncts(and.X), conjuncts(and.Y))
	}
	return []ast.Expr{expr}
}

// anyName reports whether a block is [string]: of something. Names of the same type may
// follow: the usual ones, for editors.
func anyName(block *ast.StructLit) bool {
	of := ""
	for i, d := range block.Elts {
		field, ok := d.(*ast.Field)
		if !ok {
			return false
		}
		if _, pattern := field.Label.(*ast.ListLit); pattern != (i == 0) {
			return false
		}
		if i == 0 {
			of = codeText(field.Value)
		} else if codeText(field.Value) != of {
			return false
		}
	}
	return len(block.Elts) > 0
}

// anyFields reports whether a block is {...}.
func anyFields(block *ast.StructLit) bool {
	if len(block.Elts) != 1 {
		return false
	}
	_, ok := block.Elts[0].(*ast.Ellipsis)
	return ok
}

// codeText is an expression as it is written, on one line.
func codeText(n ast.Node) string {
	b, err := format.Node(n)
	if err != nil {
		return ""
	}
	return strings.Join(strings.Fields(string(b)), " ")
}
