package admission

import (
	"context"
	"errors"
	"fmt"

	"github.com/google/cel-go/cel"
	"github.com/google/cel-go/common/types"
	"github.com/google/cel-go/common/types/ref"
	"github.com/kyverno/kyverno/pkg/cel/compiler"
	"github.com/kyverno/sdk/extensions/cel/libs/resource"
	"github.com/kyverno/sdk/extensions/cel/utils"
	admissionregistrationv1 "k8s.io/api/admissionregistration/v1"
	"k8s.io/apiserver/pkg/cel/lazy"

	"stillsuit.dev/crash"
	"stillsuit.dev/generator/manifest"
	"stillsuit.dev/policies/admission/internal/libs"
)

// Outcome is what a policy says of an object.
type Outcome string

// The outcomes. Skip says that an exception or the policy's own conditions let the
// object off, Error that it could not be judged.
const (
	Pass  Outcome = "pass"
	Fail  Outcome = "fail"
	Skip  Outcome = "skip"
	Error Outcome = "error"
)

// Verdict is what one policy says of one object that it is about.
type Verdict struct {
	Policy *Policy
	Object *manifest.Object
	// Form is the way the policy was asked: defaults or cronjobs, where Kyverno
	// rewrote it for what makes pods; else empty.
	Form string
	// Outcome is the worst of the results.
	Outcome Outcome
	// Results are those of every validation, in their order; none when the object was
	// let off, or the conditions could not be judged.
	Results []Result
	// Exceptions are those that let the object off, or that fit it.
	Exceptions []*Exception
	// Annotations are those of the audit event.
	Annotations map[string]string
	// Err says why the outcome is Error, where no result does.
	Err error
	// Needed says that without the exceptions it would not pass.
	Needed bool
	// question is kept where something failed, to find out what.
	question *question
}

// Result is what one validation says.
type Result struct {
	Outcome Outcome
	// Message is the policy's, of a validation that failed.
	Message string
	// Err says why it could not be judged.
	Err error
}

// question is one policy, asked of one object.
type question struct {
	world      *World
	program    *program
	form       *form
	object     *object
	exceptions []*compiledException
	data       map[string]any
}

// ask follows Kyverno's own order (kyverno v1.19.1, pkg/cel/policies/vpol/compiler,
// evaluateWithData): exceptions, conditions, validations. Unlike it, no failed
// validation ends the asking.
func (q *question) ask() (v *Verdict) {
	v = &Verdict{Policy: q.program.policy, Object: q.object.from, Form: q.form.name}
	defer func() { // a library of Kyverno's that panics leaves the others their verdicts
		if r := recover(); r != nil {
			e := crash.New("", r)
			v.Outcome, v.Err = Error, fmt.Errorf("it panics: %s in %s", e.What, e.Where)
		}
	}()
	q.data = q.given()
	exception, err := q.except(v)
	asked := exception == nil
	if err == nil && asked {
		asked, err = q.all(q.form.conditions)
	}
	v.Needed = exception != nil && q.fails()
	switch {
	case err != nil:
		v.Outcome, v.Err = Error, err
		return v
	case exception != nil && exception.Passes:
		v.Outcome = Pass
		return v
	case !asked:
		v.Outcome = Skip
		return v
	}
	q.bind()
	v.Outcome = Pass
	for i := range q.form.validations {
		r := q.validate(&q.form.validations[i], i)
		v.Results = append(v.Results, r)
		if r.Outcome == Error || r.Outcome == Fail && v.Outcome == Pass {
			v.Outcome = r.Outcome
		}
		if r.Outcome == Fail {
			v.question = q
		}
	}
	if v.Annotations, err = q.annotate(); err != nil {
		v.Outcome, v.Err = Error, err
	}
	return v
}

// fails reports whether what an exception lets off would be refused, or could not be
// judged.
func (q *question) fails() (fails bool) {
	defer func() {
		fails = recover() != nil || fails
	}()
	asked, err := q.all(q.form.conditions)
	if err != nil || !asked {
		return err != nil
	}
	q.bind()
	for i := range q.form.validations {
		if q.validate(&q.form.validations[i], i).Outcome != Pass {
			return true
		}
	}
	return false
}

// given is what expressions may name, but for the policy's own variables. There is no
// old object, of which Kyverno makes an empty one rather than null.
func (q *question) given() map[string]any {
	data := map[string]any{
		compiler.NamespaceObjectKey: nil, compiler.ObjectKey: q.object.content, compiler.OldObjectKey: map[string]any{},
		compiler.RequestKey: q.object.request, compiler.ResourceKey: resource.Context{ContextInterface: q.world},
	}
	if q.object.inNamespace != nil && !q.object.isNamespace() { // which is not there yet
		data[compiler.NamespaceObjectKey] = q.object.inNamespace.typed
	}
	return data
}

// except asks the exceptions: one that fits and is not limited to some images or
// values excuses the object, others are shown to the policy. One that cannot be judged
// matters unless an earlier one excused the object.
func (q *question) except(v *Verdict) (*Exception, error) {
	allowed := libs.Exception{AllowedImages: []string{}, AllowedValues: []string{}}
	excused := false
	for _, e := range q.exceptions {
		if !e.covers(q.object) {
			continue
		}
		fits, err := q.all(e.conditions)
		switch {
		case err != nil && !excused:
			return nil, fmt.Errorf("exception %s: %w", e.Name, err)
		case fits:
			v.Exceptions = append(v.Exceptions, e.Exception)
			excused = excused || len(e.Images)+len(e.Values) == 0
			allowed.AllowedImages = append(allowed.AllowedImages, e.Images...)
			allowed.AllowedValues = append(allowed.AllowedValues, e.Values...)
		}
	}
	q.data[compiler.ExceptionsKey] = allowed
	if !excused {
		return nil, nil
	}
	decides := v.Exceptions[0]
	for _, e := range v.Exceptions {
		if e.Priority > max(decides.Priority, 0) {
			decides = e
		}
	}
	return decides, nil
}

// all reports whether every condition holds. One that does not decides, whatever
// went wrong with others; with failurePolicy Ignore what went wrong does too.
func (q *question) all(conditions []cel.Program) (bool, error) {
	var failed error
	for _, c := range conditions {
		holds, err := q.isTrue(c)
		if err != nil {
			failed = errors.Join(failed, err)
		} else if !holds {
			return false, nil
		}
	}
	if failed != nil && q.ignores() {
		return false, nil
	}
	return failed == nil, failed
}

// ignores reports whether the cluster lets an object through that the policy cannot
// judge.
func (q *question) ignores() bool { return q.program.policy.ignores() }

func (p *Policy) ignores() bool {
	return p.Spec.FailurePolicy != nil && *p.Spec.FailurePolicy == admissionregistrationv1.Ignore
}

// bind makes the policy's variables, each of which is evaluated when it is first asked
// for. One that then asks for itself, which dyn(variables) can, would never end.
func (q *question) bind() {
	vars := lazy.NewMapValue(compiler.VariablesType)
	for _, one := range q.form.variables {
		asked := false
		vars.Append(one.name, func(*lazy.MapValue) ref.Val {
			if asked {
				return types.NewErr("variable %s asks for itself", one.name)
			}
			asked = true
			out, _, err := one.program.ContextEval(context.Background(), q.data)
			if out != nil {
				return out
			}
			return types.WrapErr(err)
		})
	}
	q.data[compiler.VariablesKey] = vars
}

func (q *question) validate(v *validation, index int) Result {
	holds, err := q.isTrue(v.program)
	switch {
	case err != nil:
		return Result{Outcome: Error, Err: fmt.Errorf("validation %d: %w", index, err)}
	case holds:
		return Result{Outcome: Pass}
	}
	message := v.message
	if v.says != nil {
		if message, err = q.text(v.says); err != nil {
			message = fmt.Sprintf("its message cannot be told: %s", oneLine(err.Error()))
		}
	}
	if message == "" {
		message = fmt.Sprintf("validation %d does not hold", index)
	}
	return Result{Outcome: Fail, Message: message}
}

func (q *question) annotate() (map[string]string, error) {
	var out map[string]string
	for _, a := range q.form.annotations {
		value, _, err := a.program.ContextEval(context.Background(), q.data)
		if err != nil {
			return nil, fmt.Errorf("audit annotation %s: %w", a.name, err)
		}
		// Null, which Kubernetes takes for no annotation, is an error for Kyverno.
		text, err := utils.ConvertToNative[string](value)
		if err != nil {
			return nil, fmt.Errorf("audit annotation %s: %w", a.name, err)
		}
		if text != "" {
			if out == nil {
				out = map[string]string{}
			}
			out[a.name] = text
		}
	}
	return out, nil
}

func (q *question) isTrue(p cel.Program) (bool, error) {
	out, _, err := p.ContextEval(context.Background(), q.data)
	if err != nil {
		return false, err
	}
	return utils.ConvertToNative[bool](out)
}

func (q *question) text(p cel.Program) (string, error) {
	out, _, err := p.ContextEval(context.Background(), q.data)
	if err != nil {
		return "", err
	}
	return utils.ConvertToNative[string](out)
}
