package policies

import (
	"fmt"
	"slices"

	"stillsuit.dev/finding"
	"stillsuit.dev/policies/admission"
)

// absent says why no policy of a name is asked here, and what to do about an exception
// from it. names are those that are asked, given those of the library.
func (c *check) absent(name string, names []string, given []*admission.Policy) (contrast, mend string) {
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
func (c *check) unneeded(all []*admission.Exception, asked []*admission.Policy, verdicts []*admission.Verdict) {
	for _, e := range all {
		declared, is := c.choice.Exceptions[declaredAs(e)]
		if !is || declared.App == "" || c.Charts[declared.App] != nil || !slices.ContainsFunc(asked, e.Names) {
			continue
		}
		needed := slices.ContainsFunc(verdicts, func(v *admission.Verdict) bool { return slices.Contains(v.Exceptions, e) && v.Needed })
		if !needed {
			c.Warn(at("exceptions", declaredAs(e)), "admission/exception-unused", fmt.Sprintf("exception %s lets something off policy %s", declaredAs(e), declared.Policy), "nothing that it is about is refused", "remove it: it would hide what comes next")
		}
	}
}

// declaredAs is the name that an exception has in cluster.policies.exceptions; none of
// any other.
func declaredAs(e *admission.Exception) string {
	switch {
	case e.Object == nil && e.PodsOf == nil:
		return e.Name
	case e.Object != nil && len(e.Object.Origin) == 4 && slices.Equal(e.Object.Origin[:3], []string{"cluster", "policies", "exceptions"}):
		return e.Object.Origin[3]
	}
	return ""
}
