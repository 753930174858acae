package render

import (
	"fmt"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
	rbacv1 "k8s.io/api/rbac/v1"

	"stillsuit.dev/generator/manifest"
	"stillsuit.dev/generator/model"
)

// accountName is the ServiceAccount of the workload's pods.
func (w *workload) accountName() string {
	if w.app.Account != "" {
		return w.app.Account
	}
	return w.full
}

// account puts the workload's ServiceAccount into the app's unit, once.
func (r *renderer) account(w *workload) {
	id := manifest.ID{Kind: "ServiceAccount", Namespace: w.app.Namespace, Name: w.accountName()}
	origin := w.at
	if w.app.Account != "" {
		origin = model.Path{"apps", w.appName, "account"}
		if o := r.byID[id]; o != nil && len(o.Origin) > 1 && o.Origin[1] == w.appName {
			return
		}
	}
	account := &corev1.ServiceAccount{ObjectMeta: meta(w, w.accountName()), AutomountServiceAccountToken: ptr(false)}
	if w.app.Account != "" {
		account.Labels = labels(w.appName, "")
	}
	r.add(r.units[w.appName], kindAccount, account, origin)
}

// grants renders a Role and its binding for each grant, in the namespace where
// it holds. There are no grants for the whole cluster.
func (r *renderer) grants(unit *manifest.Unit, name string, app *model.App) {
	for i, ns := range app.Boundary {
		r.knownNamespace(model.Path{"apps", name, "boundary", fmt.Sprint(i)}, ns, "the boundary names namespace "+ns)
	}
	for _, w := range r.apps[name] {
		for _, g := range sorted(w.Grants) {
			grant := w.Grants[g]
			at := w.at.Join("grants", g)
			ns := grant.In
			if ns == "" {
				ns = app.Namespace
			} else {
				r.knownNamespace(at.Join("in"), ns, fmt.Sprintf("grant %s holds in namespace %s", g, ns))
			}
			if len(app.Boundary) > 0 && !slices.Contains(app.Boundary, ns) {
				r.Error(at, "rbac/boundary", fmt.Sprintf("grant %s holds in namespace %s", g, ns), fmt.Sprintf("the boundary of app %s is %s", name, all(app.Boundary)), "grant it there, or widen the boundary")
			}
			full := w.full + "-" + g
			m := meta(w, full)
			m.Namespace = ns
			role := &rbacv1.Role{ObjectMeta: m, Rules: r.rules(at.Join("allow"), grant)}
			if len(role.Rules) == 0 {
				r.Error(at, "app/missing-field", fmt.Sprintf("grant %s allows nothing", g), "a grant is a list of verbs by resource", `add allow: pods: ["get", "list"]`)
				continue
			}
			r.add(unit, kindRole, role, at)
			r.add(unit, kindBinding, &rbacv1.RoleBinding{
				ObjectMeta: m,
				RoleRef:    rbacv1.RoleRef{APIGroup: kindRole.Group, Kind: kindRole.Kind, Name: full},
				Subjects:   []rbacv1.Subject{{Kind: "ServiceAccount", Name: w.accountName(), Namespace: app.Namespace}},
			}, at)
		}
	}
}

// coreResources are those of the core group that have a slash in their name.
var coreSubresources = []string{"pods/log", "pods/exec", "pods/attach", "pods/portforward", "pods/status", "pods/eviction", "pods/ephemeralcontainers", "services/status", "services/proxy", "namespaces/status", "serviceaccounts/token"}

var verbs = []string{"get", "list", "watch", "create", "update", "patch", "delete", "deletecollection"}

// rules writes "pods", "pods/log", "apps/deployments" and
// "apps/deployments/scale" as rules, one a resource.
func (r *renderer) rules(at model.Path, grant *model.Grant) []rbacv1.PolicyRule {
	var out []rbacv1.PolicyRule
	for _, resource := range sorted(grant.Allow) {
		group, name := "", resource
		if before, after, nested := strings.Cut(resource, "/"); nested && !slices.Contains(coreSubresources, resource) {
			group, name = before, after
		}
		allowed := slices.Sorted(slices.Values(grant.Allow[resource]))
		for _, v := range allowed {
			if !slices.Contains(verbs, v) {
				r.Error(at.Join(resource), "rbac/unknown-verb", fmt.Sprintf("%q is allowed on %s", v, resource), fmt.Sprintf("the verbs are %s", all(verbs)), didYouMean(v, verbs, "write the verbs that are needed out"))
			}
		}
		if strings.Contains(resource, "*") {
			r.Error(at.Join(resource), "rbac/wildcard", fmt.Sprintf("%q stands for resources that do not exist yet", resource), "a grant should not widen by itself", "write the resources out")
		}
		out = append(out, rbacv1.PolicyRule{APIGroups: []string{group}, Resources: []string{name}, Verbs: slices.Compact(allowed)})
	}
	return out
}

// knownNamespace reports a namespace that neither an app nor an entry names.
func (r *renderer) knownNamespace(at model.Path, name, fact string) {
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
