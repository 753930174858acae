package traffic

import (
	"maps"
	"slices"

	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"

	"stillsuit.dev/generator/internal/kinds"
	"stillsuit.dev/generator/internal/resolve/scope"
	"stillsuit.dev/generator/model"
)

// solverLabel is of the pods with which cert-manager answers for a host, and
// the port that they listen on (cert-manager's pkg/issuer/acme/http/pod.go).
const (
	solverLabel = "acme.cert-manager.io/http01-solver"
	solverPort  = 8089
)

// solves notes that pods which answer for hosts will run in a namespace.
func (r *exposures) solves(namespace, authority string, at model.Path) {
	acme := r.Desired.Cluster.Certificates[authority].ACME
	if acme == nil || acme.Solvers != nil && !slices.ContainsFunc(acme.Solvers, func(s map[string]any) bool { return s["http01"] != nil }) {
		return
	}
	if _, known := r.Solvers[namespace]; !known {
		r.Solvers[namespace] = at
	}
}

// Answer are the pods that answer for hosts in these namespaces. They are opened to the
// ingress controller, and so are the ways that cert-manager goes to see whether they can
// be reached.
func (r Network) Answer(solvers map[string]model.Path) []*scope.Party {
	if len(solvers) == 0 {
		return nil
	}
	var out []*scope.Party
	ingress := r.Desired.Cluster.Ingress
	from := model.Peer{Namespace: ingress.Namespace, Pods: ingress.Pods}
	listens := scope.Port{Number: solverPort, Protocol: corev1.ProtocolTCP}
	for _, namespace := range slices.Sorted(maps.Keys(solvers)) {
		p := &scope.Party{Owner: "acme-solver", Full: "acme-solver", Namespace: namespace, At: solvers[namespace], Selector: map[string]string{solverLabel: "true"}}
		r.opens(p.At, from, p, listens)
		out = append(out, p)
	}
	c := r.Providers[kinds.GroupCertManager]
	if c == nil {
		return out
	}
	web := scope.Port{Number: 80, Protocol: corev1.ProtocolTCP}
	c.Reaches([]networkingv1.NetworkPolicyPeer{r.Internet()}, web)
	// At home the host may lead straight to the ingress controller, whose ports are
	// its chart's affair.
	c.Reaches([]networkingv1.NetworkPolicyPeer{PodsOf(from.Namespace, from.Pods)}, scope.Port{})
	for _, who := range r.Lives[from.Namespace] {
		if who != &c.Party && who.MayBe(from.Pods) {
			r.Lets(c.At, &c.Party, who, scope.Port{})
		}
	}
	return out
}
