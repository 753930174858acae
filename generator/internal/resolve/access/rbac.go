package access

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	rbacv1 "k8s.io/api/rbac/v1"

	"stillsuit.dev/finding"
	"stillsuit.dev/generator/internal/labels"
	"stillsuit.dev/generator/internal/resolve/scope"
	"stillsuit.dev/generator/model"
	"stillsuit.dev/generator/rights"
)

// app decides what the workloads of an app are granted.
func (r *access) app(name string, app *model.App) {
	for _, w := range r.Apps[name] {
		for _, g := range slices.Sorted(maps.Keys(w.Declared.Grants)) {
			r.grant(granted{
				Declared: w.Declared.Grants[g], at: w.At.Join("grants", g), home: app.Namespace, unit: r.AppUnit(name),
				name: w.Full + "-" + g, labels: labels.Of(w.Owner, w.Name),
				to: rbacv1.Subject{Kind: rbacv1.ServiceAccountKind, Name: w.AccountName(), Namespace: app.Namespace},
			})
		}
	}
}

// granted is one grant, with whom it is for.
type granted struct {
	Declared *model.Grant
	at       model.Path
	home     string // the namespace that it holds in when it names none; "" for people
	unit     scope.Unit
	name     string // of the Role and its binding
	labels   map[string]string
	to       rbacv1.Subject
}

// grant decides what a grant becomes: a binding, and a Role unless it names one, in
// the namespace where it holds. There are no grants for the whole cluster.
func (r *access) grant(g granted) {
	name := g.at[len(g.at)-1]
	ns := g.home
	switch {
	case g.Declared.In != "":
		ns = g.Declared.In
		r.KnownNamespace(g.at.Join("in"), ns, fmt.Sprintf("grant %s holds in namespace %s", name, ns))
	case ns == "":
		r.Error(g.at, "app/missing-field", fmt.Sprintf("grant %s names no namespace", name), "a person lives in none", `add in: "…"`)
		return
	}
	id := AccountID{ns, g.name}
	b := Binding{Unit: g.unit, ID: id, Labels: g.labels, Role: g.name, To: g.to, At: g.at}
	switch {
	case g.Declared.Role != "" && len(g.Declared.Allow) > 0:
		r.Error(g.at, "rbac/form", fmt.Sprintf("grant %s has allow and a role", name), "its rights are given by one of them", "keep one, or make two grants of it")
		return
	case g.Declared.Role != "":
		if !r.role(g.at.Join("role"), g.Declared.Role, ns) {
			return
		}
		b.Role = g.Declared.Role
	case len(g.Declared.Allow) == 0:
		r.Error(g.at, "app/missing-field", fmt.Sprintf("grant %s allows nothing", name), "a grant is a list of verbs by resource, or a role", `add allow: pods: ["get", "list"]`)
		return
	default:
		r.out.Roles = append(r.out.Roles, Role{Unit: g.unit, ID: id, Labels: g.labels, Rules: r.rules(g.at.Join("allow"), g.Declared.Allow), At: g.at})
	}
	r.out.Bindings = append(r.out.Bindings, b)
}

var verbs = []string{"get", "list", "watch", "create", "update", "patch", "delete", "deletecollection"}

// rules writes "pods", "pods/log", "apps/deployments" and
// "apps/deployments/scale" as rules, one a resource. What is reported is left out.
func (r *access) rules(at model.Path, allow map[string][]string) []rbacv1.PolicyRule {
	var out []rbacv1.PolicyRule
	for _, resource := range slices.Sorted(maps.Keys(allow)) {
		group, name := rights.Resource(resource)
		var allowed []string
		said := false // of what is to be taken out, nothing more needs to be said
		for _, v := range slices.Sorted(slices.Values(allow[resource])) {
			switch why := rights.EscapeVerbs()[v]; {
			case why != "":
				said = true
				r.Report(at.Join(resource), rights.Escalation(fmt.Sprintf("%s on %s is allowed", v, resource), why, "take it out"))
			case !slices.Contains(verbs, v):
				r.Report(at.Join(resource), rights.UnknownVerb(finding.Error, fmt.Sprintf("%q is allowed on %s", v, resource), fmt.Sprintf("the verbs are %s", finding.AllSorted(verbs)), verbFix(v)))
			default:
				allowed = append(allowed, v)
			}
		}
		if strings.Contains(resource, "*") {
			r.Report(at.Join(resource), rights.Wildcard(fmt.Sprintf("%q stands for resources that do not exist yet", resource), "a grant should not widen by itself", "write the resources out"))
			continue
		}
		if m, bad := rights.MisnamedGrant(resource); bad && !said {
			fix := "correct the name, as `kubectl api-resources` lists it"
			if m.Instead != "" {
				fix = fmt.Sprintf("write %q", m.Instead)
			}
			r.Report(at.Join(resource), rights.UnknownResource(finding.Error, fmt.Sprintf("%q names %s", resource, m.Problem), "RBAC takes any name, so the grant would give nothing", fix))
			continue
		}
		out = append(out, rbacv1.PolicyRule{APIGroups: []string{group}, Resources: []string{name}, Verbs: slices.Compact(allowed)})
	}
	return out
}

// verbFix says what to write for a word that is no verb.
func verbFix(word string) string {
	instead := rights.VerbsFor(word)
	if len(instead) == 0 {
		return "write the verbs that are needed out"
	}
	for i, v := range instead {
		instead[i] = fmt.Sprintf("%q", v)
	}
	return "write " + strings.Join(instead, ", ")
}
