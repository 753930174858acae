package policies

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	policiesv1 "github.com/kyverno/api/api/policies.kyverno.io/v1"
	admissionv1 "k8s.io/api/admissionregistration/v1"

	"stillsuit.dev/finding"
	"stillsuit.dev/generator/internal/kinds"
	"stillsuit.dev/generator/internal/labels"
	"stillsuit.dev/generator/internal/policy"
	"stillsuit.dev/generator/internal/resolve/scope"
	"stillsuit.dev/generator/model"
)

// Exception is something that is let off policies of the cluster.
type Exception struct {
	Name       string
	At         model.Path
	Policies   []policiesv1.PolicyRef
	Conditions []admissionv1.MatchCondition
	Reason     string
	Until      string // the last day; "" for as long as it is declared
	Owned      *Owned // what the last condition is about; nil when that is no app or chart
}

// Owned are the objects of an app or chart that a policy may be about.
type Owned struct {
	By, Namespace string
	Chart         bool
	Resources     []string // that the policy is about; nil when that is not known
}

// excuses are the exceptions that are declared, those that exemptions of apps are by
// themselves, and those of what others run, from the policies that are rendered.
func (r Policies) excuses(rendered []policy.Policy) []Exception {
	var out []Exception
	for _, name := range slices.Sorted(maps.Keys(r.Desired.Cluster.Policies.Exceptions)) {
		if e := r.Desired.Cluster.Policies.Exceptions[name]; r.checkException(name, e) {
			if refs := r.refersTo(e.Policy, rendered); len(refs) > 0 {
				out = append(out, Exception{
					Name: name, At: PathPolicies("exceptions", name), Policies: refs,
					Conditions: r.conditions(e, rendered), Reason: e.Reason, Until: e.Until,
					Owned: r.ownedBy(e, rendered),
				})
			}
		}
	}
	for _, e := range model.Exemptions(r.Desired.Apps, r.Desired.Charts) {
		var refs []policiesv1.PolicyRef
		for _, p := range rendered {
			if slices.Contains(p.Exempt, e.Field) {
				refs = append(refs, policiesv1.PolicyRef{Name: p.PolicyMarks.Name, Kind: kinds.Validating.Kind})
			}
		}
		if name, condition := r.podsOfExemption(e); len(refs) > 0 && name != "" {
			out = append(out, Exception{
				Name: name, At: e.At, Policies: refs, Reason: e.Reason,
				Conditions: []admissionv1.MatchCondition{{Name: "pods", Expression: condition}},
			})
		}
	}
	return append(out, r.others(rendered)...)
}

// checkException reports an exception that excuses nothing, or for ever.
func (r Policies) checkException(name string, e model.PolicyException) bool {
	at := PathPolicies("exceptions", name)
	var lacks []string
	for _, field := range [][2]string{{"policy", e.Policy}, {"app or namespace", cmp.Or(e.App, e.Namespace)}, {"reason", e.Reason}, {"until", e.Until}} {
		if field[1] == "" {
			lacks = append(lacks, field[0])
		}
	}
	if len(lacks) > 0 {
		mend := "add it"
		if len(lacks) > 1 {
			mend = "add them"
		}
		r.Error(at, "policies/exception", fmt.Sprintf("exception %s lacks %s", name, finding.AllSorted(lacks)), "an exception needs a reason and a last day", mend)
		return false
	}
	if _, err := time.Parse(time.DateOnly, e.Until); err != nil {
		r.Error(at.Join("until"), "policies/exception", fmt.Sprintf("exception %s holds until %s", name, e.Until), "there is no such day", "correct it")
		return false
	}
	if e.App != "" && r.Apps[e.App] == nil && r.Charts[e.App] == nil {
		known := slices.Concat(slices.Sorted(maps.Keys(r.Apps)), slices.Sorted(maps.Keys(r.Charts)))
		contrast := "no app or chart has that name"
		if r.Desired.Apps[e.App] != nil || r.Desired.Charts[e.App] != nil {
			contrast = "it is off"
		}
		r.Error(at.Join("app"), "policies/exception", fmt.Sprintf("exception %s is about %s", name, e.App), contrast, finding.DidYouMean(e.App, known, "remove it")).Like(e.App, known)
		return false
	}
	if e.Namespace != "" && !slices.Contains(scope.SystemNamespaces, e.Namespace) {
		r.KnownNamespace(at.Join("namespace"), e.Namespace, fmt.Sprintf("exception %s is about namespace %s", name, e.Namespace))
	}
	return true
}

// refersTo are the policies of that name which the tree holds.
func (r Policies) refersTo(name string, rendered []policy.Policy) []policiesv1.PolicyRef {
	var out []policiesv1.PolicyRef
	if slices.Contains(policyNames(rendered), name) {
		out = append(out, policiesv1.PolicyRef{Name: name, Kind: kinds.Validating.Kind})
	}
	for _, kind := range []string{kinds.Validating.Kind, "Namespaced" + kinds.Validating.Kind} {
		for _, o := range r.Written {
			ref := policiesv1.PolicyRef{Name: name, Kind: kind}
			if o.ID.Group == kinds.GroupKyverno && o.ID.Kind == kind && o.ID.Name == name && !slices.Contains(out, ref) {
				out = append(out, ref)
			}
		}
	}
	return out
}

// podsOfExemption says in CEL which pods an exemption is about, and what makes them. What
// controllers make has the labels of the pods: a ReplicaSet, and also a Job of a CronJob
// (kubernetes v1.36, pkg/apis/batch/v1, SetDefaults_Job). It returns no name for what is
// not rendered.
func (r Policies) podsOfExemption(e model.Exemption) (string, string) {
	suffix := strings.ToLower(e.Field)
	pods := "object.kind in ['CronJob', 'DaemonSet', 'Deployment', 'Job', 'Pod', 'ReplicaSet', 'StatefulSet'] && "
	if c := r.Charts[e.At[1]]; e.At[0] == "charts" {
		if c == nil || c.Declared.Namespace == "" {
			return "", ""
		}
		return c.Declared.Namespace + "." + c.Owner + "." + suffix, pods + ofChart(c)
	}
	for _, w := range r.Apps[e.At[1]] {
		if slices.Equal(w.At, e.At) {
			condition := pods + inNamespace(w.Namespace) + " && " + labelled(labels.Name, w.Owner) + " && " + labelled(labels.Component, w.Name)
			return w.Namespace + "." + w.Full + "." + suffix, condition
		}
	}
	return "", ""
}
