package render

import (
	admissionv1 "k8s.io/api/admissionregistration/v1"
	rbacv1 "k8s.io/api/rbac/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"stillsuit.dev/generator/model"
)

// resolvedRest are charts, namespaces, access and policies.
type resolvedRest struct {
	lazyNamespaces bool // some namespace has claims that nothing consumes yet
	namespaces     []*namespace
	importance     []string // that workloads have, sorted
	charts         []*resolvedChart
	access         resolvedAccess
	policies       resolvedPolicies
	flux           *placement // of its controllers; nil when that is not said
}

// resolvedPolicies are the policies that the cluster holds, and what is let off them.
type resolvedPolicies struct {
	params     map[string]string // in CEL, by name
	asked      []LibraryPolicy   // by Kyverno
	natives    []native          // asked by the API server
	exceptions []excuse          // that Kyverno looks for
	namespace  string            // of Kyverno, where it looks
}

// native is a policy in a form for the API server alone, and what is let off it.
type native struct {
	LibraryPolicy
	form *admissionv1.ValidatingAdmissionPolicy
	off  []excuse
}

// resolvedChart is a chart that Flux installs.
type resolvedChart struct {
	*chart
	secrets    []*secret
	from       chartOrigin
	known      bool // where it comes from; else it is not installed
	values     []secretValue
	secretHash string // of the files that values come from; "" without one
	objects    []rawObject
}

// interval is how often Flux looks whether something changed.
func (c *cluster) interval() metav1.Duration {
	return metav1.Duration{Duration: c.declared.Cluster.Flux.Interval.Or(defaultInterval)}
}

// written are the objects that apps and charts write themselves.
func (c *cluster) written() []rawObject {
	var out []rawObject
	for _, name := range sorted(c.apps) {
		out = append(out, c.apps[name].objects...)
	}
	for _, x := range c.charts {
		out = append(out, x.objects...)
	}
	return out
}

// namespacesOfReleases are those with HelmReleases, sorted.
func (c *cluster) namespacesOfReleases() []string {
	in := map[string]bool{}
	for _, x := range c.charts {
		if x.known {
			in[x.Namespace] = true
		}
	}
	for _, o := range c.written() {
		if o.id.Group == kindRelease.Group && o.id.Kind == kindRelease.Kind {
			in[o.id.Namespace] = true
		}
	}
	return sorted(in)
}

// namespace is one that is declared, or that an app or chart lives in.
type namespace struct {
	*model.Namespace
	name      string
	at        model.Path
	system    bool // it is there before Flux, and not ours to shut
	level     string
	claims    []sharedClaim
	workspace *workspace // nil when it is none
}

// sharedClaim is a volume that apps of a namespace share.
type sharedClaim struct {
	name string
	claim
	at model.Path
}

// workspace is what those who fill one from outside Flux may use, and what is not theirs.
type workspace struct {
	hosts       []string // sorted, as are all of these
	middlewares []string // as Traefik names them
	selectors   []map[string]string
	claims      []string
	secrets     []string
	claimCount  int64 // with those that are made for single pods
}

// resolvedAccess is who is given which rights.
type resolvedAccess struct {
	accounts []outsider
	roles    []role
	bindings []binding
}

// outsider is the ServiceAccount of a program that is no app of ours.
type outsider struct {
	id accountID
	at model.Path
}

// role is a set of rights in a namespace.
type role struct {
	unit   unit
	id     accountID
	labels map[string]string
	rules  []rbacv1.PolicyRule
	at     model.Path
}

// binding gives somebody the rights of a role in its namespace.
type binding struct {
	unit   unit
	id     accountID
	labels map[string]string
	role   string
	to     rbacv1.Subject
	at     model.Path
}
