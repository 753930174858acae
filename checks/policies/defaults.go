package policies

import (
	"fmt"

	"stillsuit.dev/policies/admission"
)

// defaults tells of a policy that relies on them.
func (c *check) defaults(e *admission.Evaluator, p *admission.Policy) {
	at := spot(p)
	for _, r := range e.Reliances(p) {
		c.Warn(at, "admission/relies-on-default", fmt.Sprintf("policy %s reads %s in %s", p.Name, r.Field, r.At), "the API server fills that in and the tree need not have it, so the two may be judged differently",
			fmt.Sprintf("read .?%s.orValue(…) with the API server's default", r.Field))
	}
}
