package gate

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	rbacv1 "k8s.io/api/rbac/v1"

	"stillsuit.dev/finding"
	"stillsuit.dev/generator/manifest"
	"stillsuit.dev/inventory"
)

// rule is what a role allows, in a namespace, or everywhere when that is "*".
type rule struct {
	namespace string
	rbacv1.PolicyRule
}

// granted are the rules of somebody, and the bindings that give them.
type granted struct {
	rules []rule
	by    []*manifest.Object // of the rule at the same index
}

// rights compares what accounts, people and groups may do that both have. A new
// account is told by the checks.
func (c *comparison) rights() error {
	was, err := grants(c.base)
	if err != nil {
		return err
	}
	is, err := grants(c.head)
	if err != nil {
		return err
	}
	for _, who := range slices.Sorted(maps.Keys(is)) {
		before, known := was[who]
		if !known && c.before[account(who)] == nil {
			continue
		}
		more := map[*manifest.Object][]rule{}
		for i, r := range is[who].rules {
			if !before.covers(r) {
				by := is[who].by[i]
				more[by] = append(more[by], r)
			}
		}
		for _, by := range slices.SortedFunc(maps.Keys(more), func(a, b *manifest.Object) int { return a.Compare(b.ID) }) {
			c.added(spot(by), fmt.Sprintf("%s may %s", who, sentence(more[by])), "it may not")
		}
	}
	return nil
}

// account is the ServiceAccount that a subject is: "ServiceAccount home/web".
func account(who string) manifest.ID {
	name, is := strings.CutPrefix(who, rbacv1.ServiceAccountKind+" ")
	if !is {
		return manifest.ID{}
	}
	namespace, name, _ := strings.Cut(name, "/")
	return manifest.ID{Kind: rbacv1.ServiceAccountKind, Namespace: namespace, Name: name}
}

// grants are the rules of everybody that a tree binds to a role.
func grants(s *inventory.Subject) (map[string]granted, error) {
	roles := map[manifest.ID][]rbacv1.PolicyRule{}
	for _, o := range s.Objects {
		if o.Group == rbacv1.GroupName && (o.Kind == "Role" || o.Kind == "ClusterRole") {
			r, err := inventory.Read[rbacv1.ClusterRole](o) // a Role has the same rules
			if err != nil {
				return nil, err
			}
			roles[o.ID] = r.Rules
		}
	}
	out := map[string]granted{}
	for _, o := range s.Objects {
		if o.Group != rbacv1.GroupName || o.Kind != "RoleBinding" && o.Kind != "ClusterRoleBinding" {
			continue
		}
		b, err := inventory.Read[rbacv1.RoleBinding](o) // a ClusterRoleBinding has the same fields
		if err != nil {
			return nil, err
		}
		ref := manifest.ID{Group: rbacv1.GroupName, Kind: b.RoleRef.Kind, Name: b.RoleRef.Name}
		if ref.Kind == "Role" {
			ref.Namespace = o.Namespace
		}
		rules, known := roles[ref]
		if !known { // one of Kubernetes' own or of a chart's: only its name is known
			rules = []rbacv1.PolicyRule{{Verbs: []string{"what " + ref.Kind + " " + ref.Name + " allows"}}}
		}
		for _, subject := range b.Subjects {
			who := subject.Kind + " " + subject.Name
			if subject.Kind == rbacv1.ServiceAccountKind {
				who = subject.Kind + " " + cmp.Or(subject.Namespace, o.Namespace) + "/" + subject.Name
			}
			g := out[who]
			for _, r := range rules {
				for _, one := range apart(r) {
					g.rules = append(g.rules, rule{cmp.Or(o.Namespace, "*"), one})
					g.by = append(g.by, o)
				}
			}
			out[who] = g
		}
	}
	return out, nil
}

// apart are the rules with one verb, group and resource each that a rule is made of.
func apart(r rbacv1.PolicyRule) []rbacv1.PolicyRule {
	var out []rbacv1.PolicyRule
	for _, verb := range r.Verbs {
		for _, url := range r.NonResourceURLs {
			out = append(out, rbacv1.PolicyRule{Verbs: []string{verb}, NonResourceURLs: []string{url}})
		}
		for _, group := range r.APIGroups {
			for _, resource := range r.Resources {
				out = append(out, rbacv1.PolicyRule{Verbs: []string{verb}, APIGroups: []string{group}, Resources: []string{resource}, ResourceNames: r.ResourceNames})
			}
		}
		if len(r.NonResourceURLs)+len(r.Resources) == 0 {
			out = append(out, rbacv1.PolicyRule{Verbs: []string{verb}})
		}
	}
	return out
}

// covers reports whether one of the rules allows all that another does.
func (g granted) covers(r rule) bool {
	wide := func(all, some []string) bool {
		return !slices.ContainsFunc(some, func(s string) bool { return !slices.Contains(all, s) && !slices.Contains(all, "*") })
	}
	return slices.ContainsFunc(g.rules, func(b rule) bool {
		return (b.namespace == "*" || b.namespace == r.namespace) && wide(b.Verbs, r.Verbs) && wide(b.APIGroups, r.APIGroups) && wide(b.Resources, r.Resources) &&
			wide(b.NonResourceURLs, r.NonResourceURLs) && (len(b.ResourceNames) == 0 || len(r.ResourceNames) > 0 && wide(b.ResourceNames, r.ResourceNames))
	})
}

// sentence are rules as a sentence has them: get and list secrets in home.
func sentence(rules []rule) string {
	var order []string
	verbs := map[string][]string{}
	for _, r := range rules {
		what := r.what()
		if verbs[what] == nil {
			order = append(order, what)
		}
		if !slices.Contains(verbs[what], r.Verbs[0]) {
			verbs[what] = append(verbs[what], r.Verbs[0])
		}
	}
	for i, what := range order {
		order[i] = strings.TrimSpace(finding.All(verbs[what]) + " " + what)
	}
	return some(order)
}

// what is the object of a rule's verb: secrets in home.
func (r rule) what() string {
	what := strings.Join(slices.Concat(r.Resources, r.NonResourceURLs), ", ")
	if len(r.APIGroups) == 1 && r.APIGroups[0] != "" {
		what = r.APIGroups[0] + "/" + what
	}
	if len(r.ResourceNames) > 0 {
		what += " " + strings.Join(r.ResourceNames, ", ")
	}
	if r.namespace == "*" {
		return strings.TrimSpace(what + " everywhere")
	}
	return strings.TrimSpace(what + " in " + r.namespace)
}
