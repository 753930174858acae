package admission

import (
	"cmp"
	"errors"
	"runtime"
	"slices"
	"strings"
	"sync/atomic"

	"github.com/google/cel-go/cel"

	"stillsuit.dev/crash"
)

// Unasked is a policy that cannot be asked, or an exception that no policy takes.
type Unasked struct {
	Policy *Policy
	// Exception is one that cannot be asked; nil when it is the policy that cannot.
	Exception *Exception
	// Outside says what it asks that is not in the tree; empty when it is broken.
	Outside string
	// Err is all that is wrong: see Mistakes.
	Err error
}

// Evaluator asks policies. It is for several goroutines.
type Evaluator struct{ programs []*program }

// NewEvaluator compiles the policies, on all cores. Those that cannot be asked are
// returned apart: none of their verdicts is known, and none is a pass.
func NewEvaluator(all []*Policy) (*Evaluator, []Unasked, error) {
	envs := map[string]*cel.Env{}
	for _, p := range all {
		if envs[p.Namespace] == nil {
			env, err := newEnvironment(p.Namespace)
			if err != nil {
				return nil, nil, err
			}
			envs[p.Namespace] = env
		}
	}
	programs, failed := make([]*program, len(all)), make([]error, len(all))
	err := onAllCores(len(all), func(i int) error {
		programs[i], failed[i] = compile(all[i], envs[all[i].Namespace])
		return nil
	})
	var unasked []Unasked
	for i, err := range failed {
		if err != nil {
			unasked = append(unasked, unaskable(all[i], err))
		}
	}
	programs = slices.DeleteFunc(programs, func(p *program) bool { return p == nil })
	return &Evaluator{programs}, unasked, err
}

func unaskable(p *Policy, err error) Unasked {
	u := Unasked{Policy: p, Err: err}
	var of exceptionError
	if errors.As(err, &of) {
		u.Exception = of.Exception
	}
	var wrong []error
	var asks []string
	for _, one := range parts(err) {
		var out outsideError
		if errors.As(one, &out) {
			asks = append(asks, strings.Split(out.asks, " and ")...)
		} else {
			wrong = append(wrong, one)
		}
	}
	if len(wrong) > 0 {
		u.Err = errors.Join(wrong...)
		return u
	}
	slices.Sort(asks)
	u.Outside = strings.Join(slices.Compact(asks), " and ")
	return u
}

// Ask asks every policy about every object of the world that it is about, on all
// cores. The verdicts are in the order of the objects, and then of the policies.
// Policies whose exceptions cannot be asked are returned apart, and are not asked.
func (e *Evaluator) Ask(w *World, exceptions []*Exception) ([]*Verdict, []Unasked, error) {
	var unasked []Unasked
	excuses := map[*program][]*compiledException{}
	programs := slices.Clone(e.programs)
	programs = slices.DeleteFunc(programs, func(p *program) bool {
		compiled, err := excusing(p.policy, exceptions, p.env)
		if err != nil {
			unasked = append(unasked, unaskable(p.policy, err))
		}
		excuses[p] = compiled
		return err != nil
	})
	found := make([][]*Verdict, w.asked)
	err := onAllCores(w.asked, func(i int) error {
		o := w.objects[i]
		for _, p := range programs {
			for _, f := range p.forms {
				if p.policy.Namespace != "" && p.policy.Namespace != o.namespace || !f.about(o) {
					continue
				}
				q := &question{world: w, program: p, form: f, object: o, exceptions: excuses[p]}
				found[i] = append(found[i], q.ask())
			}
		}
		return nil
	})
	return slices.Concat(found...), unasked, err
}

// onAllCores calls the function for 0 to n-1, and returns the first error by number.
func onAllCores(n int, do func(int) error) error {
	var next atomic.Int64
	errs := make([]error, n)
	var group crash.Group
	for range min(n, runtime.GOMAXPROCS(0)) {
		group.Go(func() {
			for i := int(next.Add(1)) - 1; i < n; i = int(next.Add(1)) - 1 {
				errs[i] = do(i)
			}
		})
	}
	group.Wait()
	return cmp.Or(errs...)
}
