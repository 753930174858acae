package render

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	schedulingv1 "k8s.io/api/scheduling/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"stillsuit.dev/finding"
	"stillsuit.dev/generator/model"
)

// systemNamespaces are there before Flux, and are not ours to shut.
var systemNamespaces = []string{"default", "flux-system", "kube-node-lease", "kube-public", "kube-system"}

// namespaces renders each namespace that is declared or that an app or chart
// lives in, shut both ways, in one unit that all others wait for.
func (r *renderer) namespaces() {
	unit := namespacesUnit()
	users := r.inhabitants()
	names := slices.Concat(sorted(r.d.Namespaces), sorted(users))
	slices.Sort(names)
	for _, name := range slices.Compact(names) {
		ns, at := r.d.Namespaces[name], model.Path{"namespaces", name}
		if ns == nil {
			ns, at = &model.Namespace{}, users[name][0].at.Join("namespace")
			r.misspelt(name, users, at)
		}
		if !slices.Contains(systemNamespaces, name) {
			r.namespace(unit, name, ns, at)
		}
		r.claims(unit, name, ns)
		r.workspace(unit, name, ns)
		r.limits(unit, name, ns)
	}
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
func (r *scope) misspelt(name string, users map[string][]inhabitant, at model.Path) {
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

func (r *renderer) namespace(unit unit, name string, ns *model.Namespace, at model.Path) {
	l := r.security[name].String()
	if declared := enforced(ns); declared != "" {
		l = declared
	}
	for _, label := range sorted(ns.Labels) {
		if strings.HasPrefix(label, podSecurityLabels) {
			r.Error(model.Path{"namespaces", name, "labels", label}, "namespace/security", fmt.Sprintf("label %s is written by hand", label),
				"the level of a namespace is its field security, against which its apps are checked", fmt.Sprintf("write namespaces: %s: security: %q", name, ns.Labels[label]))
		}
	}
	m := metav1.ObjectMeta{Name: name, Annotations: neverPruned(), Labels: with(map[string]string{
		labelManagedBy:                managedBy,
		podSecurityLabels + "enforce": l,
		podSecurityLabels + "warn":    restricted.String(),
		podSecurityLabels + "audit":   restricted.String(),
	}, ns.Labels)}
	if ns.Workspace != "" {
		m.Annotations[model.AnnotationReason] = model.ReasonWorkspace + ns.Workspace
	}
	r.add(unit, kindNamespace, &corev1.Namespace{ObjectMeta: m}, at)
	r.add(unit, kindPolicy, &networkingv1.NetworkPolicy{
		ObjectMeta: metav1.ObjectMeta{Name: "default-deny", Namespace: name, Labels: map[string]string{labelManagedBy: managedBy}},
		Spec:       networkingv1.NetworkPolicySpec{PolicyTypes: []networkingv1.PolicyType{networkingv1.PolicyTypeIngress, networkingv1.PolicyTypeEgress}},
	}, at)
}

// claims are the volumes that apps of the namespace share.
func (r *renderer) claims(unit unit, name string, ns *model.Namespace) {
	for _, c := range sorted(ns.Claims) {
		claim, at := ns.Claims[c], model.Path{"namespaces", name, "claims", c}
		if claim.Size == nil {
			r.Error(at, "app/missing-field", fmt.Sprintf("claim %s has no size", c), "a claim asks for some", `add size: "10Gi"`)
		}
		claims{r.scope}.checkClass(at.Join("class"), claim.Class)
		if claim.Backup {
			r.checkStored(at.Join("backup"), "claim "+c, name)
		}
		if (claims{r.scope}).waits(claim.Class) || r.classUnits[cmp.Or(claim.Class, (claims{r.scope}).defaultClass())] != "" { // the class comes after the namespaces
			r.lazy[unit.Name] = true
		}
		pvc := &corev1.PersistentVolumeClaim{
			ObjectMeta: metav1.ObjectMeta{Name: c, Namespace: name, Labels: map[string]string{labelManagedBy: managedBy}, Annotations: neverPruned()},
			Spec:       claimSpec(claims{r.scope}.claimOf(claim)),
		}
		r.add(unit, kindClaim, pvc, at)
	}
}

func priorityName(importance string) string { return "stillsuit-" + importance }

// priorityClasses renders those that workloads ask for. Pods of system classes
// (two billion) stay above all of them.
func (r *renderer) priorityClasses() {
	used := map[string]bool{}
	for _, app := range r.apps {
		for _, w := range app {
			used[w.Importance] = true
		}
	}
	for _, class := range []struct {
		importance, says string
		value            int32
	}{
		{"critical", "runs before everything else, and pushes it aside", 1_000_000},
		{"high", "runs before what says nothing", 100_000},
		{"low", "gives way to everything else", -1_000},
	} {
		if used[class.importance] {
			r.add(namespacesUnit(), kindPriority, &schedulingv1.PriorityClass{
				ObjectMeta: metav1.ObjectMeta{Name: priorityName(class.importance), Labels: map[string]string{labelManagedBy: managedBy}},
				Value:      class.value, Description: class.says,
			}, model.Path{"apps"})
		}
	}
}
