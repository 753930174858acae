package render

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"stillsuit.dev/finding"
	"stillsuit.dev/generator/model"
)

// systemNamespaces are there before Flux, and are not ours to shut.
var systemNamespaces = model.SystemNamespaces()

// namespaces decides what becomes of each namespace that is declared or that an app or
// chart lives in: shut both ways, in one unit that all others wait for.
type namespaces struct {
	*scope
	c *cluster // its apps, charts and facts are resolved
}

// resolve decides all of them, the one after the other.
func (r namespaces) resolve() {
	users := r.inhabitants()
	names := slices.Concat(sorted(r.d.Namespaces), sorted(users))
	slices.Sort(names)
	for _, name := range slices.Compact(names) {
		r.guarded("namespace", model.Path{"namespaces", name}, func() {
			ns, at := r.d.Namespaces[name], model.Path{"namespaces", name}
			if ns == nil {
				ns, at = &model.Namespace{}, users[name][0].at.Join("namespace")
				r.misspelt(name, users, at)
			}
			r.c.namespaces = append(r.c.namespaces, r.namespace(name, ns, at))
		})
	}
	r.c.importance = r.importance()
}

// inhabitant is an app or chart that lives in a namespace.
type inhabitant struct {
	says string // "app immich"
	at   model.Path
}

// inhabitants are the apps and charts in each namespace, apps first.
func (r *scope) inhabitants() map[string][]inhabitant {
	out := map[string][]inhabitant{}
	for _, name := range sorted(r.apps) {
		if ns := r.d.Apps[name].Namespace; ns != "" {
			out[ns] = append(out[ns], inhabitant{"app " + name, model.Path{"apps", name}})
		}
	}
	for _, name := range sorted(r.charts) {
		if c := r.charts[name]; c.Namespace != "" && c.Outside == "" {
			out[c.Namespace] = append(out[c.Namespace], inhabitant{c.says(), c.at})
		}
	}
	return out
}

// misspelt reports a namespace that one app or chart alone names, a letter away from
// one that is in use.
func (r namespaces) misspelt(name string, users map[string][]inhabitant, at model.Path) {
	if len(users[name]) > 1 {
		return
	}
	others := sorted(r.d.Namespaces)
	for other, several := range users {
		if len(several) > 1 {
			others = append(others, other)
		}
	}
	if near := finding.Suggest(name, others); near != "" && finding.Near(name, near, 1) && !numbered(name, near) {
		r.Error(at, "namespace/unknown", fmt.Sprintf("%s alone lives in namespace %s", users[name][0].says, name), fmt.Sprintf("there is a namespace %s", near), fmt.Sprintf("did you mean %s? If not, declare namespaces: %q: {}", near, name))
	}
}

// numbered reports whether two names differ in their digits only, as names do
// that are counted on purpose.
func numbered(a, b string) bool {
	letters := func(s string) string {
		return strings.Map(func(c rune) rune {
			if c >= '0' && c <= '9' {
				return -1
			}
			return c
		}, s)
	}
	return letters(a) == letters(b)
}

// podSecurityLabels tell the API server which level to enforce.
const podSecurityLabels = "pod-security.kubernetes.io/"

// namespace decides what becomes of one.
func (r namespaces) namespace(name string, ns *model.Namespace, at model.Path) *namespace {
	out := &namespace{Namespace: ns, name: name, at: at, system: slices.Contains(systemNamespaces, name)}
	if !out.system {
		out.level = r.security[name].String()
		if declared := enforced(ns); declared != "" {
			out.level = declared
		}
		for _, label := range sorted(ns.Labels) {
			if strings.HasPrefix(label, podSecurityLabels) {
				r.Error(model.Path{"namespaces", name, "labels", label}, "namespace/security", fmt.Sprintf("label %s is written by hand", label),
					"the level of a namespace is its field security, against which its apps are checked", fmt.Sprintf("write namespaces: %s: security: %q", name, ns.Labels[label]))
			}
		}
	}
	for _, c := range sorted(ns.Claims) {
		out.claims = append(out.claims, r.claim(name, c, ns.Claims[c]))
	}
	out.workspace = workspaces(r).resolve(name, ns)
	return out
}

// claim decides about a volume that apps of the namespace share.
func (r namespaces) claim(name, c string, declared *model.Claim) sharedClaim {
	at := model.Path{"namespaces", name, "claims", c}
	if declared.Size == nil {
		r.Error(at, "app/missing-field", fmt.Sprintf("claim %s has no size", c), "a claim asks for some", `add size: "10Gi"`)
	}
	sizes := claims{r.scope}
	sizes.checkClass(at.Join("class"), declared.Class)
	if declared.Backup {
		r.checkStored(at.Join("backup"), "claim "+c, name)
	}
	if sizes.waits(declared.Class) || r.c.classUnits[cmp.Or(declared.Class, sizes.defaultClass())] != "" { // the class comes after the namespaces
		r.c.lazyNamespaces = true
	}
	return sharedClaim{c, sizes.claimOf(declared), at}
}

// importance is how important workloads are that say so, sorted.
func (r namespaces) importance() []string {
	used := map[string]bool{}
	for _, app := range r.apps {
		for _, w := range app {
			used[w.Importance] = true
		}
	}
	return sorted(used)
}

func priorityName(importance string) string { return "stillsuit-" + importance }
