package evaluate

import (
	"regexp"
	"slices"
	"strings"

	"cuelang.org/go/cue"
	"cuelang.org/go/cue/ast"
	"cuelang.org/go/cue/scanner"
	"cuelang.org/go/cue/token"
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
	if len(path) > 0 && slices.Contains([]string{KindApp, KindContainer, KindChart}, path[0]) {
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
			if path[0] == "charts" || path[0] == KindChart {
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

// hidden reports whether what an error is about may be a secret: by its path, or by the
// fields that it stands in.
func (x *explainer) hidden(c cueError) bool {
	return x.hiddenPath(c.path) || slices.ContainsFunc(append([]token.Pos{c.pos}, c.positions...), x.hiddenAt)
}

// hiddenAt is hidden for what stands at a position.
func (x *explainer) hiddenAt(pos token.Pos) bool {
	var path []string
	x.enclosing(pos, func(n ast.Node) {
		switch n := n.(type) {
		case *ast.Field:
			label, _, err := ast.LabelName(n.Label)
			if err != nil {
				label = codeText(n.Label)
			}
			path = append(path, label)
		case *ast.LetClause:
			path = append(path, n.Ident.Name)
		case *ast.ListLit:
			path = append(path, element)
		}
	})
	return x.hiddenPath(path)
}

// hiddenPath reports whether the value at a path may be a secret: by the path, because no
// schema knows the field, or because it is made of such values or goes into one.
func (x *explainer) hiddenPath(path []string) bool {
	return mayBeSecret(path) || x.unknown(path) || x.flow().secret(path)
}

// hiddenIn reports whether an expression holds something that may be a secret.
func (x *explainer) hiddenIn(n ast.Node) bool {
	if x.hiddenAt(n.Pos()) {
		return true
	}
	found := false
	ast.Walk(n, func(n ast.Node) bool {
		if lit, ok := n.(*ast.BasicLit); ok && (lit.Kind == token.STRING || lit.Kind == token.INTERPOLATION) {
			found = found || x.hiddenAt(lit.Pos())
		}
		return !found
	}, nil)
	return found
}

// hiddenLine reports whether what stands at a position of a file that cannot be parsed may
// be a secret, by the labels before it whose blocks are still open.
func (x *explainer) hiddenLine(pos token.Pos) bool {
	data, err := x.repo.src.read(strings.TrimPrefix(pos.Filename(), "/"))
	if err != nil || pos.Offset() > len(data) {
		return true
	}
	file := token.NewFile(pos.Filename(), -1, len(data))
	var s scanner.Scanner
	s.Init(file, data, func(token.Pos, string, []any) {}, 0)
	var open [][]string // of each block, the labels that lead to it
	var labels []string // of the field that is being read
	last := ""
	for {
		at, tok, text := s.Scan()
		if tok == token.EOF || at.Offset() >= pos.Offset() {
			break
		}
		switch tok {
		case token.IDENT, token.STRING:
			last = strings.Trim(text, `"`)
		case token.COLON:
			labels, last = append(labels, last), ""
		case token.LBRACE, token.LBRACK, token.LPAREN:
			if tok == token.LBRACK {
				labels = append(labels, element)
			}
			open, labels, last = append(open, labels), nil, ""
		case token.RBRACE, token.RBRACK, token.RPAREN:
			labels, last = nil, ""
			if len(open) > 0 {
				open = open[:len(open)-1]
			}
		case token.COMMA:
			labels, last = nil, ""
		}
	}
	path := slices.Concat(slices.Concat(open...), labels)
	return x.hiddenPath(path) || last != "" && x.hiddenPath(append(path, last))
}

// named is a reference as the user wrote it, or any other expression as shown says.
func (x *explainer) named(n ast.Expr) string {
	if chain(n) != nil {
		return codeText(n)
	}
	return x.shown(n)
}

// shown is an expression as the user wrote it, unless it may be a secret.
func (x *explainer) shown(n ast.Node) string {
	if x.hiddenIn(n) {
		return hiddenText
	}
	return codeText(n)
}

// hiddenSyntax says what a parser's message means without what stands on its line.
func hiddenSyntax(text string) (fact, contrast, mend string) {
	fact, contrast, mend = syntaxWords(text, [2]string{})
	if strings.Contains(fact, text) || strings.HasPrefix(fact, "CUE ") {
		fact, contrast = "CUE cannot read this", ""
	}
	if mend == "" {
		mend = "a text stands in quotes, and a field is written name: value"
	}
	return fact, contrast, mend
}
