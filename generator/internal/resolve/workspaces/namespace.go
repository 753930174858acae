// Package workspaces decides about namespaces, and what keeps anyone who fills one from
// outside of Flux inside of it.
package workspaces

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"stillsuit.dev/finding"
	"stillsuit.dev/generator/internal/resolve/scope"
	"stillsuit.dev/generator/internal/resolve/workload"
	"stillsuit.dev/generator/internal/resolve/written"
	"stillsuit.dev/generator/model"
)

// Namespaces decides what becomes of each namespace that is declared or that an app or
// chart lives in: shut both ways, in one unit that all others wait for.
type Namespaces struct {
	*scope.Scope
	Written    []written.Object  // by apps and charts
	ClassUnits map[string]string // by storage class, where Flux makes that
	out        ResolvedNamespaces
}

// Resolve decides all of them, the one after the other.
func (r *Namespaces) Resolve() ResolvedNamespaces {
	users := r.Inhabitants()
	names := slices.Concat(slices.Sorted(maps.Keys(r.Desired.Namespaces)), slices.Sorted(maps.Keys(users)))
	slices.Sort(names)
	for _, name := range slices.Compact(names) {
		r.Guarded("namespace", model.Path{"namespaces", name}, func() {
			ns, at := r.Desired.Namespaces[name], model.Path{"namespaces", name}
			if ns == nil {
				ns, at = &model.Namespace{}, users[name][0].At.Join("namespace")
				r.misspelt(name, users, at)
			}
			r.out.Namespaces = append(r.out.Namespaces, r.namespace(name, ns, at))
		})
	}
	r.out.Importance = r.importance()
	return r.out
}

// misspelt reports a namespace that one app or chart alone names, a letter away from
// one that is in use.
func (r *Namespaces) misspelt(name string, users map[string][]scope.Inhabitant, at model.Path) {
	if len(users[name]) > 1 {
		return
	}
	others := slices.Sorted(maps.Keys(r.Desired.Namespaces))
	for other, several := range users {
		if len(several) > 1 {
			others = append(others, other)
		}
	}
	if near := finding.Suggest(name, others); near != "" && finding.Near(name, near, 1) && !Numbered(name, near) {
		r.Error(at, "namespace/unknown", fmt.Sprintf("%s alone lives in namespace %s", users[name][0].Says, name), fmt.Sprintf("there is a namespace %s", near), fmt.Sprintf("did you mean %s? If not, declare namespaces: %q: {}", near, name))
	}
}

// Numbered reports whether two names differ in their digits only, as names do
// that are counted on purpose.
func Numbered(a, b string) bool {
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

// PodSecurityLabels tell the API server which level to enforce.
const PodSecurityLabels = "pod-security.kubernetes.io/"

// namespace decides what becomes of one.
func (r *Namespaces) namespace(name string, ns *model.Namespace, at model.Path) *Namespace {
	out := &Namespace{Declared: ns, Name: name, At: at, System: slices.Contains(scope.SystemNamespaces, name), Outside: ns.Outside != ""}
	r.checkOutside(name, out)
	if out.Outside {
		out.Isolated = r.Isolated(name)
		return out
	}
	if !out.System {
		out.Level = r.Security[name].String()
		if declared := scope.Enforced(ns); declared != "" {
			out.Level = declared
		}
		for _, label := range slices.Sorted(maps.Keys(ns.Labels)) {
			if strings.HasPrefix(label, PodSecurityLabels) {
				r.Error(model.Path{"namespaces", name, "labels", label}, "namespace/security", fmt.Sprintf("label %s is written by hand", label),
					"the level of a namespace is its field security, against which its apps are checked", fmt.Sprintf("write namespaces: %s: security: %q", name, ns.Labels[label]))
			}
		}
	}
	for _, c := range slices.Sorted(maps.Keys(ns.Claims)) {
		out.Claims = append(out.Claims, r.claim(name, c, ns.Claims[c]))
	}
	out.Workspace = Workspaces{r.Scope, r.Written}.resolve(name, ns)
	return out
}

// claim decides about a volume that apps of the namespace share.
func (r *Namespaces) claim(name, c string, declared *model.Claim) sharedClaim {
	at := model.Path{"namespaces", name, "claims", c}
	if declared.Size == nil {
		r.Error(at, "app/missing-field", fmt.Sprintf("claim %s has no size", c), "a claim asks for some", `add size: "10Gi"`)
	}
	sizes := workload.Claims{Scope: r.Scope}
	sizes.CheckClass(at.Join("class"), declared.Class)
	sizes.CheckAccess(at.Join("access"), declared.Class, declared.Access)
	if declared.Backup && declared.NoBackup != "" {
		r.Error(at.Join("noBackup"), "volume/backup", fmt.Sprintf("claim %s says both backup: true and noBackup", c), "", "keep one")
	}
	if declared.Backup {
		workload.Claims{Scope: r.Scope}.CheckStored(at.Join("backup"), "claim "+c, name)
	}
	if sizes.Waits(declared.Class) || r.ClassUnits[cmp.Or(declared.Class, sizes.DefaultClass())] != "" { // the class comes after the namespaces
		r.out.LazyNamespaces = true
	}
	return sharedClaim{c, sizes.ClaimOf(declared), at}
}

// importance is how important workloads are that say so, sorted.
func (r *Namespaces) importance() []string {
	used := map[string]bool{}
	for _, app := range r.Apps {
		for _, w := range app {
			used[w.Declared.Importance] = true
		}
	}
	return slices.Sorted(maps.Keys(used))
}

// PriorityName is the PriorityClass of an importance.
func PriorityName(importance string) string { return "stillsuit-" + importance }

// Namespace is one that is declared, or that an app or chart lives in.
type Namespace struct {
	Declared  *model.Namespace
	Name      string
	At        model.Path
	System    bool // it is there before Flux, and not ours to shut
	Outside   bool // something else makes it, and nothing of it is rendered
	Isolated  bool // it is shut all the same
	Level     string
	Claims    []sharedClaim
	Workspace *Workspace // nil when it is none
}

// sharedClaim is a volume that apps of a namespace share.
type sharedClaim struct {
	Name string
	workload.Claim
	At model.Path
}

// ResolvedNamespaces are those of a cluster, and what else concerns all of it.
type ResolvedNamespaces struct {
	LazyNamespaces bool // some namespace has claims that nothing consumes yet
	Namespaces     []*Namespace
	Importance     []string // that workloads have, sorted
}
