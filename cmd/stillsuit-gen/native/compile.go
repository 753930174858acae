package native

import (
	"fmt"

	"github.com/google/cel-go/cel"
	admissionregistrationv1 "k8s.io/api/admissionregistration/v1"
	"k8s.io/apimachinery/pkg/util/version"
	plugincel "k8s.io/apiserver/pkg/admission/plugin/cel"
	"k8s.io/apiserver/pkg/cel/environment"
)

// oldest is the first minor version whose API servers have
// ValidatingAdmissionPolicies in v1.
func oldest() *version.Version { return version.MajorMinor(1, 30) }

// sentence is an expression, and what it has to give.
type sentence struct {
	name, text string
	gives      []*cel.Type
}

func (s sentence) GetName() string          { return s.name }
func (s sentence) GetExpression() string    { return s.text }
func (s sentence) ReturnTypes() []*cel.Type { return s.gives }

// compile compiles a policy as the oldest API server does when it is created:
// k8s.io/kubernetes, pkg/apis/admissionregistration/validation.
func compile(spec *admissionregistrationv1.ValidatingAdmissionPolicySpec) error {
	base := environment.MustBaseEnvSet(oldest())
	compiler, err := plugincel.NewCompositedCompiler(base)
	if err != nil {
		return fmt.Errorf("make CEL environment: %w", err)
	}
	of, plain := plugincel.Compiler(compiler), plugincel.NewCompiler(base)
	declared := plugincel.OptionalVariableDeclarations{HasAuthorizer: true}
	refused := func(at string, r plugincel.CompilationResult) error {
		if r.Error == nil {
			return nil
		}
		return fmt.Errorf("%s: %s", at, oneLine(r.Error.Detail))
	}
	for i, m := range spec.MatchConditions {
		r := plain.CompileCELExpression(sentence{"", m.Expression, []*cel.Type{cel.BoolType}}, declared, environment.NewExpressions)
		if err := refused(fmt.Sprintf("matchConditions[%d]", i), r); err != nil {
			return err
		}
	}
	for i, v := range spec.Variables {
		r := compiler.CompileAndStoreVariable(sentence{v.Name, v.Expression, []*cel.Type{cel.AnyType, cel.DynType}}, declared, environment.NewExpressions)
		if err := refused(fmt.Sprintf("variables[%d]", i), r); err != nil {
			return err
		}
	}
	for i, v := range spec.Validations {
		at := fmt.Sprintf("validations[%d]", i)
		if err := refused(at, of.CompileCELExpression(sentence{"", v.Expression, []*cel.Type{cel.BoolType}}, declared, environment.NewExpressions)); err != nil {
			return err
		}
		if v.MessageExpression == "" {
			continue
		}
		r := of.CompileCELExpression(sentence{"", v.MessageExpression, []*cel.Type{cel.StringType}}, plugincel.OptionalVariableDeclarations{}, environment.NewExpressions)
		if err := refused(at+".messageExpression", r); err != nil {
			return err
		}
	}
	for i, a := range spec.AuditAnnotations {
		r := of.CompileCELExpression(sentence{"", a.ValueExpression, []*cel.Type{cel.StringType, cel.NullType}}, declared, environment.NewExpressions)
		if err := refused(fmt.Sprintf("auditAnnotations[%d]", i), r); err != nil {
			return err
		}
	}
	return nil
}
