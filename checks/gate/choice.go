package gate

import (
	"cmp"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"stillsuit.dev/checks/policies"
	"stillsuit.dev/finding"
)

// choice compares which policies hold, what they do and who asks them.
func (c *comparison) choice() {
	var lost, audited, unasked []string
	for i, was := range c.was {
		is := c.is[i]
		switch {
		case !was.Chosen:
		case is.Off != "":
			c.weaker(fact("policies", "off", is.Name), fact("policies", "sets"), "policy "+is.Name+" is off", "it holds")
		case !is.Chosen:
			lost = append(lost, is.Name)
		default:
			if was.Action == "Deny" && is.Action == "Audit" {
				audited = append(audited, is.Name)
			}
			if was.Cluster && !is.Cluster {
				unasked = append(unasked, is.Name)
			}
		}
	}
	if len(lost) > 0 {
		gone := slices.DeleteFunc(slices.Clone(c.base.Choice().Sets), func(set string) bool { return slices.Contains(c.head.Choice().Sets, set) })
		c.same(fact("policies", "sets"), "no set chooses "+some(lost), "they hold by "+finding.All(gone))
	}
	if len(audited) > 0 {
		c.same(fact("policies", "action"), "what "+some(audited)+" refuse is only reported", "the action is Deny")
	}
	if len(unasked) > 0 {
		c.same(fact("policies"), "the cluster does not ask "+some(unasked), "it does")
	}
	b, h := c.base.Choice(), c.head.Choice()
	if b.Pods != h.Pods && len(b.Sets) > 0 && len(h.Sets) > 0 {
		asks := map[string]string{"": "Kyverno's pods ask the policies, and may be away", "none": "the API server asks the policies, and nothing reports what is only audited"}
		c.same(fact("policies", "pods"), asks[h.Pods], strings.Split(asks[b.Pods], ",")[0])
	}
	if b.Failure == "Fail" && h.Pods == "" && cmp.Or(h.Failure, "Ignore") == "Ignore" {
		c.same(fact("policies", "failure"), "requests pass while Kyverno cannot be reached", "failure is Fail")
	}
}

// some are names as a sentence has them: the first five, and how many more.
func some(names []string) string {
	if len(names) <= 6 {
		return finding.All(names)
	}
	return fmt.Sprintf("%s and %d more", strings.Join(names[:5], ", "), len(names)-5)
}

// demands are the parameters that list what policies ask for: a shorter list is weaker.
// Of all others, which list what they let pass, a longer one is.
func demands() []string {
	return []string{"requiredLabels", "namespaces", "encryptedUnits", "amd64Images", "arm64Images", "tunnelClasses", "tunnelImages", "boundaries", "workspaceHosts"}
}

// parameters compares the lists of cluster.policies.params with what would hold else.
func (c *comparison) parameters() {
	b, h := c.base.Choice(), c.head.Choice()
	names := slices.Sorted(maps.Keys(h.Params))
	for name := range b.Params {
		if _, both := h.Params[name]; !both {
			names = append(names, name)
		}
	}
	was, is := lists(c.was), lists(c.is)
	for _, name := range names {
		at := fact("policies", "params", name)
		if slices.Contains(demands(), name) {
			if gone := without(was[name], is[name]); len(gone) > 0 {
				c.same(at, "parameter "+name+" does not ask for "+some(gone), "it does")
			}
			continue
		}
		if more := without(is[name], was[name]); len(more) > 0 {
			c.same(at, "parameter "+name+" allows "+some(more), "it allows "+cmp.Or(some(was[name]), "nothing"))
		}
	}
}

var quoted = regexp.MustCompile(`'((?:[^'\\]|\\.)*)'|"((?:[^"\\]|\\.)*)"`)

// lists are the values of the parameters of policies that hold, by name.
func lists(held []policies.Held) map[string][]string {
	out := map[string][]string{}
	for _, h := range held {
		for _, v := range h.Spec.Variables {
			if !slices.Contains(h.Params, v.Name) {
				continue
			}
			out[v.Name] = []string{}
			for _, m := range quoted.FindAllStringSubmatch(v.Expression, -1) {
				out[v.Name] = append(out[v.Name], m[1]+m[2])
			}
		}
	}
	return out
}

// without are the elements of one list that another lacks.
func without(list, other []string) []string {
	return slices.DeleteFunc(slices.Clone(list), func(e string) bool { return slices.Contains(other, e) })
}
