package render

import (
	"fmt"
	"slices"
	"strings"

	networkingv1 "k8s.io/api/networking/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/validation"
	"k8s.io/apimachinery/pkg/util/version"

	"stillsuit.dev/generator/model"
)

// admissionSince is the first Kubernetes with ValidatingAdmissionPolicies
// (kubernetes.io/docs/reference/access-authn-authz/validating-admission-policy).
const admissionSince = "1.30"

// workspaces decides what keeps those who fill a namespace from outside Flux inside of it.
type workspaces struct {
	*scope
	c *cluster // its apps and charts are resolved
}

// resolve returns nil for a namespace that is none. It reports what would let out those
// who fill it.
func (r workspaces) resolve(name string, ns *model.Namespace) *workspace {
	at := model.Path{"namespaces", name}
	if ns.Workspace == "" {
		if len(ns.Hosts) > 0 {
			r.Error(at.Join("hosts"), "namespace/workspace", fmt.Sprintf("namespace %s has hosts", name), "they bound who fills a workspace, and it is none", `add workspace: "…", or remove them`)
		}
		return nil
	}
	if slices.Contains(systemNamespaces, name) {
		r.Error(at.Join("workspace"), "namespace/workspace", fmt.Sprintf("namespace %s is a workspace", name), "the cluster itself runs there", "choose another namespace")
		return nil
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
	r.checkApps(name)
	out := &workspace{hosts: r.hosts(name), middlewares: r.middlewares(name), selectors: r.selectors(name), secrets: r.ownSecrets(name)}
	out.claims, out.claimCount = r.ownClaims(name)
	return out
}

// checkApps reports what apps of ours cannot have in a workspace, or would
// share with those who fill it.
func (r workspaces) checkApps(name string) {
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

// opened opens the other end of the way from the ingress controller to the pods of
// workspaces, where the controller is a chart or app of the cluster.
func (r workspaces) opened() {
	from := r.d.Cluster.Ingress
	for _, name := range r.scope.workspaces {
		for _, who := range r.lives[from.Namespace] {
			if who.mayBe(from.Pods) {
				who.reaches([]networkingv1.NetworkPolicyPeer{{NamespaceSelector: namespaceNamed(name), PodSelector: notOurs()}}, port{})
			}
		}
	}
}

// notOurs selects the pods of a workspace that are no app's of ours.
func notOurs() *metav1.LabelSelector {
	return &metav1.LabelSelector{MatchExpressions: []metav1.LabelSelectorRequirement{{Key: labelManagedBy, Operator: metav1.LabelSelectorOpNotIn, Values: []string{managedBy}}}}
}

// hosts are the full names that Ingresses of a workspace may use,
// sorted; those that are wrong, or another workspace's, are reported.
func (r workspaces) hosts(name string) []string {
	var out []string
	for i, written := range r.d.Namespaces[name].Hosts {
		at := model.Path{"namespaces", name, "hosts", fmt.Sprint(i)}
		host := fullHost(written, r.d.Cluster.Domain)
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
				if full := fullHost(theirs, r.d.Cluster.Domain); full != host && matches(full, host) || full == host && other < name {
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
func fullHost(host, domain string) string {
	if strings.Contains(host, ".") || domain == "" {
		return host
	}
	return host + "." + domain
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
				if matches(fullHost(pattern, x.d.Cluster.Domain), host) {
					x.Error(x.at, "expose/workspace", fmt.Sprintf("host %s is asked for here", host), fmt.Sprintf("workspace %s may use %s", name, fullHost(pattern, x.d.Cluster.Domain)), "choose another, or take it from the hosts of the workspace")
				}
			}
		}
	}
}
