package render

import (
	"fmt"
	"slices"
	"strings"

	rbacv1 "k8s.io/api/rbac/v1"

	"stillsuit.dev/finding"
	"stillsuit.dev/generator/model"
	"stillsuit.dev/generator/rights"
)

// app decides what the workloads of an app are granted.
func (r *access) app(name string, app *model.App) {
	for _, w := range r.apps[name] {
		for _, g := range sorted(w.Grants) {
			r.grant(granted{
				Grant: w.Grants[g], at: w.at.Join("grants", g), home: app.Namespace, unit: r.appUnit(name),
				name: w.full + "-" + g, labels: labels(w.owner, w.name),
				to: rbacv1.Subject{Kind: rbacv1.ServiceAccountKind, Name: w.accountName(), Namespace: app.Namespace},
			})
		}
	}
}

// granted is one grant, with whom it is for.
type granted struct {
	*model.Grant
	at     model.Path
	home   string // the namespace that it holds in when it names none; "" for people
	unit   unit
	name   string // of the Role and its binding
	labels map[string]string
	to     rbacv1.Subject
}

// grant decides what a grant becomes: a binding, and a Role unless it names one, in
// the namespace where it holds. There are no grants for the whole cluster.
func (r *access) grant(g granted) {
	name := g.at[len(g.at)-1]
	ns := g.home
	switch {
	case g.In != "":
		ns = g.In
		r.knownNamespace(g.at.Join("in"), ns, fmt.Sprintf("grant %s holds in namespace %s", name, ns))
	case ns == "":
		r.Error(g.at, "app/missing-field", fmt.Sprintf("grant %s names no namespace", name), "a person lives in none", `add in: "…"`)
		return
	}
	id := accountID{ns, g.name}
	b := binding{unit: g.unit, id: id, labels: g.labels, role: g.name, to: g.to, at: g.at}
	switch {
	case g.Role != "" && len(g.Allow) > 0:
		r.Error(g.at, "rbac/form", fmt.Sprintf("grant %s has allow and a role", name), "its rights are given by one of them", "keep one, or make two grants of it")
		return
	case g.Role != "":
		if !r.role(g.at.Join("role"), g.Role, ns) {
			return
		}
		b.role = g.Role
	case len(g.Allow) == 0:
		r.Error(g.at, "app/missing-field", fmt.Sprintf("grant %s allows nothing", name), "a grant is a list of verbs by resource, or a role", `add allow: pods: ["get", "list"]`)
		return
	default:
		r.out.roles = append(r.out.roles, role{unit: g.unit, id: id, labels: g.labels, rules: r.rules(g.at.Join("allow"), g.Allow), at: g.at})
	}
	r.out.bindings = append(r.out.bindings, b)
}

var verbs = []string{"get", "list", "watch", "create", "update", "patch", "delete", "deletecollection"}

// rules writes "pods", "pods/log", "apps/deployments" and
// "apps/deployments/scale" as rules, one a resource. What is reported is left out.
func (r *access) rules(at model.Path, allow map[string][]string) []rbacv1.PolicyRule {
	var out []rbacv1.PolicyRule
	for _, resource := range sorted(allow) {
		group, name := rights.Resource(resource)
		var allowed []string
		for _, v := range slices.Sorted(slices.Values(allow[resource])) {
			switch why := rights.EscapeVerbs()[v]; {
			case why != "":
				r.Report(at.Join(resource), rights.Escalation(fmt.Sprintf("%s on %s is allowed", v, resource), why, "take it out"))
			case !slices.Contains(verbs, v):
				r.Error(at.Join(resource), "rbac/unknown-verb", fmt.Sprintf("%q is allowed on %s", v, resource), fmt.Sprintf("the verbs are %s", all(verbs)), finding.DidYouMean(v, verbs, "write the verbs that are needed out"))
			default:
				allowed = append(allowed, v)
			}
		}
		if strings.Contains(resource, "*") {
			r.Report(at.Join(resource), rights.Wildcard(fmt.Sprintf("%q stands for resources that do not exist yet", resource), "a grant should not widen by itself", "write the resources out"))
			continue
		}
		out = append(out, rbacv1.PolicyRule{APIGroups: []string{group}, Resources: []string{name}, Verbs: slices.Compact(allowed)})
	}
	return out
}

// knownNamespace reports a namespace that neither an app nor an entry names.
func (r *scope) knownNamespace(at model.Path, name, fact string) {
	if r.d.Namespaces[name] != nil || len(r.lives[name]) > 0 {
		return
	}
	known := sorted(r.d.Namespaces)
	for _, app := range r.d.Apps {
		if app.Namespace != "" {
			known = append(known, app.Namespace)
		}
	}
	for _, c := range r.d.Charts {
		if c.Namespace != "" {
			known = append(known, c.Namespace)
		}
	}
	if !slices.Contains(known, name) {
		r.Error(at, "namespace/unknown", fact, "no app lives there and namespaces does not declare it", finding.DidYouMean(name, known, fmt.Sprintf("declare namespaces: %q: {}", name)))
	}
}
