package policies

import (
	_ "embed"
	"fmt"
	"maps"
	"slices"
	"strings"

	"stillsuit.dev/checks"
	"stillsuit.dev/generator/manifest"
	"stillsuit.dev/generator/model"
	"stillsuit.dev/inventory"
	"stillsuit.dev/policies/admission"
)

// doc explains the check by its name, admission, which is that of its codes.
//
//go:embed admission.txt
var doc string

// Options are the choices of a check; nil means defaults.
type Options struct {
	// Params are CEL expressions that take the place of the policies' own, and of what
	// the cluster gives them, by the name of the parameter.
	Params map[string]string
	// Asked are policies that are asked whatever a cluster chose: of a library, about a
	// tree that no CUE produced. Those that go by values which only a cluster's CUE has,
	// and Params does not give, are named in a note and are not asked.
	Asked []*admission.Policy
	// Verdicts is given what was found out, also of what passes.
	Verdicts func([]*admission.Verdict)
}

// Checker returns the check: those of the given policies that the cluster chose, and
// those that the tree itself holds, are asked about its objects. What only the cluster
// can judge is left to it.
func Checker(given []*admission.Policy, opts *Options) *checks.Checker {
	if opts == nil {
		opts = &Options{}
	}
	return &checks.Checker{
		Name: "admission", Doc: strings.TrimSpace(doc), Codes: codes(),
		Run: func(pass *checks.Pass) error { return run(pass, given, opts) },
	}
}

// check is one run.
type check struct {
	*checks.Pass
	choice *model.Policies
	pods   map[*manifest.Object]*inventory.PodTemplate
}

func run(pass *checks.Pass, given []*admission.Policy, opts *Options) error {
	c := &check{Pass: pass, choice: pass.Choice(), pods: map[*manifest.Object]*inventory.PodTemplate{}}
	own, broken := admission.PoliciesOf(pass.Objects)
	for _, o := range inOrder(broken) {
		c.unread(o, broken[o], "admission/policy-broken", "a policy", "nothing was checked against it")
	}
	c.beside()
	chosen := c.choose(given)
	all := byName(slices.Concat(chosen, c.known(opts)), c.ownNames(own, chosen))
	exceptions := c.exceptions(all, given)
	asked := slices.DeleteFunc(slices.Clone(all), func(p *admission.Policy) bool { return p.Where == admission.InCluster })
	for _, p := range asked {
		c.nowhere(p)
	}
	if len(asked) == 0 {
		return nil
	}
	for i, p := range asked {
		asked[i] = p.With(pass.Parameters).With(opts.Params)
	}
	evaluator, unasked, err := admission.NewEvaluator(asked)
	if err != nil {
		return err
	}
	world, err := admission.NewWorld(pass.Objects, nil)
	if err != nil {
		return err
	}
	verdicts, more, err := evaluator.Ask(world, exceptions)
	if err != nil {
		return err
	}
	for _, u := range append(unasked, more...) {
		c.unasked(u)
	}
	pods, err := pass.PodTemplates()
	if err != nil {
		return err
	}
	for _, p := range pods {
		c.pods[p.Object] = p
	}
	for _, v := range verdicts {
		c.verdict(v)
	}
	for _, p := range asked {
		c.defaults(evaluator, p)
	}
	c.unneeded(exceptions, asked, verdicts)
	if opts.Verdicts != nil && !pass.Trial {
		opts.Verdicts(verdicts)
	}
	return nil
}

// inOrder are the objects by their IDs.
func inOrder(of map[*manifest.Object]error) []*manifest.Object {
	return slices.SortedFunc(maps.Keys(of), func(a, b *manifest.Object) int { return a.Compare(b.ID) })
}

// denies reports whether the policy keeps objects out of this cluster.
func (c *check) denies(p *admission.Policy) bool {
	if p.Object != nil {
		return p.Denies()
	}
	return c.choice.Denies(p.Denies())
}

// exceptions are those that hold.
func (c *check) exceptions(all, given []*admission.Policy) []*admission.Exception {
	found, broken := admission.ExceptionsOf(c.Objects)
	for _, o := range inOrder(broken) {
		c.unread(o, broken[o], "admission/exception", "an exception", "it excuses nothing")
	}
	var names []string
	for _, p := range all {
		names = append(names, p.Name)
	}
	var out []*admission.Exception
	for _, e := range slices.Concat(found, c.declared(all, found)) {
		at := atException(e)
		for _, name := range e.Policies {
			if !slices.Contains(names, name) {
				contrast, mend := c.absent(name, names, given)
				c.Warn(at, "admission/exception", fmt.Sprintf("exception %s is about policy %s", e.Name, name), contrast, mend)
			}
		}
		if e.Over(c.Today) {
			c.Warn(at, "admission/exception-expired", fmt.Sprintf("exception %s was for some time only", e.Name), "that time is over, so it excuses nothing", "mend what it was about and remove it, or give it a later day")
			continue
		}
		out = append(out, e)
	}
	return out
}
