package render

import (
	"fmt"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/intstr"
	"k8s.io/apimachinery/pkg/util/validation"
	"k8s.io/apimachinery/pkg/util/version"

	"stillsuit.dev/generator/model"
)

// admissionSince is the first Kubernetes with ValidatingAdmissionPolicies
// (kubernetes.io/docs/reference/access-authn-authz/validating-admission-policy).
const admissionSince = "1.30"

// workspace renders what keeps those who fill a namespace from outside Flux
// inside of it, and reports what would let them out.
func (r *renderer) workspace(unit unit, name string, ns *model.Namespace) {
	at := model.Path{"namespaces", name}
	if ns.Workspace == "" {
		if len(ns.Hosts) > 0 {
			r.Error(at.Join("hosts"), "namespace/workspace", fmt.Sprintf("namespace %s has hosts", name), "they bound who fills a workspace, and it is none", `add workspace: "…", or remove them`)
		}
		return
	}
	if slices.Contains(systemNamespaces, name) {
		r.Error(at.Join("workspace"), "namespace/workspace", fmt.Sprintf("namespace %s is a workspace", name), "the cluster itself runs there", "choose another namespace")
		return
	}
	if ns.Quota == nil || ns.Quota.Memory == nil {
		r.Error(at, "namespace/workspace", fmt.Sprintf("namespace %s is a workspace without a memory quota", name), "what is deployed there is not in the tree, so the quota is what budgets count", `add quota: memory: "…"`)
	}
	if ns.Security != "" && ns.Security != restricted.String() {
		r.Error(at.Join("security"), "namespace/workspace", fmt.Sprintf("workspace %s has Pod Security level %s", name, ns.Security), "with it, who fills the workspace could reach the node", "remove it: a workspace is restricted")
	}
	if v, err := version.ParseGeneric(r.d.Cluster.Kubernetes.Version); err == nil && v.LessThan(version.MustParseGeneric(admissionSince)) {
		r.Error(at, "namespace/workspace", fmt.Sprintf("namespace %s is a workspace in a cluster with Kubernetes %s", name, v), "the rules of a workspace are ValidatingAdmissionPolicies, which came with "+admissionSince, "upgrade the cluster first")
	}
	r.workspaceApps(name)
	r.workspaceTraffic(unit, name, at)
	r.admission(unit, name, at, r.workspaceHosts(name))
	r.ours(unit, name, at)
}

// workspaceApps reports what apps of ours cannot have in a workspace, or would
// share with those who fill it.
func (r *scope) workspaceApps(name string) {
	for _, app := range sorted(r.apps) {
		if r.d.Apps[app].Namespace != name {
			continue
		}
		for _, e := range sorted(r.d.Apps[app].Expose) {
			if r.d.Apps[app].Expose[e].LoadBalancer != "" {
				r.Error(model.Path{"apps", app, "expose", e, "loadBalancer"}, "namespace/workspace-app", fmt.Sprintf("exposure %s of app %s asks for an address", e, app),
					fmt.Sprintf("the quota of workspace %s allows no load balancers", name), "expose it by a host, or move the app to another namespace")
			}
		}
		for _, w := range r.apps[app] {
			if w.Importance != "" && w.Importance != "normal" {
				r.Error(w.at.Join("importance"), "namespace/workspace-app", fmt.Sprintf("%s has importance %s", w.full, w.Importance), fmt.Sprintf("the quota of workspace %s allows no priority classes", name), "remove it, or move the app to another namespace")
			}
			for _, set := range w.sets() {
				for _, c := range sorted(set.containers) {
					if set.containers[c].GPU > 0 {
						r.Error(w.at.Join(set.field, c, "gpu"), "namespace/workspace-app", fmt.Sprintf("%s asks for a GPU", w.full), fmt.Sprintf("the quota of workspace %s allows none", name), "remove it, or move the app to another namespace")
					}
				}
			}
		}
	}
}

// workspaceTraffic lets pods that are not ours talk to each other and to DNS,
// and the ingress controller to them. Ours keep to what they declare.
func (r *renderer) workspaceTraffic(unit unit, name string, at model.Path) {
	c := r.d.Cluster
	own := networkingv1.NetworkPolicyPeer{PodSelector: &metav1.LabelSelector{}}
	dns := func(protocol corev1.Protocol) networkingv1.NetworkPolicyPort {
		return networkingv1.NetworkPolicyPort{Port: ptr(intstr.FromInt32(53)), Protocol: ptr(protocol)}
	}
	r.add(unit, kindPolicy, &networkingv1.NetworkPolicy{
		ObjectMeta: metav1.ObjectMeta{Name: "workspace", Namespace: name, Labels: map[string]string{labelManagedBy: managedBy}},
		Spec: networkingv1.NetworkPolicySpec{
			PodSelector: *notOurs(),
			PolicyTypes: []networkingv1.PolicyType{networkingv1.PolicyTypeIngress, networkingv1.PolicyTypeEgress},
			Ingress:     []networkingv1.NetworkPolicyIngressRule{{From: []networkingv1.NetworkPolicyPeer{own, podsOf(c.Ingress.Namespace, c.Ingress.Pods)}}},
			Egress: []networkingv1.NetworkPolicyEgressRule{
				{To: []networkingv1.NetworkPolicyPeer{own}},
				{
					To:    []networkingv1.NetworkPolicyPeer{podsOf(c.Network.DNS.Namespace, c.Network.DNS.Pods)},
					Ports: []networkingv1.NetworkPolicyPort{dns(corev1.ProtocolTCP), dns(corev1.ProtocolUDP)},
				},
			},
		},
	}, at)
}

// notOurs selects the pods of a workspace that are no app's of ours.
func notOurs() *metav1.LabelSelector {
	return &metav1.LabelSelector{MatchExpressions: []metav1.LabelSelectorRequirement{{Key: labelManagedBy, Operator: metav1.LabelSelectorOpNotIn, Values: []string{managedBy}}}}
}

// workspaceIngress opens the other end of the way from the ingress controller to the
// pods of workspaces, where the controller is a chart or app of the cluster.
func (r *scope) workspaceIngress() {
	from := r.d.Cluster.Ingress
	for _, name := range r.workspaces {
		for _, who := range r.lives[from.Namespace] {
			if who.mayBe(from.Pods) {
				who.reaches([]networkingv1.NetworkPolicyPeer{{NamespaceSelector: namespaceNamed(name), PodSelector: notOurs()}}, port{})
			}
		}
	}
}

// workspaceHosts are the full names that Ingresses of a workspace may use,
// sorted; those that are wrong, or another workspace's, are reported.
func (r *scope) workspaceHosts(name string) []string {
	var out []string
	for i, written := range r.d.Namespaces[name].Hosts {
		at := model.Path{"namespaces", name, "hosts", fmt.Sprint(i)}
		host := r.fullHost(written)
		switch {
		case !strings.Contains(host, "."):
			r.Error(at, "expose/no-domain", fmt.Sprintf("host %s is written without a dot", written), "the cluster has no domain to give it", "write the host out, or set cluster: domain")
			continue
		case len(validation.IsDNS1123Subdomain(host)) > 0 && len(validation.IsWildcardDNS1123Subdomain(host)) > 0:
			r.Error(at, "namespace/hosts", fmt.Sprintf("%q is no host", written), "a host is lower-case letters, digits, dashes and dots, and may begin with *.", "write it like sandbox, sandbox.example.com or *.sandbox.example.com")
			continue
		}
		for _, other := range sorted(r.d.Namespaces) {
			if other == name || r.d.Namespaces[other].Workspace == "" {
				continue
			}
			for _, theirs := range r.d.Namespaces[other].Hosts {
				if full := r.fullHost(theirs); full != host && matches(full, host) || full == host && other < name {
					r.Error(at, "namespace/hosts", fmt.Sprintf("host %s is given to workspace %s", host, name), fmt.Sprintf("%s of workspace %s holds it too", full, other), "give it to one of them")
				}
			}
		}
		out = append(out, host)
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// fullHost gives a host without a dot the cluster's domain, if it has one.
func (r *scope) fullHost(host string) string {
	if strings.Contains(host, ".") || r.d.Cluster.Domain == "" {
		return host
	}
	return host + "." + r.d.Cluster.Domain
}

// matches reports whether a host is the pattern, or one label below its star.
func matches(pattern, host string) bool {
	_, parent, _ := strings.Cut(host, ".")
	return pattern == host || parent != "" && pattern == "*."+parent
}

// given reports hosts of an app or chart that a workspace elsewhere may use.
func (x *exposure) given(hosts []string) {
	for _, name := range x.workspaces {
		if x.of.among[0].namespace == name {
			continue
		}
		for _, pattern := range x.d.Namespaces[name].Hosts {
			for _, host := range hosts {
				if matches(x.fullHost(pattern), host) {
					x.Error(x.at, "expose/workspace", fmt.Sprintf("host %s is asked for here", host), fmt.Sprintf("workspace %s may use %s", name, x.fullHost(pattern)), "choose another, or take it from the hosts of the workspace")
				}
			}
		}
	}
}
