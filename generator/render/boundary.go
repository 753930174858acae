package render

import (
	"fmt"
	"slices"

	rbacv1 "k8s.io/api/rbac/v1"

	"stillsuit.dev/generator/model"
)

// bounds is a boundary, with those whom it holds.
type bounds struct {
	*renderer
	owner    string     // in a sentence: app web
	at       model.Path // of the boundary
	allowed  []string
	subjects []rbacv1.Subject
	app      string // "" for an entry of rbac
}

// boundaries checks what everybody with a boundary is given in the finished
// objects: nothing outside of it, and nothing that leads out of it.
func (r *renderer) boundaries() {
	held := r.holdings()
	for _, b := range r.bounds() {
		b.namespaces()
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
			at := b.at.Join(fmt.Sprint(i))
			if runs[ns] {
				b.accounts(at, ns, held)
				b.quota(at, ns)
			}
			if runs[ns] || reads[ns] {
				b.secrets(at, ns, reads[ns])
			}
		}
	}
}

// bounds lists all boundaries, of apps and of entries of rbac.
func (r *renderer) bounds() []bounds {
	var out []bounds
	for _, name := range sorted(r.apps) {
		app := r.d.Apps[name]
		if len(app.Boundary) == 0 {
			continue
		}
		b := bounds{renderer: r, owner: "app " + name, at: model.Path{"apps", name, "boundary"}, allowed: app.Boundary, app: name}
		for _, w := range r.apps[name] {
			b.subjects = append(b.subjects, rbacv1.Subject{Kind: rbacv1.ServiceAccountKind, Namespace: app.Namespace, Name: w.accountName()})
		}
		out = append(out, b)
	}
	for _, name := range sorted(r.subjects) {
		if allowed := r.d.RBAC[name].Boundary; len(allowed) > 0 {
			out = append(out, bounds{renderer: r, owner: name, at: model.Path{"rbac", name, "boundary"}, allowed: allowed, subjects: []rbacv1.Subject{r.subjects[name]}})
		}
	}
	return out
}

// namespaces reports namespaces that a boundary must not hold.
func (b bounds) namespaces() {
	for i, ns := range b.allowed {
		at := b.at.Join(fmt.Sprint(i))
		if slices.Contains(systemNamespaces, ns) {
			b.Error(at, "rbac/system-namespace", fmt.Sprintf("the boundary of %s names namespace %s", b.owner, ns), "that is the cluster's own, and nothing there is shut in", "take it out")
			continue
		}
		b.knownNamespace(at, ns, fmt.Sprintf("the boundary of %s names namespace %s", b.owner, ns))
	}
}

// holds reports rights outside of the boundary, and rights that lead out of it.
func (b bounds) holds(h holding) {
	at := model.Path(h.binding.Origin)
	if !slices.Contains(b.allowed, h.namespace) {
		b.Error(at, "rbac/boundary", h.String(), fmt.Sprintf("the boundary of %s is %s", b.owner, all(b.allowed)), "grant it there, or widen the boundary")
		return
	}
	if h.role == nil {
		b.Error(at, "rbac/unknown-role", fmt.Sprintf("%s, and gives what %s allows", h, h.roleName), fmt.Sprintf("the tree does not hold those rights, and %s has a boundary", b.owner), "write the rights out in a grant")
	}
	for _, x := range h.rights() {
		if x.wild() {
			b.Error(x.at, "rbac/wildcard", fmt.Sprintf("%s, which has a boundary, may %s %q", b.owner, all(x.verbs), x.right), "a wildcard holds rights that lead out of it", "write the resources and verbs out")
			continue
		}
		if why, by := x.escapesBy(); why != "" {
			b.Error(x.at, "rbac/escalation", fmt.Sprintf("%s, which has a boundary, may %s %s", b.owner, all(by), x.right), why, "take it out")
		}
	}
}

// accounts reports accounts of a namespace that can do more than the namespace
// holds: whoever runs pods there can use them.
func (b bounds) accounts(at model.Path, ns string, held []holding) {
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
			b.Error(at, "rbac/shared-namespace", fmt.Sprintf("account %s lives in namespace %s and has rights %s", account.Name, ns, all(more)),
				fmt.Sprintf("%s may run pods there, under any account of the namespace", b.owner), "keep that account in another namespace")
		}
	}
}

// secrets reports apps and charts whose Secrets lie in a namespace where they
// can be read. In a workspace only an app's own pods may mount them.
func (b bounds) secrets(at model.Path, ns string, reads bool) {
	declared := b.d.Namespaces[ns]
	kept := !reads && declared != nil && declared.Workspace != ""
	var keepers []string
	for _, name := range sorted(b.apps) {
		if app := b.d.Apps[name]; app.Namespace == ns && len(app.Secrets) > 0 && !b.runs(name) && !kept {
			keepers = append(keepers, "app "+name)
		}
	}
	for _, name := range sorted(b.charts) {
		if c := b.charts[name]; c.Namespace == ns && len(c.Secrets) > 0 {
			keepers = append(keepers, c.says())
		}
	}
	for _, keeper := range keepers {
		b.Warn(at, "rbac/shared-namespace", fmt.Sprintf("%s keeps Secrets in namespace %s", keeper, ns),
			fmt.Sprintf("%s can read any Secret there, by a pod if not directly", b.owner), "keep them in another namespace, unless they are meant for it")
	}
}

// runs reports whether the app runs under an account that the boundary holds.
func (b bounds) runs(app string) bool {
	return slices.ContainsFunc(b.apps[app], func(w *workload) bool {
		return slices.Contains(b.subjects, rbacv1.Subject{Kind: rbacv1.ServiceAccountKind, Namespace: w.app.Namespace, Name: w.accountName()})
	})
}

// quota reports a namespace that somebody else than its own app fills, and that
// nothing bounds.
func (b bounds) quota(at model.Path, ns string) {
	if b.subjects[0].Kind != rbacv1.ServiceAccountKind {
		return
	}
	if declared := b.d.Namespaces[ns]; declared != nil && declared.Workspace != "" || b.app != "" && b.d.Apps[b.app].Namespace == ns || slices.Contains(systemNamespaces, ns) {
		return
	}
	b.Warn(at, "rbac/no-workspace", fmt.Sprintf("%s may run pods in namespace %s", b.owner, ns), "it is no workspace: no quota bounds them, and no rule the hosts that they take", fmt.Sprintf(`write namespaces: %q: workspace: "…"`, ns))
}
