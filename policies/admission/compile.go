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
	program    cel.Program
	expression string
	message    string
	says       cel.Program // the message, where it is an expression
	checked    *cel.Ast
}

// outsideError says that a policy cannot be asked here, while a Mistake says that it can
// be asked nowhere.
type outsideError struct{ asks string }

func (e outsideError) Error() string { return "it asks " + e.asks }

// compile compiles a policy in the environment of its namespace.
func compile(p *Policy, env *cel.Env) (*program, error) {
	specs, err := Forms(p)
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

// Forms are the ways in which a policy is asked: as it was written, by the empty name,
// and as Kyverno rewrites it for what makes pods (defaults, cronjobs). An error says for
// what it is asked in none: see Mistakes.
func Forms(p *Policy) (map[string]*policiesv1.ValidatingPolicySpec, error) {
	if p.Spec.EvaluationMode() == policieskyvernoio.EvaluationModeJSON { // any other is taken for Kubernetes
		return nil, mistake("spec.evaluation.mode", "its evaluation mode is JSON, by which no object is asked about", "leave spec.evaluation.mode out")
	}
	if err := constrains(p.Spec.MatchConstraints); err != nil {
		return nil, err
	}
	if len(p.Spec.Validations)+len(p.Spec.AuditAnnotations) == 0 {
		return nil, mistake("spec", "it has no validations", "add spec.validations")
	}
	if name := unknownController(&p.Spec); name != "" {
		return nil, outsideError{fmt.Sprintf("the API server which kind its autogen means by %s", name)}
	}
	specs := map[string]*policiesv1.ValidatingPolicySpec{"": &p.Spec}
	generated, err := autogen.Autogen(&policiesv1beta1.ValidatingPolicy{Spec: *p.Spec.DeepCopy()})
	if err != nil {
		return nil, mistake("spec.autogen", "the rules for what makes pods cannot be made: "+oneLine(err.Error()), "correct it")
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
		return mistake("spec", "it has no matchConstraints.resourceRules", "add spec.matchConstraints.resourceRules")
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
			at := fmt.Sprintf("spec.matchConstraints.resourceRules[%d]", i)
			return mistake(at, at+" has no "+missing, "add "+missing)
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
// refused for the same types. All that is wrong is told.
func compileForm(spec *policiesv1.ValidatingPolicySpec, shared *cel.Env) (*form, error) {
	env, known, err := forPolicy(shared)
	if err != nil {
		return nil, err
	}
	f := &form{match: spec.MatchConstraints}
	if f.selectors, err = readSelectors(spec.MatchConstraints); err != nil {
		return nil, mistake("spec.matchConstraints", err.Error(), "correct it")
	}
	c := &compilation{env: env}
	f.conditions = c.conditions(spec.MatchConditions)
	for i, v := range spec.Variables {
		checked, run := c.read(v.Expression, fmt.Sprintf("spec.variables[%d] %s", i, v.Name))
		of := types.DynType
		if checked != nil {
			of = checked.OutputType()
		} else {
			c.broken = append(c.broken, v.Name)
		}
		known.RegisterField(v.Name, of)
		c.variables = append(c.variables, v.Name)
		f.variables = put(f.variables, variable{v.Name, run, checked})
	}
	for i, v := range spec.Validations {
		one, at := validation{message: v.Message, expression: v.Expression}, fmt.Sprintf("spec.validations[%d]", i)
		one.checked, one.program = c.read(v.Expression, at+".expression", types.BoolType)
		if v.MessageExpression != "" {
			_, one.says = c.one(v.MessageExpression, at+".messageExpression", types.StringType)
		}
		f.validations = append(f.validations, one)
	}
	for i, a := range spec.AuditAnnotations {
		checked, run := c.one(a.ValueExpression, fmt.Sprintf("spec.auditAnnotations[%d].valueExpression", i), types.StringType, types.NullType)
		f.annotations = put(f.annotations, variable{a.Key, run, checked})
	}
	f.expressions = c.expressions
	return f, errors.Join(c.failed...)
}

// put adds a variable, or an annotation; of several by one name the last one counts.
func put(all []variable, last variable) []variable {
	return append(slices.DeleteFunc(all, func(v variable) bool { return v.name == last.name }), last)
}

// compilation is what comes of the expressions of a policy or an exception.
type compilation struct {
	env         *cel.Env
	variables   []string // those that are declared so far
	broken      []string // those of them whose type is not known
	expressions []expression
	failed      []error
}

func (c *compilation) conditions(all []admissionregistrationv1.MatchCondition) []cel.Program {
	var out []cel.Program
	for i, condition := range all {
		_, run := c.read(condition.Expression, fmt.Sprintf("spec.matchConditions[%d].expression", i), types.BoolType)
		out = append(out, run)
	}
	return out
}

// read is one, of an expression that decides.
func (c *compilation) read(text, at string, of ...*types.Type) (*cel.Ast, cel.Program) {
	checked, run := c.one(text, at, of...)
	if checked != nil {
		c.expressions = append(c.expressions, expression{at, checked})
	}
	return checked, run
}

// one compiles an expression that gives one of the types, or anything. It returns
// nothing when that failed.
func (c *compilation) one(text, at string, of ...*types.Type) (*cel.Ast, cel.Program) {
	checked, issues := c.env.Compile(text)
	asks := ""
	if issues.Err() == nil {
		asks = outside(checked)
	}
	switch {
	case issues.Err() != nil:
		c.failed = append(c.failed, uncompiled(c.env, issues, at, c.variables))
	case len(of) > 0 && !slices.ContainsFunc(of, checked.OutputType().IsExactType):
		if slices.ContainsFunc(c.broken, func(name string) bool { return strings.Contains(text, "variables."+name) }) {
			return nil, nil // which has been told
		}
		c.failed = append(c.failed, mistyped(at, checked.OutputType(), of[0]))
	case asks != "":
		c.failed = append(c.failed, outsideError{asks})
	default:
		run, err := c.env.Program(checked)
		if err == nil {
			return checked, run
		}
		c.failed = append(c.failed, mistake(at, fmt.Sprintf("%s cannot be asked: %s", at, oneLine(err.Error())), "correct it"))
	}
	return nil, nil
}
