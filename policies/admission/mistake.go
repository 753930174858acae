package admission

import (
	"cmp"
	"errors"
	"fmt"
	"strings"

	"github.com/google/cel-go/cel"
	"github.com/google/cel-go/common/types"
	"k8s.io/apimachinery/pkg/util/validation/field"

	"stillsuit.dev/finding"
)

// Mistake is one thing for which a policy, or an exception, cannot be read or asked.
type Mistake struct {
	// Keys lead to it: spec, validations, 0, expression. None means all of it.
	Keys []string
	// What is wrong, as a part of a sentence, and Mend, what to do.
	What, Fix string
}

// Error implements error: what is wrong.
func (m *Mistake) Error() string { return m.What }

// Mistakes are those that an error of Parse or ParseException, or one of Unasked, is
// made of: at least one.
func Mistakes(err error) []*Mistake {
	var out []*Mistake
	for _, one := range parts(err) {
		var m *Mistake
		if !errors.As(one, &m) {
			m = &Mistake{What: oneLine(one.Error()), Fix: "correct it"}
		}
		out = append(out, m)
	}
	return out
}

// parts are the errors that one is joined of; itself when it is none of those.
func parts(err error) []error {
	var several interface{ Unwrap() []error }
	if !errors.As(err, &several) {
		return []error{err}
	}
	var out []error
	for _, one := range several.Unwrap() {
		out = append(out, parts(one)...)
	}
	return out
}

// mistake is a Mistake as an error, at the keys of spec.validations[0].expression.
func mistake(at, what, mend string) error {
	return &Mistake{Keys: keysOf(at), What: what, Fix: mend}
}

// keysOf are the keys of a field that is written as spec.validations[0].expression.
func keysOf(at string) []string {
	field, named, _ := strings.Cut(at, " ")
	keys := strings.FieldsFunc(field, func(c rune) bool { return c == '.' || c == '[' || c == ']' })
	if named != "" { // spec.variables[0] containers
		keys = append(keys, "expression")
	}
	return keys
}

// uncompiled says what is wrong with an expression: the first of what CEL says of it,
// without a picture, and the line and column in which that is.
func uncompiled(env *cel.Env, issues *cel.Issues, at string, variables []string) error {
	first := issues.Errors()[0]
	return miswritten(at, first.Location.Line(), first.Location.Column()+1, first.Message, namesIn(env), variables)
}

// unadmitted says for what Kyverno does not admit an exception.
func unadmitted(refused field.ErrorList) error {
	var out []error
	for _, one := range refused {
		var line, column int
		if _, err := fmt.Sscanf(one.Detail, "ERROR: <input>:%d:%d: ", &line, &column); err != nil {
			out = append(out, mistake(one.Field, one.Field+": "+oneLine(cmp.Or(one.Detail, one.ErrorBody())), "correct it"))
			continue
		}
		text, _, _ := strings.Cut(one.Detail, "\n")
		_, text, _ = strings.Cut(strings.TrimPrefix(text, "ERROR: "), ": ")
		// They are asked of the request alone: no variable of a policy, no image.
		out = append(out, miswritten(one.Field, line, column, text, []string{"object", "oldObject", "request", "namespaceObject"}, nil))
	}
	return errors.Join(out...)
}

// miswritten says in words what CEL says of an expression. names are what it may name,
// and variables what the policy declared before.
func miswritten(at string, line, column int, message string, names, variables []string) error {
	where := fmt.Sprintf("column %d", column)
	if line > 1 {
		where = fmt.Sprintf("line %d, %s", line, where)
	}
	said := strings.TrimSuffix(oneLine(message), " (in container '')")
	if name, unknown := quotedIn(said, "undeclared reference to "); unknown {
		return mistake(at, fmt.Sprintf("%s names %s (%s), and nothing has that name", at, name, where), finding.DidYouMean(name, names, "correct it"))
	}
	if name, unknown := quotedIn(said, "undefined field "); unknown {
		otherwise := "declare it in spec.variables, further up"
		return mistake(at, fmt.Sprintf("%s asks for %s (%s), which is not declared before", at, name, where), finding.DidYouMean(name, variables, otherwise))
	}
	if what, wrong := strings.CutPrefix(said, "found no matching overload for "); wrong {
		name, given, _ := strings.Cut(what, " applied to ")
		name = strings.Trim(name, "'_[]@")
		return mistake(at, fmt.Sprintf("%s cannot apply %s to %s (%s)", at, name, strings.Trim(given, "'"), where), "give it values that it takes")
	}
	return mistake(at, fmt.Sprintf("%s cannot be read (%s: %s)", at, where, said), "correct it")
}

// quotedIn is the name between quotes in what CEL says, if it says that.
func quotedIn(said, before string) (string, bool) {
	rest, found := strings.CutPrefix(said, before)
	name, _, _ := strings.Cut(strings.TrimPrefix(rest, "'"), "'")
	return name, found
}

// namesIn are the functions and variables that expressions may name.
func namesIn(env *cel.Env) []string {
	out := []string{"object", "oldObject", "request", "namespaceObject", "variables", "exceptions", "resource", "http", "image", "globalContext"}
	for name := range env.Functions() {
		if !strings.ContainsAny(name, "_@!-") { // operators
			out = append(out, name)
		}
	}
	return append(out, "has", "all", "exists", "exists_one", "map", "filter", "orValue")
}

// mistyped says that an expression gives something else than it must.
func mistyped(at string, gives, must *types.Type) error {
	mend := "correct it"
	switch {
	case must == types.BoolType && gives.IsExactType(types.DynType):
		mend = "compare it with something: … == true"
	case must == types.BoolType:
		mend = "compare it with something"
	case must == types.StringType:
		mend = "write string(…) around it"
	}
	return mistake(at, fmt.Sprintf("%s gives %s and not %s", at, typeName(gives), typeName(must)), mend)
}

// typeName names a type of CEL as people do.
func typeName(t *types.Type) string {
	switch {
	case t.IsExactType(types.DynType):
		return "a value of any type"
	case t.IsExactType(types.BoolType):
		return "true or false"
	case t.IsExactType(types.StringType):
		return "a text"
	case t.IsExactType(types.IntType):
		return "a number"
	}
	return t.String()
}
