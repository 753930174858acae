package admission

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/google/cel-go/cel"
	"github.com/google/cel-go/common/types"
	policieskyvernoio "github.com/kyverno/api/api/policies.kyverno.io"
	policiesv1 "github.com/kyverno/api/api/policies.kyverno.io/v1"
	policiesv1beta1 "github.com/kyverno/api/api/policies.kyverno.io/v1beta1"
	kyvernoautogen "github.com/kyverno/kyverno/pkg/cel/autogen"
	"github.com/kyverno/kyverno/pkg/cel/policies/vpol/autogen"
	admissionregistrationv1 "k8s.io/api/admissionregistration/v1"
)

// program is one compiled policy: as it was written, and as Kyverno rewrites it for
// what makes pods.
type program struct {
	policy *Policy
	env    *cel.Env
	forms  []*form
}

// form is one way in which a policy is asked.
type form struct {
	name        string // defaults, cronjobs; empty for the policy as it was written
	match       *admissionregistrationv1.MatchResources
	selectors   selectors
	conditions  []cel.Program
	variables   []variable
	validations []validation
	annotations []variable
	// expressions are all of them but messages, for those who read rather than ask.
	expressions []expression
}

type expression struct {
	at      string
	checked *cel.Ast
}

type variable struct {
	name    string
	program cel.Program
	checked *cel.Ast
}

type validation struct {
	program cel.Program
	message string
	says    cel.Program // the message, where it is an expression
	checked *cel.Ast
}

// brokenError says that a policy cannot be asked anywhere, outsideError that it
// cannot be asked here.
type (
	brokenError  struct{ error }
	outsideError struct{ asks string }
)

func (e outsideError) Error() string { return "it asks " + e.asks }

// compile compiles a policy in the environment of its namespace.
func compile(p *Policy, env *cel.Env) (*program, error) {
	specs, err := forms(p)
	if err != nil {
		return nil, err
	}
	out := &program{policy: p, env: env}
	for _, name := range slices.Sorted(maps.Keys(specs)) {
		f, err := compileForm(specs[name], env)
		if err != nil {
			return nil, err
		}
		f.name = name
		out.forms = append(out.forms, f)
	}
	return out, nil
}

// forms are the ways in which a policy is asked: as it was written, by the empty name,
// and as Kyverno rewrites it for what makes pods.
func forms(p *Policy) (map[string]*policiesv1.ValidatingPolicySpec, error) {
	if p.Spec.EvaluationMode() == policieskyvernoio.EvaluationModeJSON { // any other is taken for Kubernetes
		return nil, brokenError{fmt.Errorf("its evaluation mode is JSON, so that no object is asked of")}
	}
	if err := constrains(p.Spec.MatchConstraints); err != nil {
		return nil, brokenError{err}
	}
	if len(p.Spec.Validations)+len(p.Spec.AuditAnnotations) == 0 {
		return nil, brokenError{fmt.Errorf("it has no validations")}
	}
	if name := unknownController(&p.Spec); name != "" {
		return nil, outsideError{fmt.Sprintf("the API server which kind its autogen means by %s", name)}
	}
	specs := map[string]*policiesv1.ValidatingPolicySpec{"": &p.Spec}
	generated, err := autogen.Autogen(&policiesv1beta1.ValidatingPolicy{Spec: *p.Spec.DeepCopy()})
	if err != nil {
		return nil, brokenError{fmt.Errorf("generate rules for what makes pods: %w", err)}
	}
	for name, g := range generated {
		specs[name] = g.Spec
	}
	return specs, nil
}

// constrains refuses constraints that are about nothing: Kyverno admits no policy
// without rules, and API servers no webhook with a rule that leaves something open.
func constrains(m *admissionregistrationv1.MatchResources) error {
	if m == nil || len(m.ResourceRules) == 0 {
		return errors.New("it has no matchConstraints.resourceRules, so that it is about nothing")
	}
	for i, r := range m.ResourceRules {
		missing := ""
		switch {
		case len(r.APIGroups) == 0:
			missing = "apiGroups"
		case len(r.APIVersions) == 0:
			missing = "apiVersions"
		case len(r.Resources) == 0:
			missing = "resources"
		case len(r.Operations) == 0:
			missing = "operations"
		}
		if missing != "" {
			return fmt.Errorf("matchConstraints.resourceRules[%d] has no %s, so that it is about nothing", i, missing)
		}
	}
	return nil
}

// unknownController is a name in a policy's autogen of what makes pods that Kyverno
// asks the API server about.
func unknownController(spec *policiesv1.ValidatingPolicySpec) string {
	a := spec.AutogenConfiguration
	if a == nil || a.PodControllers == nil || !kyvernoautogen.CanAutoGen(spec.MatchConstraints) {
		return ""
	}
	i := slices.IndexFunc(a.PodControllers.Controllers, func(name string) bool { return kyvernoautogen.ConfigsMap[name] == nil })
	if i < 0 {
		return ""
	}
	return a.PodControllers.Controllers[i]
}

// compileForm compiles as Kyverno does: the same expressions in the same environment,
// refused for the same types.
func compileForm(spec *policiesv1.ValidatingPolicySpec, shared *cel.Env) (*form, error) {
	env, known, err := forPolicy(shared)
	if err != nil {
		return nil, err
	}
	f := &form{match: spec.MatchConstraints}
	if f.selectors, err = readSelectors(spec.MatchConstraints); err != nil {
		return nil, brokenError{err}
	}
	if f.conditions, f.expressions, err = compileConditions(spec.MatchConditions, env); err != nil {
		return nil, err
	}
	for i, v := range spec.Variables {
		at := fmt.Sprintf("spec.variables[%d] %s", i, v.Name)
		checked, run, err := compileOne(env, v.Expression, at)
		if err != nil {
			return nil, err
		}
		f.expressions = append(f.expressions, expression{at, checked})
		known.RegisterField(v.Name, checked.OutputType())
		f.variables = put(f.variables, variable{v.Name, run, checked})
	}
	for i, v := range spec.Validations {
		one, at := validation{message: v.Message}, fmt.Sprintf("spec.validations[%d].expression", i)
		if one.checked, one.program, err = compileOne(env, v.Expression, at, types.BoolType); err != nil {
			return nil, err
		}
		f.expressions = append(f.expressions, expression{at, one.checked})
		if v.MessageExpression != "" {
			if _, one.says, err = compileOne(env, v.MessageExpression, fmt.Sprintf("spec.validations[%d].messageExpression", i), types.StringType); err != nil {
				return nil, err
			}
		}
		f.validations = append(f.validations, one)
	}
	for i, a := range spec.AuditAnnotations {
		checked, run, err := compileOne(env, a.ValueExpression, fmt.Sprintf("spec.auditAnnotations[%d].valueExpression", i), types.StringType, types.NullType)
		if err != nil {
			return nil, err
		}
		f.annotations = put(f.annotations, variable{a.Key, run, checked})
	}
	return f, nil
}

// put adds a variable, or an annotation; of several by one name the last one counts.
func put(all []variable, last variable) []variable {
	return append(slices.DeleteFunc(all, func(v variable) bool { return v.name == last.name }), last)
}

func compileConditions(conditions []admissionregistrationv1.MatchCondition, env *cel.Env) ([]cel.Program, []expression, error) {
	var out []cel.Program
	var read []expression
	for i, c := range conditions {
		at := fmt.Sprintf("spec.matchConditions[%d].expression", i)
		checked, run, err := compileOne(env, c.Expression, at, types.BoolType)
		if err != nil {
			return nil, nil, err
		}
		out, read = append(out, run), append(read, expression{at, checked})
	}
	return out, read, nil
}

// compileOne compiles an expression that gives one of the types, or anything.
func compileOne(env *cel.Env, expression, at string, of ...*types.Type) (*cel.Ast, cel.Program, error) {
	checked, issues := env.Compile(expression)
	if err := issues.Err(); err != nil {
		return nil, nil, brokenError{fmt.Errorf("%s: %s", at, said(err))}
	}
	if len(of) > 0 && !slices.ContainsFunc(of, checked.OutputType().IsExactType) {
		return nil, nil, brokenError{fmt.Errorf("%s gives %s and not %s", at, checked.OutputType(), of[0])}
	}
	if asks := outside(checked); asks != "" {
		return nil, nil, outsideError{asks}
	}
	run, err := env.Program(checked)
	if err != nil {
		return nil, nil, brokenError{fmt.Errorf("%s: %w", at, err)}
	}
	return checked, run, nil
}

// said is what CEL says of an expression, without a picture of it: the first mistake,
// and the column in which it is.
func said(err error) string {
	first, _, _ := strings.Cut(strings.TrimPrefix(err.Error(), "ERROR: <input>:"), "\n")
	place, what, placed := strings.Cut(first, ": ")
	if !placed {
		return oneLine(first)
	}
	return fmt.Sprintf("%s, at %s", strings.TrimSuffix(what, " (in container '')"), place)
}
