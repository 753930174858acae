package render

import (
	"slices"

	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"

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
	acme := r.d.Cluster.Certificates[authority].ACME
	if acme == nil || acme.Solvers != nil && !slices.ContainsFunc(acme.Solvers, func(s map[string]any) bool { return s["http01"] != nil }) {
		return
	}
	if _, known := r.solvers[namespace]; !known {
		r.solvers[namespace] = at
	}
}

// answer are the pods that answer for hosts in these namespaces. They are opened to the
// ingress controller, and so are the ways that cert-manager goes to see whether they can
// be reached.
func (r network) answer(solvers map[string]model.Path) []*party {
	if len(solvers) == 0 {
		return nil
	}
	var out []*party
	ingress := r.d.Cluster.Ingress
	from := model.Peer{Namespace: ingress.Namespace, Pods: ingress.Pods}
	listens := port{number: solverPort, protocol: corev1.ProtocolTCP}
	for _, namespace := range sorted(solvers) {
		p := &party{owner: "acme-solver", full: "acme-solver", namespace: namespace, at: solvers[namespace], selector: map[string]string{solverLabel: "true"}}
		r.opens(p.at, from, p, listens)
		out = append(out, p)
	}
	c := r.providers[groupCertManager]
	if c == nil {
		return out
	}
	web := port{number: 80, protocol: corev1.ProtocolTCP}
	c.reaches([]networkingv1.NetworkPolicyPeer{r.internet()}, web)
	// At home the host may lead straight to the ingress controller, whose ports are
	// its chart's affair.
	c.reaches([]networkingv1.NetworkPolicyPeer{podsOf(from.Namespace, from.Pods)}, port{})
	for _, who := range r.lives[from.Namespace] {
		if who != &c.party && who.mayBe(from.Pods) {
			who.admits(r.peersOf(c.at, &c.party, who), port{})
		}
	}
	return out
}
