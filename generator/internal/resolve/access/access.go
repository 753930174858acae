// Package access decides who is granted which rights on the Kubernetes API.
package access

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	rbacv1 "k8s.io/api/rbac/v1"

	"stillsuit.dev/finding"
	"stillsuit.dev/generator/internal/kinds"
	"stillsuit.dev/generator/internal/labels"
	"stillsuit.dev/generator/internal/resolve/scope"
	"stillsuit.dev/generator/internal/resolve/workload"
	"stillsuit.dev/generator/internal/resolve/written"
	"stillsuit.dev/generator/model"
	"stillsuit.dev/generator/rights"
)

// access decides who is given which rights, of apps and of those that are no app of ours.
type access struct {
	*scope.Scope
	accounts map[AccountID]bool // which somebody makes
	roles    map[AccountID]bool // named roles, with the namespaces that they are made in
	out      Resolved
}

// AccountID is the namespace and name of an account or role.
type AccountID struct{ Namespace, Name string }

// Resolve decides who is given which rights, for the apps that are on. written are the
// objects that apps and charts write themselves.
func Resolve(s *scope.Scope, apps map[string]*workload.App, written []written.Object) Resolved {
	r := &access{Scope: s, accounts: map[AccountID]bool{}, roles: map[AccountID]bool{}}
	for _, name := range slices.Sorted(maps.Keys(apps)) {
		r.Guarded("app", model.Path{"apps", name}, func() { r.app(name, r.Desired.Apps[name]) })
	}
	r.entries(written)
	return r.out
}

// entries decides what people and programs are granted that are no app of ours. written
// are the objects that apps and charts write themselves.
func (r *access) entries(written []written.Object) {
	for _, o := range written {
		if o.ID.Group == "" && o.ID.Kind == kinds.Account.Kind {
			r.accounts[AccountID{o.ID.Namespace, o.ID.Name}] = true
		}
	}
	for _, app := range r.Apps {
		for _, w := range app {
			r.accounts[AccountID{w.Namespace, w.AccountName()}] = true
		}
	}
	for _, name := range slices.Sorted(maps.Keys(r.Desired.RBAC)) {
		entry, at := r.Desired.RBAC[name], model.Path{"rbac", name}
		to, ok := r.subject(at, entry)
		if !ok {
			continue
		}
		r.boundary(name, at, entry.Boundary)
		if to.Kind == rbacv1.ServiceAccountKind {
			r.outsideAccount(at.Join("account"), to)
		} else if len(entry.Grants) == 0 && len(entry.Boundary) == 0 {
			r.Error(at, "app/missing-field", fmt.Sprintf("%s is given nothing", name), "an entry for somebody says what they may do", "add grants")
		}
		for _, g := range slices.Sorted(maps.Keys(entry.Grants)) {
			r.grant(granted{
				Declared: entry.Grants[g], at: at.Join("grants", g), home: to.Namespace, unit: scope.AccessUnit(),
				name: name + "-" + g, labels: map[string]string{labels.ManagedBy: labels.Stillsuit}, to: to,
			})
		}
	}
	r.unusedRoles()
	for _, name := range slices.Sorted(maps.Keys(r.Apps)) {
		r.boundary("app "+name, model.Path{"apps", name}, r.Desired.Apps[name].Boundary)
	}
}

// unusedRoles checks roles that no grant names, and says that they make nothing.
func (r *access) unusedRoles() {
	used := map[string]bool{}
	for role := range r.roles {
		used[role.Name] = true
	}
	for _, name := range slices.Sorted(maps.Keys(r.Desired.RBAC)) {
		if entry := r.Desired.RBAC[name]; len(entry.Allow) > 0 && len(entry.Grants)+len(entry.Boundary) == 0 && !used[name] {
			r.rules(model.Path{"rbac", name, "allow"}, entry.Allow)
			r.Note(model.Path{"rbac", name}, "rbac/unused-role", fmt.Sprintf("role %s is granted to nobody", name), "only grants render it", "grant it, or take it out")
		}
	}
}

// boundary reports namespaces that a boundary must not hold.
func (r *access) boundary(owner string, of model.Path, allowed []string) {
	for i, ns := range allowed {
		at := of.Join("boundary", fmt.Sprint(i))
		if slices.Contains(scope.SystemNamespaces, ns) {
			r.Error(at, "rbac/system-namespace", fmt.Sprintf("the boundary of %s names namespace %s", owner, ns), "that is the cluster's own, and nothing there is shut in", "take it out")
			continue
		}
		r.KnownNamespace(at, ns, fmt.Sprintf("the boundary of %s names namespace %s", owner, ns))
	}
}

// subject is whom an entry is about. It returns false for a role, and for an
// entry that is none or several of these, which it has then reported.
func (r *access) subject(at model.Path, e *model.RBAC) (rbacv1.Subject, bool) {
	if to, ok := e.Holder(); ok {
		group := rbacv1.GroupName
		if to.Kind == rbacv1.ServiceAccountKind {
			group = ""
		}
		return rbacv1.Subject{Kind: to.Kind, APIGroup: group, Namespace: to.Namespace, Name: to.Name}, true
	}
	forms, value := e.Forms(), e.User+e.Group+e.Account
	switch {
	case len(forms) != 1:
		fact := at[1] + " is neither a role nor anybody"
		if len(forms) > 0 {
			fact = at[1] + " has " + finding.AllSorted(forms)
		}
		r.Error(at, "rbac/form", fact, "an entry is a role (allow), or somebody who is given rights (user, group or account)", "write exactly one of them")
	case len(e.Allow) > 0:
		if len(e.Grants) > 0 || len(e.Boundary) > 0 {
			r.Error(at, "rbac/form", fmt.Sprintf("role %s has grants or a boundary", at[1]), "a role is only a set of rights", "give them to a user, group or account")
		}
	case e.Kubernetes():
		r.Error(at.Join(forms[0]), "rbac/form", fmt.Sprintf("%s is %s", at[1], value), "names that begin with system: are Kubernetes' own, for everybody or for its own parts", "name one person, group or account")
	default:
		contrast := "an account is written namespace/name"
		if _, account, _ := strings.Cut(value, "/"); account == "default" {
			contrast = "that account is of every pod that names none"
		}
		r.Error(at.Join("account"), "rbac/form", fmt.Sprintf("%s is the account %q", at[1], value), contrast, `write it like "tools/deployer"`)
	}
	return rbacv1.Subject{}, false
}

// outsideAccount is the ServiceAccount of a program that is no app of ours.
func (r *access) outsideAccount(at model.Path, to rbacv1.Subject) {
	id := AccountID{to.Namespace, to.Name}
	if r.accounts[id] {
		return // an app makes it, or another entry
	}
	r.KnownNamespace(at, to.Namespace, fmt.Sprintf("account %s lives in namespace %s", to.Name, to.Namespace))
	r.accounts[id] = true
	r.out.Accounts = append(r.out.Accounts, Outsider{id, at})
}

// role has a named role made in a namespace, once. It returns false when there is
// no such role, which it has then reported.
func (r *access) role(at model.Path, name, namespace string) bool {
	entry := r.Desired.RBAC[name]
	if entry == nil || len(entry.Allow) == 0 {
		var known []string
		for n, e := range r.Desired.RBAC {
			if len(e.Allow) > 0 {
				known = append(known, n)
			}
		}
		r.Report(at, rights.UnknownRole(fmt.Sprintf("role %s is granted", name), finding.Has("this cluster", "role", known), finding.DidYouMean(name, known, fmt.Sprintf("declare rbac: %q: allow: {…}", name))))
		return false
	}
	if id := (AccountID{namespace, name}); !r.roles[id] {
		r.roles[id] = true
		origin := model.Path{"rbac", name}
		r.out.Roles = append(r.out.Roles, Role{
			Unit: scope.AccessUnit(), ID: id, Labels: map[string]string{labels.ManagedBy: labels.Stillsuit},
			Rules: r.rules(origin.Join("allow"), entry.Allow), At: origin,
		})
	}
	return true
}

// Resolved is who is given which rights.
type Resolved struct {
	Accounts []Outsider
	Roles    []Role
	Bindings []Binding
}

// Outsider is the ServiceAccount of a program that is no app of ours.
type Outsider struct {
	ID AccountID
	At model.Path
}

// Role is a set of rights in a namespace.
type Role struct {
	Unit   scope.Unit
	ID     AccountID
	Labels map[string]string
	Rules  []rbacv1.PolicyRule
	At     model.Path
}

// Binding gives somebody the rights of a role in its namespace.
type Binding struct {
	Unit   scope.Unit
	ID     AccountID
	Labels map[string]string
	Role   string
	To     rbacv1.Subject
	At     model.Path
}
