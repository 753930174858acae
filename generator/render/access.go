package render

import (
	"fmt"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
	rbacv1 "k8s.io/api/rbac/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"stillsuit.dev/generator/manifest"
	"stillsuit.dev/generator/model"
	"stillsuit.dev/generator/rights"
)

// access renders what people and programs are granted that are no app of ours,
// in a unit of its own.
func (r *renderer) access() {
	for _, name := range sorted(r.d.RBAC) {
		entry, at := r.d.RBAC[name], model.Path{"rbac", name}
		to, ok := r.subject(at, entry)
		if !ok {
			continue
		}
		r.boundary(name, at, entry.Boundary)
		unit := accessUnit()
		if to.Kind == rbacv1.ServiceAccountKind {
			r.outsideAccount(unit, at.Join("account"), to)
		} else if len(entry.Grants) == 0 && len(entry.Boundary) == 0 {
			r.Error(at, "app/missing-field", fmt.Sprintf("%s is given nothing", name), "an entry for somebody says what they may do", "add grants")
		}
		for _, g := range sorted(entry.Grants) {
			m := metav1.ObjectMeta{Name: name + "-" + g, Labels: map[string]string{labelManagedBy: managedBy}}
			r.grant(unit, granted{Grant: entry.Grants[g], at: at.Join("grants", g), home: to.Namespace, meta: m, to: to})
		}
	}
	r.unusedRoles()
	for _, name := range sorted(r.apps) {
		r.boundary("app "+name, model.Path{"apps", name}, r.d.Apps[name].Boundary)
	}
}

// boundary reports namespaces that a boundary must not hold.
func (r *scope) boundary(owner string, of model.Path, allowed []string) {
	for i, ns := range allowed {
		at := of.Join("boundary", fmt.Sprint(i))
		if slices.Contains(systemNamespaces, ns) {
			r.Error(at, "rbac/system-namespace", fmt.Sprintf("the boundary of %s names namespace %s", owner, ns), "that is the cluster's own, and nothing there is shut in", "take it out")
			continue
		}
		r.knownNamespace(at, ns, fmt.Sprintf("the boundary of %s names namespace %s", owner, ns))
	}
}

// unusedRoles checks roles that no grant names, and says that they make nothing.
func (r *renderer) unusedRoles() {
	used := map[string]bool{}
	for _, o := range r.byID {
		if len(o.Origin) == 2 && o.Origin[0] == "rbac" {
			used[o.Origin[1]] = true
		}
	}
	for _, name := range sorted(r.d.RBAC) {
		if entry := r.d.RBAC[name]; len(entry.Allow) > 0 && len(entry.Grants)+len(entry.Boundary) == 0 && !used[name] {
			r.rules(model.Path{"rbac", name, "allow"}, entry.Allow)
			r.Note(model.Path{"rbac", name}, "rbac/unused-role", fmt.Sprintf("role %s is granted to nobody", name), "only grants render it", "grant it, or take it out")
		}
	}
}

// subject is whom an entry is about. It returns false for a role, and for an
// entry that is none or several of these, which it has then reported.
func (r *scope) subject(at model.Path, e *model.RBAC) (rbacv1.Subject, bool) {
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
			fact = at[1] + " has " + all(forms)
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

// outsideAccount makes the ServiceAccount of a program that is no app of ours.
func (r *renderer) outsideAccount(unit unit, at model.Path, to rbacv1.Subject) {
	if r.byID[manifest.ID{Kind: kindAccount.Kind, Namespace: to.Namespace, Name: to.Name}] != nil {
		return // an app makes it, or another entry
	}
	r.knownNamespace(at, to.Namespace, fmt.Sprintf("account %s lives in namespace %s", to.Name, to.Namespace))
	r.add(unit, kindAccount, &corev1.ServiceAccount{
		ObjectMeta:                   metav1.ObjectMeta{Name: to.Name, Namespace: to.Namespace, Labels: map[string]string{labelManagedBy: managedBy}},
		AutomountServiceAccountToken: ptr(false),
	}, at)
}

// usesAPI reports whether the workload's account is granted anything, here or in rbac.
func (r *scope) usesAPI(w *workload) bool {
	if len(w.Grants) > 0 {
		return true
	}
	for _, entry := range r.d.RBAC {
		if len(entry.Grants) > 0 && entry.Account == w.app.Namespace+"/"+w.accountName() {
			return true
		}
	}
	return false
}

// role puts a named role into a namespace, once. It returns false when there is
// no such role, which it has then reported.
func (r *renderer) role(at model.Path, name, namespace string) bool {
	entry := r.d.RBAC[name]
	if entry == nil || len(entry.Allow) == 0 {
		var known []string
		for n, e := range r.d.RBAC {
			if len(e.Allow) > 0 {
				known = append(known, n)
			}
		}
		r.Error(at, rights.CodeUnknownRole, fmt.Sprintf("role %s is granted", name), has("this cluster", "role", known), didYouMean(name, known, fmt.Sprintf("declare rbac: %q: allow: {…}", name)))
		return false
	}
	origin := model.Path{"rbac", name}
	made := r.byID[manifest.ID{Group: kindRole.Group, Kind: kindRole.Kind, Namespace: namespace, Name: name}]
	if made == nil || model.Path(made.Origin).String() != origin.String() {
		r.add(accessUnit(), kindRole, &rbacv1.Role{
			ObjectMeta: metav1.ObjectMeta{Name: name, Namespace: namespace, Labels: map[string]string{labelManagedBy: managedBy}},
			Rules:      r.rules(origin.Join("allow"), entry.Allow),
		}, origin)
	}
	return true
}
