package policies

import (
	"fmt"
	"strings"

	"stillsuit.dev/finding"
	"stillsuit.dev/generator/manifest"
	"stillsuit.dev/generator/model"
	"stillsuit.dev/inventory"
	"stillsuit.dev/policies/admission"
)

// spot is where a policy stands, or was chosen.
func spot(p *admission.Policy) inventory.Spot {
	if p.Object != nil {
		return inventory.Spot{Object: p.Object}
	}
	return at("sets")
}

// unasked tells of a policy that was not asked at all.
func (c *check) unasked(u admission.Unasked) {
	at, who, code := spot(u.Policy), "policy "+u.Policy.Name, finding.Code("admission/policy-broken")
	if u.Exception != nil {
		who, code = "exception "+u.Exception.Name, "admission/exception"
		if at = atException(u.Exception); u.Outside != "" {
			c.Error(at, "admission/outside-call", fmt.Sprintf("%s asks %s", who, u.Outside), "stillsuit reads only the tree, so nothing was checked against the policies that it names", "take the question out of it")
			return
		}
	}
	if u.Outside != "" {
		c.Error(at, "admission/outside-call", fmt.Sprintf("%s asks %s", who, u.Outside), "stillsuit reads only the tree, so nothing was checked against this policy",
			"take the question out of it, or annotate it with "+model.AnnotationWhere+": cluster")
		return
	}
	so := "so nothing was checked against it"
	if u.Exception != nil {
		so = "so nothing was checked against the policies that it names"
	}
	for _, m := range admission.Mistakes(u.Err) {
		at := at
		if u.Policy.Object != nil || u.Exception != nil {
			at.Keys = m.Keys
		}
		c.Error(at, code, who+" is to be asked", m.What+", "+so, m.Fix)
	}
}

// unread tells of an object of Kyverno's that cannot be read.
func (c *check) unread(o *manifest.Object, err error, code finding.Code, is, so string) {
	for _, m := range admission.Mistakes(err) {
		c.Error(inventory.Spot{Object: o, Keys: m.Keys}, code, o.DisplayName()+" is "+is, m.What+", so "+so, m.Fix)
	}
}

// atException is where an exception stands.
func atException(e *admission.Exception) inventory.Spot {
	if e.Object != nil {
		return inventory.Spot{Object: e.Object}
	}
	return at("exceptions", e.Name)
}

// verdict tells of an object that was refused, or that could not be judged.
func (c *check) verdict(v *admission.Verdict) {
	report := c.Warn
	if c.denies(v.Policy) {
		report = c.Error
	}
	if v.Err != nil {
		c.unjudged(v, v.Err)
	}
	for i, r := range v.Results {
		switch r.Outcome {
		case admission.Error:
			c.unjudged(v, r.Err)
		case admission.Fail:
			at, guilty, message := c.blame(v, i)
			if message == "" {
				message = strings.TrimRight(oneLine(r.Message), ".")
			}
			at.Policy = v.Policy.Name
			verb := "refused"
			if !c.denies(v.Policy) {
				verb = "reported"
			}
			report(at, "admission/denied", fmt.Sprintf("%s %s %s by policy %s: %s", called(v.Object, guilty), finding.Are(max(len(guilty), 1)), verb, v.Policy.Name, message), why(v.Policy), mendOf(v.Policy, i))
		}
	}
}

// unjudged tells of an object of which a policy gives no verdict.
func (c *check) unjudged(v *admission.Verdict, err error) {
	report := c.Warn
	if c.denies(v.Policy) { // failurePolicy Ignore changes nothing: see the code's text
		report = c.Error
	}
	fact := fmt.Sprintf("policy %s is to judge %s", v.Policy.Name, called(v.Object, nil))
	contrast := fmt.Sprintf("it gives no verdict (%s)", oneLine(err.Error()))
	mend := "let the policy ask whether the field is there, or write it"
	if field := admission.MissingDefault(v.Object.Kind, err); field != "" {
		contrast = fmt.Sprintf("it gives no verdict: it reads %s, which only the API server fills in", field)
		mend = fmt.Sprintf("write %s, or let the policy read .?%s.orValue(…)", field, field)
	}
	report(inventory.Spot{Object: v.Object, Policy: v.Policy.Name}, "admission/could-not-evaluate", fact, contrast, mend)
}
