package admission

import (
	"fmt"
	"strings"
	"unicode"

	"stillsuit.dev/finding"
	"stillsuit.dev/generator/manifest"
	"stillsuit.dev/generator/model"
	"stillsuit.dev/inventory"
)

// spot is where a policy stands, or was chosen.
func (p *Policy) spot() inventory.Spot {
	if p.Object != nil {
		return inventory.Spot{Object: p.Object}
	}
	return at("sets")
}

// unasked tells of a policy that was not asked at all.
func (c *check) unasked(u Unasked) {
	at, who, code := u.Policy.spot(), "policy "+u.Policy.Name, finding.Code("admission/policy-broken")
	if u.Exception != nil {
		who, code = "exception "+u.Exception.Name, "admission/exception"
		if at = atException(u.Exception); u.Outside != "" {
			c.Error(at, "admission/outside-call", fmt.Sprintf("%s asks %s", who, u.Outside), "a check reads the tree and nothing else, so nothing was held against the policies that it names", "take the question out of it")
			return
		}
	}
	if u.Outside != "" {
		c.Error(at, "admission/outside-call", fmt.Sprintf("%s asks %s", who, u.Outside), "a check reads the tree and nothing else, so nothing was held against this policy",
			"take the question out of it, or annotate it with "+model.AnnotationWhere+": cluster")
		return
	}
	so := "so nothing is held against it"
	if u.Exception != nil {
		so = "so nothing is held against the policies that it names"
	}
	for _, m := range Mistakes(u.Err) {
		at := at
		if u.Policy.Object != nil || u.Exception != nil {
			at.Keys = m.Keys
		}
		c.Error(at, code, who+" is to be asked", m.What+", "+so, m.Mend)
	}
}

// unread tells of an object of Kyverno's that cannot be read.
func (c *check) unread(o *manifest.Object, err error, code finding.Code, is, so string) {
	for _, m := range Mistakes(err) {
		c.Error(inventory.Spot{Object: o, Keys: m.Keys}, code, o.Called()+" is "+is, m.What+", so "+so, m.Mend)
	}
}

// atException is where an exception stands.
func atException(e *Exception) inventory.Spot {
	if e.Object != nil {
		return inventory.Spot{Object: e.Object}
	}
	return at("exceptions", e.Name)
}

// verdict tells of an object that was refused, or that could not be judged.
func (c *check) verdict(v *Verdict) {
	report := c.Warn
	if c.denies(v.Policy) {
		report = c.Error
	}
	if v.Err != nil {
		c.unjudged(v, v.Err)
	}
	for i, r := range v.Results {
		switch r.Outcome {
		case Error:
			c.unjudged(v, r.Err)
		case Fail:
			asked := &v.question.form.validations[i]
			at, guilty := v.question.spot(asked, c.pods[v.Object])
			message := strings.TrimRight(oneLine(r.Message), ".")
			if asked.message == "" && asked.says == nil {
				message = oneLine(asked.expression) + " does not hold"
			}
			at.Policy = v.Policy.Name
			verb := "refused"
			if !c.denies(v.Policy) {
				verb = "reported"
			}
			be := "is"
			if len(guilty) > 1 {
				be = "are"
			}
			report(at, "admission/denied", fmt.Sprintf("%s %s %s by policy %s: %s", called(v.Object, guilty), be, verb, v.Policy.Name, message), why(v.Policy), mendOf(v.Policy, i))
		}
	}
}

// unjudged tells of an object of which a policy gives no verdict.
func (c *check) unjudged(v *Verdict, err error) {
	report := c.Warn
	if c.denies(v.Policy) { // failurePolicy Ignore changes nothing: see the code's text
		report = c.Error
	}
	fact := fmt.Sprintf("policy %s is to judge %s", v.Policy.Name, called(v.Object, nil))
	contrast := fmt.Sprintf("it gives no verdict (%s)", oneLine(err.Error()))
	mend := "let the policy ask whether the field is there, or write it"
	if field := missing(err); filledIn(v.Object.Kind, field) {
		contrast = fmt.Sprintf("it gives no verdict: it reads %s, which only the API server fills in", field)
		mend = fmt.Sprintf("write %s, or let the policy read .?%s.orValue(…)", field, field)
	}
	report(inventory.Spot{Object: v.Object, Policy: v.Policy.Name}, "admission/could-not-evaluate", fact, contrast, mend)
}

// called names an object as users do, and the containers that a finding is about.
func called(o *manifest.Object, containers []string) string {
	name := o.Called()
	switch len(containers) {
	case 0:
		return name
	case 1:
		return "container " + containers[0] + " of " + name
	}
	return "containers " + finding.All(containers) + " of " + name
}

// why is the first sentence of the policy's description, as the second half of one.
func why(p *Policy) string {
	sentence, _, _ := strings.Cut(p.Description+" ", ". ")
	return inside(sentence)
}

// inside is a sentence as a part of another.
func inside(sentence string) string {
	first, rest, _ := strings.Cut(strings.TrimRight(strings.TrimSpace(sentence), "."), " ")
	letters := []rune(first)
	// A name keeps its capital: K3s, SOPS, ServiceAccount.
	if len(letters) > 0 && strings.IndexFunc(string(letters[1:]), func(r rune) bool { return unicode.IsUpper(r) || unicode.IsDigit(r) }) < 0 {
		letters[0] = unicode.ToLower(letters[0])
	}
	return strings.TrimSpace(string(letters) + " " + rest)
}

func mendOf(p *Policy, validation int) string {
	if said := p.mend(validation); said != "" {
		return inside(said)
	}
	return "correct it, or declare an exception with a reason and an end"
}
