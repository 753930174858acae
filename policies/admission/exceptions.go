package admission

import (
	"errors"
	"slices"
	"strconv"
	"time"

	"github.com/google/cel-go/cel"
	policiesv1 "github.com/kyverno/api/api/policies.kyverno.io/v1"
	"github.com/kyverno/kyverno/pkg/cel/compiler"
	admissionregistrationv1 "k8s.io/api/admissionregistration/v1"
	"k8s.io/apimachinery/pkg/util/validation/field"

	"stillsuit.dev/generator/manifest"
)

// labelPriority is Kyverno's label of an exception.
const labelPriority = "polex.kyverno.io/priority"

// Exception lets objects off some policies.
type Exception struct {
	Name string
	// Policies are the names of those that it is about.
	Policies []string
	// App and Namespace choose the objects, where they are said; Conditions do so in
	// CEL. All of them must fit.
	App, Namespace string
	Conditions     []admissionregistrationv1.MatchCondition
	// PodsOf is the CUE path of a workload or chart whose pods, and what makes them,
	// are let off: that of an exemption.
	PodsOf []string
	// Images and Values are what a policy may let pass; with neither it is not asked.
	Images, Values []string
	// Until is the last day on which it holds, YYYY-MM-DD; empty for ever.
	Until string
	// Passes says that what it lets off is reported as passed, rather than as skipped.
	Passes bool
	// Priority decides whose Passes holds, of several that let an object off: the
	// highest above 0, else the first one.
	Priority int
	// Object is the PolicyException that it is; nil for a declared one.
	Object *manifest.Object
	ends   time.Time // instead of Until, of an object
	kinds  []string  // those of Policies, of an object
}

// Names reports whether an exception is about a policy.
func (e *Exception) Names(p *Policy) bool { return e.naming(p) > 0 }

// naming is how often an exception names a policy; what it allows is told so often.
func (e *Exception) naming(p *Policy) int {
	kind, times := clusterKind, 0
	if p.Namespace != "" {
		kind = namespacedKind
	}
	for i, name := range e.Policies {
		if name == p.Name && (e.kinds == nil || e.kinds[i] == kind) {
			times++
		}
	}
	return times
}

// Over reports whether an exception does not hold any longer on a day, YYYY-MM-DD. One
// that ends is over when the day is empty.
func (e *Exception) Over(today string) bool {
	if !e.ends.IsZero() {
		start, err := time.Parse(time.DateOnly, today)
		return err != nil || !e.ends.After(start)
	}
	return e.Until != "" && (today == "" || e.Until < today)
}

// ExceptionsOf reads the PolicyExceptions among the objects. Those that cannot be read
// are returned with why.
func ExceptionsOf(objects []*manifest.Object) ([]*Exception, map[*manifest.Object]error) {
	var out []*Exception
	broken := map[*manifest.Object]error{}
	for _, o := range objects {
		if o.Group != Group || o.Kind != "PolicyException" {
			continue
		}
		e, err := ParseException(o)
		if err != nil {
			broken[o] = err
			continue
		}
		out = append(out, e)
	}
	return out, broken
}

// ParseException reads the PolicyException that an object is, strictly. It refuses what
// Kyverno does not admit (kyverno v1.19.1, pkg/webhooks/celexception): conditions that
// ask for more than the request has, such as a variable of a policy or an image.
func ParseException(o *manifest.Object) (*Exception, error) {
	b, err := o.YAML()
	if err != nil {
		return nil, err
	}
	var v policiesv1.PolicyException
	if err := decode(b, &v); err != nil {
		return nil, err
	}
	refused := append(v.Spec.Validate(field.NewPath("spec")), compiler.CompilePolicyExceptionMatchConditions(v.Spec.MatchConditions, nil)...)
	if len(refused) > 0 {
		return nil, unadmitted(refused)
	}
	e := &Exception{
		Name: o.Name, Object: o, Conditions: v.Spec.MatchConditions, Images: v.Spec.Images, Values: v.Spec.AllowedValues,
		Passes: v.Spec.ReportResult == string(Pass),
	}
	// What is no number is no priority, as for Kyverno.
	if priority, err := strconv.Atoi(v.Labels[labelPriority]); err == nil {
		e.Priority = priority
	}
	if v.Spec.ExpiresAt != nil {
		e.ends = v.Spec.ExpiresAt.Time
	}
	for _, r := range v.Spec.PolicyRefs {
		if r.Kind == clusterKind || r.Kind == namespacedKind {
			e.Policies, e.kinds = append(e.Policies, r.Name), append(e.kinds, r.Kind)
		}
	}
	return e, nil
}

// compiledException is an exception with its conditions, in a policy's environment.
type compiledException struct {
	*Exception
	conditions []cel.Program
}

// exceptionError says that an exception cannot be asked, and so neither can a policy
// that it is about.
type exceptionError struct {
	*Exception
	error
}

func (e exceptionError) Error() string {
	return "exception " + e.Name + ": " + oneLine(e.error.Error())
}

func (e exceptionError) Unwrap() error { return e.error }

// excusing compiles the exceptions that name a policy, in their order.
func excusing(p *Policy, all []*Exception, env *cel.Env) ([]*compiledException, error) {
	var out []*compiledException
	for _, e := range all {
		times := e.naming(p)
		if times == 0 {
			continue
		}
		c := &compilation{env: env}
		conditions := c.conditions(e.Conditions)
		if len(c.failed) > 0 {
			return nil, exceptionError{e, errors.Join(c.failed...)}
		}
		out = append(out, slices.Repeat([]*compiledException{{e, conditions}}, times)...)
	}
	return out, nil
}

// covers asks what an exception says other than in CEL.
func (e *compiledException) covers(o *object) bool {
	if e.Namespace != "" && e.Namespace != o.namespace {
		return false
	}
	if e.PodsOf != nil && (!slices.Equal(e.PodsOf, o.from.Origin) || !slices.Contains(controllers(), o.from.Kind)) {
		return false
	}
	return e.App == "" || len(o.from.Origin) > 1 && (o.from.Origin[0] == "apps" || o.from.Origin[0] == "charts") && o.from.Origin[1] == e.App
}

// controllers are the kinds of pods, and of what makes them.
func controllers() []string {
	return []string{"CronJob", "DaemonSet", "Deployment", "Job", "Pod", "ReplicaSet", "StatefulSet"}
}
