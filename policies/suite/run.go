package suite

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"stillsuit.dev/finding"
	"stillsuit.dev/generator/manifest"
	"stillsuit.dev/policies/admission"
	"stillsuit.dev/sources/flux"
)

// trial is one test with all that it names.
type trial struct {
	*runner
	document  flux.Document
	file      string
	policies  []*admission.Policy
	stands    map[*admission.Policy]func(error) // reports what is wrong with it, where it stands
	unasked   map[*admission.Policy]bool
	resources []*manifest.Object
	excepted  []*admission.Exception
	beside    []*manifest.Object
	username  string
	groups    []string
}

// run runs a test, unless something that it names cannot be read.
func (r *runner) run(d flux.Document, file string, t *test) error {
	before := len(r.findings)
	x := &trial{runner: r, document: d, file: file, stands: map[*admission.Policy]func(error){}, unasked: map[*admission.Policy]bool{}}
	x.readPolicies(t)
	x.readExceptions(t)
	x.resources = x.objects("resources", t.Resources)
	x.readBeside(t)
	x.readUser(t)
	if len(r.findings) > before {
		return nil
	}
	verdicts, err := x.ask()
	if err != nil {
		return err
	}
	for i, row := range t.Results {
		x.judge(i, row, verdicts)
	}
	return nil
}

// ask asks about each resource as if it were alone with what stands beside it, as
// Kyverno's command line does.
func (x *trial) ask() (map[*manifest.Object][]*admission.Verdict, error) {
	evaluator, unasked, err := admission.NewEvaluator(x.policies)
	if err != nil {
		return nil, err
	}
	out := map[*manifest.Object][]*admission.Verdict{}
	for _, o := range x.resources {
		world, err := admission.NewWorld([]*manifest.Object{o}, x.beside)
		if err != nil {
			return nil, err
		}
		verdicts, more, err := evaluator.Ask(world.By(x.username, x.groups...), x.excepted)
		if err != nil {
			return nil, err
		}
		unasked = append(unasked, more...)
		out[o] = verdicts
	}
	for _, u := range unasked {
		if x.unasked[u.Policy] { // an exception is asked again about each resource
			continue
		}
		x.unasked[u.Policy] = true
		switch {
		case u.Exception != nil:
			x.stands[u.Policy](&admission.Mistake{What: "exception " + u.Exception.Name + " cannot: " + line(u.Err.Error()), Fix: "correct the exception"})
		case u.Outside != "":
			x.stands[u.Policy](&admission.Mistake{What: "it asks " + u.Outside, Fix: "take the question out of it"})
		default:
			x.stands[u.Policy](u.Err)
		}
	}
	return out, nil
}

// judge holds a result against what was said.
func (x *trial) judge(i int, row result, verdicts map[*manifest.Object][]*admission.Verdict) {
	at := func(keys ...string) finding.Place {
		return x.document.Place(x.shown(x.file), append([]string{"results", strconv.Itoa(i)}, keys...)...)
	}
	var names []string
	for _, p := range x.policies {
		names = append(names, named(p.Namespace, p.Name))
	}
	k := slices.Index(names, row.Policy)
	if k < 0 {
		mend := finding.DidYouMean(row.Policy, names, "name one of "+finding.All(names))
		x.missed(at("policy"), fmt.Sprintf("a result is about policy %q", row.Policy), "the test has no such policy", mend)
		return
	}
	policy := x.policies[k]
	if x.unasked[policy] { // which has been told
		x.tally.Results++
		x.tally.Wrong++
		return
	}
	if len(row.Resources) == 0 {
		found := false
		for _, o := range x.resources {
			if row.Kind == "" || row.Kind == o.Kind {
				found = true
				x.meet(at("policy"), row, policy, o, verdicts[o])
			}
		}
		if !found {
			x.missed(at("policy"), "a result is about every "+row.Kind, "there is none among the resources", "add one")
		}
		return
	}
	for j, name := range row.Resources {
		place, found := at("resources", strconv.Itoa(j)), false
		for _, o := range x.resources {
			if (row.Kind == "" || row.Kind == o.Kind) && (o.Name == name || named(o.Namespace, o.Name) == name) {
				found = true
				x.meet(place, row, policy, o, verdicts[o])
			}
		}
		if !found {
			x.missed(place, "a result is about "+strings.TrimSpace(row.Kind+" "+name), "it is not among the resources", x.like(row.Kind, name))
		}
	}
}

// missed counts and reports a result that could not be looked up.
func (x *trial) missed(at finding.Place, fact, contrast, mend string) {
	x.tally.Results++
	x.tally.Wrong++
	x.report(at, "test/expectation", fact, contrast, mend)
}

// like is what to do about a resource that is not there.
func (x *trial) like(kind, name string) string {
	var names []string
	for _, o := range x.resources {
		full := named(o.Namespace, o.Name)
		if (o.Name == name || full == name) && o.Kind != kind {
			return fmt.Sprintf("%s is a %s", name, o.Kind)
		}
		if kind == "" || o.Kind == kind {
			names = append(names, full, o.Name)
		}
	}
	return finding.DidYouMean(name, names, "correct the name, or add the resource")
}

// meet holds what a policy says of one resource against what it must say.
func (x *trial) meet(at finding.Place, row result, p *admission.Policy, o *manifest.Object, verdicts []*admission.Verdict) {
	x.tally.Results++
	said, why := "", ""
	for _, v := range verdicts {
		if v.Policy == p {
			said, why = string(v.Outcome), finding.Hide(because(v), o.Secrets()) // a policy may write what it likes
		}
	}
	if said == row.Result {
		return
	}
	x.tally.Wrong++
	contrast := fmt.Sprintf("the policy says %s%s", said, why)
	if said == "" {
		contrast = "the policy is not about it: its constraints and selectors leave it out"
	}
	x.report(at, "test/expectation", fmt.Sprintf("policy %s must say %s of %s", row.Policy, row.Result, o.ID), contrast, "correct the policy, the resource or the result")
}

// because is why a policy says what it says, behind a colon.
func because(v *admission.Verdict) string {
	if v.Err != nil {
		return ": " + line(v.Err.Error())
	}
	for _, r := range v.Results {
		switch {
		case r.Outcome != v.Outcome:
		case r.Err != nil:
			return ": " + line(r.Err.Error())
		case r.Message != "":
			return ": " + line(r.Message)
		}
	}
	for _, e := range v.Exceptions {
		return ", by exception " + e.Name
	}
	return ""
}

func line(s string) string { return strings.Join(strings.Fields(s), " ") }

// named is a name behind its namespace, if it has one.
func named(namespace, name string) string {
	if namespace == "" {
		return name
	}
	return namespace + "/" + name
}
