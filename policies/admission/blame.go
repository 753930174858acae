package admission

import (
	"maps"
	"slices"
	"strconv"

	"github.com/google/cel-go/cel"
	"github.com/google/cel-go/common/ast"
	"github.com/kyverno/kyverno/pkg/cel/compiler"

	"stillsuit.dev/inventory"
)

// spot is where a failed validation is best told, and the containers that it is about.
// CEL does not say what made an expression false, so the object is asked about again:
// without its containers, and with one of them at a time. What fails alone, and not
// without any, is to blame.
func (q *question) spot(v *validation, pod *inventory.PodTemplate) (inventory.Spot, []string) {
	here := inventory.Spot{Object: q.object.from}
	if pod == nil {
		return q.narrow(here, v, nil), nil
	}
	keys := pod.Spot().Keys
	var at inventory.Spot
	var names []string
	if all := pod.Containers(); len(all) > 0 && q.holdsWith(v, keys, nil) {
		for _, c := range all {
			if !q.holdsWith(v, keys, c.Spot.Keys[len(keys):]) {
				if names == nil {
					at = c.Spot
				}
				names = append(names, c.Name)
			}
		}
	}
	if names == nil {
		return q.narrow(here, v, keys), nil
	}
	if path := common(loops(v.checked)); len(path) > 0 {
		at.Keys = slices.Concat(at.Keys, path)
		at.Path = slices.Concat(at.Path, declared(path))
	}
	return at, names
}

// declared is the path of a container's field as it is declared: the same, but that
// requests and limits are the container's own.
func declared(path []string) []string {
	if path[0] == "resources" {
		return path[1:]
	}
	return path
}

// narrow leads to the one field of the object that a validation is about, if it is.
func (q *question) narrow(at inventory.Spot, v *validation, pod []string) inventory.Spot {
	path := common(q.form.paths(v.checked, map[string]bool{}))
	at.Keys = path
	if len(pod) > 0 && len(path) > len(pod) && slices.Equal(path[:len(pod)], pod) {
		at.Path = path[len(pod):]
	}
	return at
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
