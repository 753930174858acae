package admission

import (
	"maps"
	"slices"
	"strconv"

	"github.com/google/cel-go/cel"
	"github.com/google/cel-go/common/ast"
	"github.com/kyverno/kyverno/pkg/cel/compiler"
)

// Blame is what made a validation fail, as far as asking it again can tell.
type Blame struct {
	// Expression is the validation's, in the form in which it was asked.
	Expression string
	// Containers are those that fail by themselves, as indices of those that were given.
	Containers []int
	// Path leads to the one field that the validation is about, from each of Containers
	// or, where there is none, from the object; empty when it is about several.
	Path []string
}

// Blame asks a validation that failed about the object again: without its containers,
// and with one of them at a time, since CEL does not say what made an expression false.
// What fails alone, and not without any, is to blame. pod leads to the object's pod spec
// and each of the containers from there to one (containers, 0); nil for an object that
// makes no pods. It panics for a validation that did not fail.
func (v *Verdict) Blame(validation int, pod []string, containers [][]string) Blame {
	q := v.question
	asked := &q.form.validations[validation]
	out := Blame{Expression: asked.expression}
	if len(containers) > 0 && q.holdsWith(asked, pod, nil) {
		for i, container := range containers {
			if !q.holdsWith(asked, pod, container) {
				out.Containers = append(out.Containers, i)
			}
		}
	}
	if out.Containers == nil {
		out.Path = common(q.form.paths(asked.checked, map[string]bool{}))
	} else {
		out.Path = common(loops(asked.checked))
	}
	return out
}

// holdsWith asks a validation about the object with the one container that is named by
// its field and index, or with none.
func (q *question) holdsWith(v *validation, spec, container []string) bool {
	at := dig(q.object.content, spec...)
	pod, _ := at.(map[string]any)
	pod = maps.Clone(pod)
	for _, field := range []string{"initContainers", "containers", "ephemeralContainers"} {
		all, _ := pod[field].([]any)
		left := []any{}
		if len(container) == 2 && container[0] == field {
			if i, err := strconv.Atoi(container[1]); err == nil && i < len(all) {
				left = all[i : i+1]
			}
		}
		delete(pod, field)
		if field == "containers" || len(left) > 0 {
			pod[field] = left
		}
	}
	content := replaced(q.object.content, spec, pod)
	again := *q
	again.data = maps.Clone(q.data)
	request := maps.Clone(q.object.request)
	request["object"] = content
	again.data[compiler.ObjectKey], again.data[compiler.RequestKey] = content, request
	again.bind()
	holds, err := again.isTrue(v.program)
	return err == nil && holds
}

// replaced is an object with another value below keys; the given one stays as it is.
func replaced(content map[string]any, keys []string, value any) map[string]any {
	out := maps.Clone(content)
	if len(keys) == 1 {
		out[keys[0]] = value
		return out
	}
	below, _ := out[keys[0]].(map[string]any)
	out[keys[0]] = replaced(below, keys[1:], value)
	return out
}

// loops are the paths in an expression from what it loops over: of
// containers.all(c, has(c.resources.limits)) resources, limits.
func loops(checked *cel.Ast) [][]string {
	nav := ast.NavigateAST(checked.NativeRep())
	var names []string
	for _, e := range ast.MatchDescendants(nav, ast.KindMatcher(ast.ComprehensionKind)) {
		names = append(names, e.AsComprehension().IterVar())
	}
	var out [][]string
	for _, e := range ast.MatchDescendants(nav, ast.KindMatcher(ast.IdentKind)) {
		if slices.Contains(names, e.AsIdent()) {
			out = append(out, fieldsFrom(e))
		}
	}
	return out
}

// paths are the paths from the object in an expression and in the variables that it
// asks for, each of which is read once. The object's name and kind are no matter.
func (f *form) paths(checked *cel.Ast, read map[string]bool) [][]string {
	var out [][]string
	for _, e := range ast.MatchDescendants(ast.NavigateAST(checked.NativeRep()), ast.KindMatcher(ast.IdentKind)) {
		path := fieldsFrom(e)
		switch {
		case e.AsIdent() == compiler.VariablesKey && len(path) > 0:
			for _, v := range f.variables {
				if v.name == path[0] && !read[v.name] {
					read[v.name] = true
					out = append(out, f.paths(v.checked, read)...)
				}
			}
		case e.AsIdent() == compiler.ObjectKey && len(path) > 0 && path[0] != "kind" && path[0] != "apiVersion" &&
			!slices.Equal(path, []string{"metadata", "name"}) && !slices.Equal(path, []string{"metadata", "namespace"}):
			out = append(out, path)
		}
	}
	return out
}

// common is what paths start with, all of them.
func common(paths [][]string) []string {
	if len(paths) == 0 {
		return nil
	}
	out := paths[0]
	for _, path := range paths[1:] {
		n := 0
		for n < min(len(out), len(path)) && out[n] == path[n] {
			n++
		}
		out = out[:n]
	}
	return out
}

// fieldsFrom are the fields that are selected one after the other from an expression.
func fieldsFrom(e ast.NavigableExpr) []string {
	var out []string
	for {
		parent, ok := e.Parent()
		if !ok {
			return out
		}
		switch {
		case parent.Kind() == ast.SelectKind:
			out = append(out, parent.AsSelect().FieldName())
		case parent.Kind() == ast.CallKind && parent.AsCall().FunctionName() == "_?._" && parent.AsCall().Args()[0].ID() == e.ID():
			name, _ := parent.AsCall().Args()[1].AsLiteral().Value().(string)
			out = append(out, name)
		default:
			return out
		}
		e = parent
	}
}
