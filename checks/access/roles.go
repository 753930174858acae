package access

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	rbacv1 "k8s.io/api/rbac/v1"

	"stillsuit.dev/checks"
	"stillsuit.dev/finding"
	"stillsuit.dev/generator/manifest"
	"stillsuit.dev/generator/rights"
	"stillsuit.dev/inventory"
)

// noRight is what a name costs that means nothing.
const noRight = "RBAC takes any name, so this gives no right"

// names checks what the Roles and ClusterRoles among the objects name. Roles that grants
// became were checked as grants, unless a patch changed them.
func names(pass *checks.Pass) {
	defined := definitions(pass.Subject)
	for _, o := range pass.Objects {
		var rules []rbacv1.PolicyRule
		switch role := o.Value.(type) {
		case *rbacv1.Role:
			rules = role.Rules
		case *rbacv1.ClusterRole:
			rules = role.Rules
		}
		for i, rule := range rules {
			r := ruleAt{pass: pass, role: o, index: strconv.Itoa(i), PolicyRule: rule}
			if !r.unfilled() {
				r.check(defined)
			}
		}
	}
}

// ruleAt is a rule of a role.
type ruleAt struct {
	pass  *checks.Pass
	role  *manifest.Object
	index string
	rbacv1.PolicyRule
}

// unfilled reports a rule with a name that something else writes later.
func (r ruleAt) unfilled() bool {
	return slices.ContainsFunc(slices.Concat(r.APIGroups, r.Resources, r.Verbs), manifest.Unfilled)
}

func (r ruleAt) check(defined map[string][]definition) {
	whole := true // all groups are some
	for i, group := range r.APIGroups {
		if len(defined[group]) > 0 {
			continue
		}
		if m, bad := rights.MisnamedGroup(group, r.Resources); bad {
			whole = false
			r.report(rights.UnknownResource, "apiGroups", i, m)
		}
	}
	for i, resource := range r.Resources {
		if m, bad := rights.MisnamedResource(r.APIGroups, resource); bad && whole {
			r.report(rights.UnknownResource, "resources", i, m)
		} else if m, bad := r.custom(resource, defined); bad {
			r.report(rights.UnknownResource, "resources", i, m)
		}
	}
	for i, verb := range r.Verbs {
		if m, bad := rights.MisnamedVerb(verb, r.APIGroups, len(r.NonResourceURLs) > 0); bad {
			r.report(rights.UnknownVerb, "verbs", i, m)
		}
	}
}

func (r ruleAt) report(kind func(finding.Severity, string, string, string) finding.Finding, field string, i int, m rights.Misnamed) {
	at := inventory.Spot{Object: r.role, Keys: []string{"rules", r.index, field, strconv.Itoa(i)}}
	if !r.role.Raw && r.pass.Cluster != nil {
		patched := r.pass.ByPatch(at)
		if patched.Object == r.role {
			return
		}
		at = patched
	}
	r.pass.Report(at, kind(finding.Warning, fmt.Sprintf("%s names %s", r.role.DisplayName(), m.Problem), noRight, m.Fix))
}

// definition is what a CustomResourceDefinition calls its kind.
type definition struct {
	plural string
	others []string // kind, singular and short names, in lower case
}

// definitions are those in the tree, by group.
func definitions(s *inventory.Subject) map[string][]definition {
	out := map[string][]definition{}
	for _, o := range s.Objects {
		content, _ := o.Value.(map[string]any)
		if o.Kind != "CustomResourceDefinition" || o.Group != "apiextensions.k8s.io" || content == nil {
			continue
		}
		spec, _ := content["spec"].(map[string]any)
		group, _ := spec["group"].(string)
		names, _ := spec["names"].(map[string]any)
		plural, _ := names["plural"].(string)
		if group == "" || plural == "" {
			continue
		}
		d := definition{plural: plural}
		for _, field := range []string{"kind", "singular"} {
			name, _ := names[field].(string)
			d.others = append(d.others, strings.ToLower(name))
		}
		short, _ := names["shortNames"].([]any)
		for _, name := range short {
			text, _ := name.(string)
			d.others = append(d.others, text)
		}
		out[group] = append(out[group], d)
	}
	return out
}

// custom reports a resource that is another name of one which the tree defines, in a rule whose
// groups it all defines. There may be further kinds in a group, which something else installs.
func (r ruleAt) custom(resource string, defined map[string][]definition) (rights.Misnamed, bool) {
	base, sub, _ := strings.Cut(resource, "/")
	instead, in := "", ""
	for _, group := range r.APIGroups {
		if len(defined[group]) == 0 {
			return rights.Misnamed{}, false
		}
		for _, d := range defined[group] {
			if d.plural == base {
				return rights.Misnamed{}, false
			}
			if slices.Contains(d.others, strings.ToLower(base)) || strings.EqualFold(d.plural, base) {
				instead, in = d.plural, group
			}
		}
	}
	if instead == "" {
		return rights.Misnamed{}, false
	}
	if sub != "" {
		instead += "/" + sub
	}
	return rights.Misnamed{Problem: fmt.Sprintf("the resource %s, which API group %s does not have", resource, in), Fix: fmt.Sprintf("write %q", instead), Instead: instead}, true
}
