package access

import (
	"fmt"
	"maps"
	"slices"
	"strconv"

	rbacv1 "k8s.io/api/rbac/v1"

	"stillsuit.dev/checks"
	"stillsuit.dev/finding"
	"stillsuit.dev/generator/model"
	"stillsuit.dev/generator/rights"
	"stillsuit.dev/inventory"
)

// bounds is a boundary, with those whom it holds.
type bounds struct {
	*checks.Pass
	owner    string         // in a sentence: app web
	at       inventory.Spot // of the boundary
	allowed  []string
	subjects []rbacv1.Subject
	app      string // "" for an entry of rbac
}

// run checks the names in roles, and what everybody with a boundary is given in the finished objects: nothing
// outside of it, and nothing that leads out of it.
func run(pass *checks.Pass) error {
	names(pass)
	held := holdings(pass.Subject)
	for _, b := range boundaries(pass) {
		runs, reads := map[string]bool{}, map[string]bool{}
		for _, h := range held {
			if !slices.ContainsFunc(b.subjects, h.isFor) {
				continue
			}
			b.holds(h)
			for _, x := range h.rights() {
				runs[h.namespace] = runs[h.namespace] || x.runsPods()
				reads[h.namespace] = reads[h.namespace] || x.readsSecrets()
			}
		}
		for i, ns := range b.allowed {
			at := b.at.Join(strconv.Itoa(i))
			if runs[ns] {
				b.accounts(at, ns, held)
				b.quota(at, ns)
			}
			if runs[ns] || reads[ns] {
				b.secrets(at, ns, reads[ns])
			}
		}
	}
	return nil
}

// boundaries lists all of them, of apps and of entries of rbac.
func boundaries(pass *checks.Pass) []bounds {
	var out []bounds
	at := func(entry ...string) inventory.Spot {
		return inventory.Spot{Entry: entry, Path: []string{"boundary"}}
	}
	for _, name := range slices.Sorted(maps.Keys(pass.Apps)) {
		app := pass.Apps[name]
		if accounts := accounts(name, app); len(app.Boundary) > 0 && len(accounts) > 0 {
			out = append(out, bounds{Pass: pass, owner: "app " + name, at: at("apps", name), allowed: app.Boundary, app: name, subjects: accounts})
		}
	}
	for _, name := range slices.Sorted(maps.Keys(pass.RBAC)) {
		entry := pass.RBAC[name]
		if who, ok := entry.Holder(); ok && len(entry.Boundary) > 0 {
			to := rbacv1.Subject{Kind: who.Kind, Namespace: who.Namespace, Name: who.Name}
			out = append(out, bounds{Pass: pass, owner: name, at: at("rbac", name), allowed: entry.Boundary, subjects: []rbacv1.Subject{to}})
		}
	}
	return out
}

// accounts are those of an app's pods; none of an app that is off.
func accounts(name string, app *model.App) []rbacv1.Subject {
	if app.Off != "" {
		return nil
	}
	var out []rbacv1.Subject
	for _, workload := range slices.Sorted(maps.Keys(app.Workloads)) {
		out = append(out, rbacv1.Subject{Kind: rbacv1.ServiceAccountKind, Namespace: app.Namespace, Name: app.AccountOf(name, workload)})
	}
	return out
}

// holds reports rights outside of the boundary, and rights that lead out of it.
func (b bounds) holds(h holding) {
	at := inventory.Spot{Object: h.binding}
	if !slices.Contains(b.allowed, h.namespace) {
		b.Error(at, "rbac/boundary", h.String(), fmt.Sprintf("the boundary of %s is %s", b.owner, finding.AllSorted(b.allowed)), "grant it there, or widen the boundary")
		return
	}
	if h.role == nil {
		b.Report(at, rights.UnknownRole(fmt.Sprintf("%s, and gives what %s allows", h, h.roleName), fmt.Sprintf("the tree does not hold those rights, and %s has a boundary", b.owner), "write the rights out in a grant"))
	}
	for _, x := range h.rights() {
		if x.wild() {
			b.Report(x.at, rights.Wildcard(fmt.Sprintf("%s, which has a boundary, may %s %q", b.owner, finding.AllSorted(x.verbs), x.right), "a wildcard holds rights that lead out of it", "write the resources and verbs out"))
			continue
		}
		if why, by := x.escapesBy(); why != "" {
			b.Report(x.at, rights.Escalation(fmt.Sprintf("%s, which has a boundary, may %s %s", b.owner, finding.AllSorted(by), x.right), why, "take it out"))
		}
	}
}

// accounts reports accounts of a namespace that can do more than the namespace
// holds: whoever runs pods there can use them.
func (b bounds) accounts(at inventory.Spot, ns string, held []holding) {
	for _, account := range accountsOf(ns, held) {
		if slices.Contains(b.subjects, account) {
			continue
		}
		var more []string
		for _, h := range held {
			if !h.isFor(account) {
				continue
			}
			switch {
			case h.namespace == "":
				more = append(more, "in every namespace")
			case h.namespace != ns:
				more = append(more, "in namespace "+h.namespace)
			case slices.ContainsFunc(h.rights(), func(x heldRight) bool { why, _ := x.escapesBy(); return x.wild() || why != "" }):
				more = append(more, "that lead out of namespace "+ns)
			}
		}
		if len(more) > 0 {
			b.Error(at, "rbac/shared-namespace", fmt.Sprintf("account %s lives in namespace %s and has rights %s", account.Name, ns, finding.AllSorted(more)),
				fmt.Sprintf("subject %s may run pods there, under any account of the namespace", b.owner), "keep that account in another namespace")
		}
	}
}

// secrets reports apps and charts whose Secrets lie in a namespace where they
// can be read. In a workspace only an app's own pods may mount them.
func (b bounds) secrets(at inventory.Spot, ns string, reads bool) {
	declared := b.Namespaces[ns]
	kept := !reads && declared != nil && declared.Workspace != ""
	var keepers []string
	for _, name := range slices.Sorted(maps.Keys(b.Apps)) {
		if app := b.Apps[name]; app.Namespace == ns && len(app.Secrets) > 0 && len(accounts(name, app)) > 0 && !b.runs(name) && !kept {
			keepers = append(keepers, "app "+name)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(b.Charts)) {
		if c := b.Charts[name]; c.Off == "" && c.Namespace == ns && len(c.Secrets) > 0 {
			keepers = append(keepers, "chart "+name)
		}
	}
	for _, keeper := range keepers {
		b.Warn(at, "rbac/shared-namespace", fmt.Sprintf("%s keeps Secrets in namespace %s", keeper, ns),
			fmt.Sprintf("subject %s can read any Secret there, by a pod if not directly", b.owner), "keep them in another namespace, unless they are meant for it")
	}
}

// runs reports whether the app runs under an account that the boundary holds.
func (b bounds) runs(app string) bool {
	return slices.ContainsFunc(accounts(app, b.Apps[app]), func(account rbacv1.Subject) bool { return slices.Contains(b.subjects, account) })
}

// quota reports a namespace that somebody else than its own app fills, and that
// nothing bounds.
func (b bounds) quota(at inventory.Spot, ns string) {
	if b.subjects[0].Kind != rbacv1.ServiceAccountKind {
		return
	}
	if declared := b.Namespaces[ns]; declared != nil && declared.Workspace != "" || b.app != "" && b.Apps[b.app].Namespace == ns || slices.Contains(model.SystemNamespaces(), ns) {
		return
	}
	b.Warn(at, "rbac/no-workspace", fmt.Sprintf("%s may run pods in namespace %s", b.owner, ns), "it is no workspace: no quota bounds them, and no rule the hosts that they take", fmt.Sprintf(`write namespaces: %q: workspace: "…"`, ns))
}
