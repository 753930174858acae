package tree_test

import (
	"encoding/json"
	"fmt"
	"path"
	"regexp"
	"slices"
	"testing"

	helmv2 "github.com/fluxcd/helm-controller/api/v2"
	kustomizev1 "github.com/fluxcd/kustomize-controller/api/v1"
	sourcev1 "github.com/fluxcd/source-controller/api/v1"
	"github.com/stretchr/testify/require"
	networkingv1 "k8s.io/api/networking/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// charted reports whether a chart is installed into a namespace. What pods it
// makes there is not in the tree.
func (c *cluster) charted(namespace string) bool {
	return slices.ContainsFunc(as[helmv2.HelmRelease](c, "HelmRelease"), func(r *helmv2.HelmRelease) bool { return r.Namespace == namespace })
}

// ofChart reports whether an object is one that we made for a chart.
func (c *cluster) ofChart(namespace string, labels map[string]string) bool {
	return slices.ContainsFunc(as[helmv2.HelmRelease](c, "HelmRelease"), func(r *helmv2.HelmRelease) bool {
		return r.Namespace == namespace && r.Name == labels["app.kubernetes.io/name"]
	})
}

// released: each chart has its source beside it, of one exact version, and says
// what its pods ask for.
func released(c *cluster) []string {
	var out []string
	exact := regexp.MustCompile(`^v?[0-9]+\.[0-9]+\.[0-9]+`)
	for _, r := range as[helmv2.HelmRelease](c, "HelmRelease") {
		name := path.Join(r.Namespace, r.Name)
		say := func(what string) { out = append(out, fmt.Sprintf("HelmRelease %s %s", name, what)) }
		kind, version := "", ""
		switch {
		case r.Spec.ChartRef != nil:
			kind = r.Spec.ChartRef.Kind
		case r.Spec.Chart != nil:
			kind, version = r.Spec.Chart.Spec.SourceRef.Kind, r.Spec.Chart.Spec.Version
		}
		i := slices.IndexFunc(c.all(), func(o object) bool { return o.kind() == kind && o.name() == name })
		if i < 0 {
			say("has no source")
			continue
		}
		if kind != "HelmRepository" {
			version = c.all()[i].text("spec", "ref", "tag")
		}
		if !exact.MatchString(version) {
			say("is of version " + version)
		}
		var footprint map[string]map[string]any
		if err := json.Unmarshal([]byte(r.Annotations["stillsuit.dev/footprint"]), &footprint); err != nil {
			say("says no footprint")
		}
	}
	return out
}

// reached: what a chart may reach or be reached by is the same at both ends,
// where the other end is a workload of the tree.
func reached(c *cluster) []string {
	var problems []string
	policies := as[networkingv1.NetworkPolicy](c, "NetworkPolicy")
	workloads := c.workloads()
	namespaces := map[string]bool{}
	for _, p := range policies {
		namespaces[p.Namespace] = true
	}
	in, out := ways()
	for _, p := range policies {
		for _, w := range []way{in, out} {
			back := out
			if w.direction == networkingv1.PolicyTypeEgress {
				back = in
			}
			for _, r := range w.rules(p) {
				for _, peer := range r.peers {
					ns := peerNamespace(p.Namespace, peer)
					others, _ := peers(workloads, p.Namespace, peer, namespaces)
					for _, port := range r.ports {
						switch {
						case c.ofChart(p.Namespace, p.Labels): // a chart's, about a workload
							for _, o := range others {
								if !anyRule(back, policies, port, func(q *networkingv1.NetworkPolicy, from networkingv1.NetworkPolicyPeer) bool {
									return q.Namespace == o.Namespace && o.selects(&q.Spec.PodSelector) && names(q.Namespace, from, p.Namespace)
								}) {
									problems = append(problems, fmt.Sprintf("NetworkPolicy %s/%s opens port %s of %s, but no %s rule at the other end does", p.Namespace, p.Name, port.Port, o, back.direction))
								}
							}
						case len(others) == 0 && peer.IPBlock == nil && c.charted(ns) && namespaces[ns]: // a workload's, about a chart
							if !anyRule(back, policies, port, func(q *networkingv1.NetworkPolicy, from networkingv1.NetworkPolicyPeer) bool {
								return q.Namespace == ns && c.ofChart(q.Namespace, q.Labels) && names(q.Namespace, from, p.Namespace)
							}) {
								problems = append(problems, fmt.Sprintf("NetworkPolicy %s/%s opens port %s to a chart in %s, but no %s rule at the other end does", p.Namespace, p.Name, port.Port, ns, back.direction))
							}
						}
					}
				}
			}
		}
	}
	return problems
}

// peerNamespace is the namespace of a peer's pods, "" for an address or for all.
func peerNamespace(own string, peer networkingv1.NetworkPolicyPeer) string {
	if peer.NamespaceSelector == nil {
		return own
	}
	return peer.NamespaceSelector.MatchLabels["kubernetes.io/metadata.name"]
}

// names reports whether a peer of a policy in own may be pods of a namespace.
func names(own string, peer networkingv1.NetworkPolicyPeer, namespace string) bool {
	if peer.IPBlock != nil {
		return false
	}
	all := peer.NamespaceSelector != nil && len(peer.NamespaceSelector.MatchLabels) == 0
	return all || peerNamespace(own, peer) == namespace
}

// anyRule reports whether a rule of some policy opens a port to a peer that is asked for.
func anyRule(w way, policies []*networkingv1.NetworkPolicy, port networkingv1.NetworkPolicyPort, asked func(*networkingv1.NetworkPolicy, networkingv1.NetworkPolicyPeer) bool) bool {
	for _, q := range policies {
		for _, r := range w.rules(q) {
			open := len(r.ports) == 0 || slices.ContainsFunc(r.ports, func(o networkingv1.NetworkPolicyPort) bool { return same(o, port) })
			if open && slices.ContainsFunc(r.peers, func(p networkingv1.NetworkPolicyPeer) bool { return asked(q, p) }) {
				return true
			}
		}
	}
	return false
}

// Each unit with objects of a group that a chart provides waits for that chart.
func TestWhatChartsProvideComesFirst(t *testing.T) {
	_, declared, rendering := render(t, reference)
	tried := 0
	for _, u := range rendering.Units {
		k := u.Flux.Value.(*kustomizev1.Kustomization)
		for _, o := range u.Objects {
			for name, chart := range declared.Charts {
				if chart.Outside != "" || !slices.Contains(chart.Provides, o.Group) || name == u.Name {
					continue
				}
				tried++
				require.True(t, slices.ContainsFunc(k.Spec.DependsOn, func(d kustomizev1.DependencyReference) bool { return d.Name == name }), "%s has %s, and does not wait for %s", u.Name, o.ID, name)
			}
		}
	}
	require.NotZero(t, tried, "nothing was tried")
}

// podMonitor is what we know of the Prometheus operator's kind.
type podMonitor struct {
	metav1.TypeMeta   `json:",inline"`
	metav1.ObjectMeta `json:"metadata"`

	Spec struct {
		Selector  map[string]any `json:"selector"`
		Endpoints []struct {
			Number   int32  `json:"portNumber"`
			Path     string `json:"path"`
			Interval string `json:"interval"`
		} `json:"podMetricsEndpoints"`
	} `json:"spec"`
}

// fluxKinds are those of Flux that charts are made of.
func fluxKinds() map[string]func() any {
	return map[string]func() any{
		"HelmRelease":    func() any { return &helmv2.HelmRelease{} },
		"OCIRepository":  func() any { return &sourcev1.OCIRepository{} },
		"HelmRepository": func() any { return &sourcev1.HelmRepository{} },
		"GitRepository":  func() any { return &sourcev1.GitRepository{} },
	}
}
