package render

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	policiesv1 "github.com/kyverno/api/api/policies.kyverno.io/v1"
	admissionv1 "k8s.io/api/admissionregistration/v1"

	"stillsuit.dev/finding"
	"stillsuit.dev/generator/model"
)

// excuse is something that is let off policies of the cluster.
type excuse struct {
	name       string
	at         model.Path
	policies   []policiesv1.PolicyRef
	conditions []admissionv1.MatchCondition
	reason     string
	until      string // the last day; "" for as long as it is declared
	owned      *owned // what the last condition is about; nil when that is no app or chart
}

// owned are the objects of an app or chart that a policy may be about.
type owned struct {
	by, namespace string
	chart         bool
	resources     []string // that the policy is about; nil when that is not known
}

// excuses are the exceptions that are declared, and those that exemptions of apps are
// by themselves, from the policies that are rendered.
func (r policies) excuses(rendered []LibraryPolicy) []excuse {
	var out []excuse
	for _, name := range sorted(r.d.Cluster.Policies.Exceptions) {
		if e := r.d.Cluster.Policies.Exceptions[name]; r.checkException(name, e) {
			if refs := r.refersTo(e.Policy, rendered); len(refs) > 0 {
				out = append(out, excuse{
					name: name, at: pathPolicies("exceptions", name), policies: refs,
					conditions: r.conditions(e, rendered), reason: e.Reason, until: e.Until,
					owned: r.ownedBy(e, rendered),
				})
			}
		}
	}
	for _, e := range model.Exemptions(r.d.Apps, r.d.Charts) {
		var refs []policiesv1.PolicyRef
		for _, p := range rendered {
			if slices.Contains(p.Exempt, e.Field) {
				refs = append(refs, policiesv1.PolicyRef{Name: p.PolicyMarks.Name, Kind: kindValidating.Kind})
			}
		}
		if name, condition := r.podsOfExemption(e); len(refs) > 0 && name != "" {
			out = append(out, excuse{
				name: name, at: e.At, policies: refs, reason: e.Reason,
				conditions: []admissionv1.MatchCondition{{Name: "pods", Expression: condition}},
			})
		}
	}
	return out
}

// checkException reports an exception that excuses nothing, or for ever.
func (r policies) checkException(name string, e model.PolicyException) bool {
	at := pathPolicies("exceptions", name)
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
		r.Error(at, "policies/exception", fmt.Sprintf("exception %s lacks %s", name, all(lacks)), "something is let off one policy for a reason and until a day, or it is forgotten", mend)
		return false
	}
	if _, err := time.Parse(time.DateOnly, e.Until); err != nil {
		r.Error(at.Join("until"), "policies/exception", fmt.Sprintf("exception %s holds until %s", name, e.Until), "there is no such day", "correct it")
		return false
	}
	if e.App != "" && r.apps[e.App] == nil && r.charts[e.App] == nil {
		known := slices.Concat(sorted(r.apps), sorted(r.charts))
		contrast := "no app or chart has that name"
		if r.d.Apps[e.App] != nil || r.d.Charts[e.App] != nil {
			contrast = "it is off"
		}
		r.Error(at.Join("app"), "policies/exception", fmt.Sprintf("exception %s is about %s", name, e.App), contrast, finding.DidYouMean(e.App, known, "remove it"))
		return false
	}
	if e.Namespace != "" && !slices.Contains(systemNamespaces, e.Namespace) {
		r.knownNamespace(at.Join("namespace"), e.Namespace, fmt.Sprintf("exception %s is about namespace %s", name, e.Namespace))
	}
	return true
}

// refersTo are the policies of that name which the tree holds.
func (r policies) refersTo(name string, rendered []LibraryPolicy) []policiesv1.PolicyRef {
	var out []policiesv1.PolicyRef
	if slices.Contains(policyNames(rendered), name) {
		out = append(out, policiesv1.PolicyRef{Name: name, Kind: kindValidating.Kind})
	}
	for _, kind := range []string{kindValidating.Kind, "Namespaced" + kindValidating.Kind} {
		for _, o := range r.written {
			ref := policiesv1.PolicyRef{Name: name, Kind: kind}
			if o.id.Group == groupKyverno && o.id.Kind == kind && o.id.Name == name && !slices.Contains(out, ref) {
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
func (r policies) podsOfExemption(e model.Exemption) (string, string) {
	suffix := strings.ToLower(e.Field)
	pods := "object.kind in ['CronJob', 'DaemonSet', 'Deployment', 'Job', 'Pod', 'ReplicaSet', 'StatefulSet'] && "
	if c := r.charts[e.At[1]]; e.At[0] == "charts" {
		if c == nil || c.Namespace == "" {
			return "", ""
		}
		return c.Namespace + "." + c.owner + "." + suffix, pods + ofChart(c)
	}
	for _, w := range r.apps[e.At[1]] {
		if slices.Equal(w.at, e.At) {
			condition := pods + inNamespace(w.namespace) + " && " + labelled(labelName, w.owner) + " && " + labelled(labelComponent, w.name)
			return w.namespace + "." + w.full + "." + suffix, condition
		}
	}
	return "", ""
}
