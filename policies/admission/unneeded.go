package admission

import (
	"fmt"
	"slices"

	"stillsuit.dev/finding"
)

// absent says why no policy of a name is asked here, and what to do about an exception
// from it. names are those that are asked, given those of the library.
func (c *check) absent(name string, names []string, given []*Policy) (contrast, mend string) {
	var library []string
	for _, p := range given {
		if library = append(library, p.Name); p.Name != name || c.Cluster == nil {
			continue
		}
		if reason, off := c.choice.Off[name]; off {
			return "the cluster turned that off: " + reason, "remove it"
		}
		return "the cluster chose no set that it is in: " + finding.All(p.Sets), "remove it, or choose one"
	}
	if like := finding.Suggest(name, names); like == "" && c.Cluster != nil {
		names = library
	}
	return "there is no such policy here", finding.DidYouMean(name, names, "name one of those that are asked here, or remove it")
}

// unneeded tells of exceptions of cluster.policies that let nothing off: what they are
// about passes without them. Those about charts and namespaces are left out, where more
// may live than the tree holds, and those from policies that were not asked here.
func (c *check) unneeded(all []*Exception, asked []*Policy, verdicts []*Verdict) {
	for _, e := range all {
		declared, is := c.choice.Exceptions[e.declaredAs()]
		names := func(p *Policy) bool { return e.naming(p) > 0 }
		if !is || declared.App == "" || c.Charts[declared.App] != nil || !slices.ContainsFunc(asked, names) {
			continue
		}
		needed := slices.ContainsFunc(verdicts, func(v *Verdict) bool { return slices.Contains(v.Exceptions, e) && v.needed })
		if !needed {
			c.Warn(at("exceptions", e.declaredAs()), "admission/exception-unused", fmt.Sprintf("exception %s lets something off policy %s", e.declaredAs(), declared.Policy), "nothing that it is about is refused", "remove it: it would hide what comes next")
		}
	}
}

// declaredAs is the name that an exception has in cluster.policies.exceptions; none of
// any other.
func (e *Exception) declaredAs() string {
	switch {
	case e.Object == nil && e.PodsOf == nil:
		return e.Name
	case e.Object != nil && len(e.Object.Origin) == 4 && slices.Equal(e.Object.Origin[:3], []string{"cluster", "policies", "exceptions"}):
		return e.Object.Origin[3]
	}
	return ""
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
