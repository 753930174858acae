package render

import (
	"fmt"
	"slices"
	"strings"

	rbacv1 "k8s.io/api/rbac/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"stillsuit.dev/generator/model"
)

// grants renders what the workloads of an app are granted.
func (r *renderer) grants(unit unit, name string, app *model.App) {
	for _, w := range r.apps[name] {
		for _, g := range sorted(w.Grants) {
			r.grant(unit, granted{
				Grant: w.Grants[g], at: w.at.Join("grants", g), home: app.Namespace, meta: meta(w, w.full+"-"+g),
				to: rbacv1.Subject{Kind: "ServiceAccount", Name: w.accountName(), Namespace: app.Namespace},
			})
		}
	}
}

// granted is one grant, with whom it is for.
type granted struct {
	*model.Grant
	at   model.Path
	home string            // the namespace that it holds in when it names none; "" for people
	meta metav1.ObjectMeta // of the Role and its binding, but for the namespace
	to   rbacv1.Subject
}

// grant renders the binding of a grant, and its Role unless it names one, in
// the namespace where it holds. There are no grants for the whole cluster.
func (r *renderer) grant(unit unit, g granted) {
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
	m := g.meta
	m.Namespace = ns
	ref := rbacv1.RoleRef{APIGroup: kindRole.Group, Kind: kindRole.Kind, Name: m.Name}
	switch {
	case g.Role != "" && len(g.Allow) > 0:
		r.Error(g.at, "rbac/form", fmt.Sprintf("grant %s has allow and a role", name), "its rights are given by one of them", "keep one, or make two grants of it")
		return
	case g.Role != "":
		if !r.role(g.at.Join("role"), g.Role, ns) {
			return
		}
		ref.Name = g.Role
	case len(g.Allow) == 0:
		r.Error(g.at, "app/missing-field", fmt.Sprintf("grant %s allows nothing", name), "a grant is a list of verbs by resource, or a role", `add allow: pods: ["get", "list"]`)
		return
	default:
		r.add(unit, kindRole, &rbacv1.Role{ObjectMeta: m, Rules: r.rules(g.at.Join("allow"), g.Allow)}, g.at)
	}
	m.Annotations = map[string]string{annotationForce: "enabled"} // what a binding refers to cannot be changed
	r.add(unit, kindBinding, &rbacv1.RoleBinding{ObjectMeta: m, RoleRef: ref, Subjects: []rbacv1.Subject{g.to}}, g.at)
}

// coreResources are those of the core group that have subresources: the part
// before the slash is then no group.
var coreResources = []string{"namespaces", "nodes", "persistentvolumeclaims", "persistentvolumes", "pods", "replicationcontrollers", "resourcequotas", "serviceaccounts", "services"}

var verbs = []string{"get", "list", "watch", "create", "update", "patch", "delete", "deletecollection"}

// rules writes "pods", "pods/log", "apps/deployments" and
// "apps/deployments/scale" as rules, one a resource. What is reported is left out.
func (r *scope) rules(at model.Path, allow map[string][]string) []rbacv1.PolicyRule {
	var out []rbacv1.PolicyRule
	for _, resource := range sorted(allow) {
		group, name := "", resource
		if before, after, nested := strings.Cut(resource, "/"); nested && !slices.Contains(coreResources, before) {
			group, name = before, after
		}
		var allowed []string
		for _, v := range slices.Sorted(slices.Values(allow[resource])) {
			switch why := escapeVerbs()[v]; {
			case why != "":
				r.Error(at.Join(resource), "rbac/escalation", fmt.Sprintf("%s on %s is allowed", v, resource), why, "take it out")
			case !slices.Contains(verbs, v):
				r.Error(at.Join(resource), "rbac/unknown-verb", fmt.Sprintf("%q is allowed on %s", v, resource), fmt.Sprintf("the verbs are %s", all(verbs)), didYouMean(v, verbs, "write the verbs that are needed out"))
			default:
				allowed = append(allowed, v)
			}
		}
		if strings.Contains(resource, "*") {
			r.Error(at.Join(resource), "rbac/wildcard", fmt.Sprintf("%q stands for resources that do not exist yet", resource), "a grant should not widen by itself", "write the resources out")
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
		r.Error(at, "namespace/unknown", fact, "no app lives there and namespaces does not declare it", didYouMean(name, known, fmt.Sprintf("declare namespaces: %q: {}", name)))
	}
}
