package admission

import (
	"fmt"
	"slices"
	"strings"

	"github.com/google/cel-go/cel"
	"github.com/google/cel-go/common/ast"
	"github.com/kyverno/sdk/extensions/cel/libs/globalcontext"
	"github.com/kyverno/sdk/extensions/cel/libs/http"
	"github.com/kyverno/sdk/extensions/cel/libs/imagedata"
	"github.com/kyverno/sdk/extensions/cel/libs/resource"
)

// outside says what an expression asks that is not in the tree: another machine, the
// cluster's controllers, or chance and the clock, which answer otherwise each time.
// It goes by types, so that no name of a variable hides a call and none looks like one.
func outside(checked *cel.Ast) string {
	native := checked.NativeRep()
	var out []string
	for _, e := range ast.MatchDescendants(ast.NavigateAST(native), ast.AllMatcher()) {
		out = append(out, asks(native, e))
	}
	out = slices.DeleteFunc(out, func(s string) bool { return s == "" })
	slices.Sort(out)
	return strings.Join(slices.Compact(out), " and ")
}

func asks(native *ast.AST, e ast.NavigableExpr) string {
	if e.Kind() == ast.CallKind {
		for _, overload := range native.GetOverloadIDs(e.ID()) {
			switch {
			case overload == "time_now":
				return "the clock (time.now)"
			case strings.HasPrefix(overload, "random_"):
				return "chance (random)"
			}
		}
	}
	switch native.GetType(e.ID()).TypeName() {
	case http.ContextType.TypeName():
		return "a web server (http)"
	case globalcontext.ContextType.TypeName():
		return "what the cluster's Kyverno keeps (globalContext)"
	case imagedata.ContextType.TypeName():
		return "a registry (image.GetMetadata)"
	case resource.ContextType.TypeName():
		return asksCluster(e)
	}
	return ""
}

// asksCluster reports a use of `resource` other than to read the objects of the tree.
func asksCluster(e ast.NavigableExpr) string {
	parent, ok := e.Parent()
	if ok && parent.Kind() == ast.CallKind {
		call := parent.AsCall()
		reads := slices.Contains([]string{"List", "list", "Get", "get", "ToGVR", "toGVR"}, call.FunctionName())
		if reads && call.IsMemberFunction() && call.Target().ID() == e.ID() {
			return ""
		}
		return fmt.Sprintf("the API server (resource.%s)", call.FunctionName())
	}
	return "the API server (resource)"
}
