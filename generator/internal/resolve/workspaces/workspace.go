package workspaces

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	networkingv1 "k8s.io/api/networking/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/version"

	"stillsuit.dev/generator/internal/labels"
	"stillsuit.dev/generator/internal/resolve/scope"
	"stillsuit.dev/generator/internal/resolve/traffic"
	"stillsuit.dev/generator/internal/resolve/written"
	"stillsuit.dev/generator/model"
)

// admissionSince is the first Kubernetes with ValidatingAdmissionPolicies
// (kubernetes.io/docs/reference/access-authn-authz/validating-admission-policy).
const admissionSince = "1.30"

// Workspaces decides what keeps those who fill a namespace from outside Flux inside of it.
type Workspaces struct {
	*scope.Scope
	Written []written.Object // by apps and charts
}

// resolve returns nil for a namespace that is none. It reports what would let out those
// who fill it.
func (r Workspaces) resolve(name string, ns *model.Namespace) *Workspace {
	at := model.Path{"namespaces", name}
	if ns.Workspace == "" {
		if len(ns.Hosts) > 0 {
			r.Error(at.Join("hosts"), "namespace/workspace", fmt.Sprintf("namespace %s has hosts", name), "they bound who fills a workspace, and it is none", `add workspace: "…", or remove them`)
		}
		return nil
	}
	if slices.Contains(scope.SystemNamespaces, name) {
		r.Error(at.Join("workspace"), "namespace/workspace", fmt.Sprintf("namespace %s is a workspace", name), "the cluster itself runs there", "choose another namespace")
		return nil
	}
	if ns.Quota == nil || ns.Quota.Memory == nil {
		r.Error(at, "namespace/workspace", fmt.Sprintf("namespace %s is a workspace without a memory quota", name), "what is deployed there is not in the tree, so the quota is what budgets count", `add quota: memory: "…"`)
	}
	if ns.Security != "" && ns.Security != scope.Restricted.String() {
		r.Error(at.Join("security"), "namespace/workspace", fmt.Sprintf("workspace %s has Pod Security level %s", name, ns.Security), "with it, who fills the workspace could reach the node", "remove it: a workspace is restricted")
	}
	if v, err := version.ParseGeneric(r.Desired.Cluster.Kubernetes.Version); err == nil && v.LessThan(version.MustParseGeneric(admissionSince)) {
		r.Error(at, "namespace/workspace", fmt.Sprintf("namespace %s is a workspace in a cluster with Kubernetes %s", name, v), "the rules of a workspace are ValidatingAdmissionPolicies, which came with "+admissionSince, "upgrade the cluster first")
	}
	r.checkApps(name)
	out := &Workspace{Hosts: r.hosts(name), Middlewares: r.middlewares(name), Selectors: r.selectors(name), Secrets: r.ownSecrets(name)}
	out.Claims, out.ClaimCount = r.ownClaims(name)
	return out
}

// checkApps reports what apps of ours cannot have in a workspace, or would
// share with those who fill it.
func (r Workspaces) checkApps(name string) {
	for _, app := range slices.Sorted(maps.Keys(r.Apps)) {
		if r.Desired.Apps[app].Namespace != name {
			continue
		}
		for _, e := range slices.Sorted(maps.Keys(r.Desired.Apps[app].Expose)) {
			if r.Desired.Apps[app].Expose[e].LoadBalancer != "" {
				r.Error(model.Path{"apps", app, "expose", e, "loadBalancer"}, "namespace/workspace-app", fmt.Sprintf("exposure %s of app %s asks for an address", e, app),
					fmt.Sprintf("the quota of workspace %s allows no load balancers", name), "expose it by a host, or move the app to another namespace")
			}
		}
		for _, w := range r.Apps[app] {
			if w.Declared.Importance != "" && w.Declared.Importance != "normal" {
				r.Error(w.At.Join("importance"), "namespace/workspace-app", fmt.Sprintf("%s has importance %s", w.Full, w.Declared.Importance), fmt.Sprintf("the quota of workspace %s allows no priority classes", name), "remove it, or move the app to another namespace")
			}
			for _, set := range w.Sets() {
				for _, c := range slices.Sorted(maps.Keys(set.Containers)) {
					if set.Containers[c].GPU > 0 {
						r.Error(w.At.Join(set.Field, c, "gpu"), "namespace/workspace-app", fmt.Sprintf("%s asks for a GPU", w.Full), fmt.Sprintf("the quota of workspace %s allows none", name), "remove it, or move the app to another namespace")
					}
				}
			}
		}
	}
}

// Opened opens the other end of the way from the ingress controller to the pods of
// workspaces, where the controller is a chart or app of the cluster.
func (r Workspaces) Opened() {
	from := r.Desired.Cluster.Ingress
	for _, name := range r.Scope.Workspaces {
		for _, who := range r.Lives[from.Namespace] {
			if who.MayBe(from.Pods) {
				who.Reaches([]networkingv1.NetworkPolicyPeer{{NamespaceSelector: traffic.NamespaceNamed(name), PodSelector: NotOurs()}}, scope.Port{})
			}
		}
	}
}

// NotOurs selects the pods of a workspace that are no app's of ours.
func NotOurs() *metav1.LabelSelector {
	return &metav1.LabelSelector{MatchExpressions: []metav1.LabelSelectorRequirement{{Key: labels.ManagedBy, Operator: metav1.LabelSelectorOpNotIn, Values: []string{labels.Stillsuit}}}}
}

// hosts are the full names that Ingresses of a workspace may use,
// sorted; those that are wrong, or another workspace's, are reported.
func (r Workspaces) hosts(name string) []string {
	var out []string
	for i, written := range r.Desired.Namespaces[name].Hosts {
		at := model.Path{"namespaces", name, "hosts", fmt.Sprint(i)}
		host := traffic.FullHost(written, r.Desired.Cluster.Domain)
		switch {
		case !traffic.CheckHost(r.Scope, at, "host", "workspace "+name, written):
			continue
		case !strings.Contains(host, "."):
			r.Error(at, "expose/no-domain", fmt.Sprintf("host %s is written without a dot", written), "the cluster has no domain to give it", "write the host out, or set cluster: domain")
			continue
		}
		for _, other := range slices.Sorted(maps.Keys(r.Desired.Namespaces)) {
			if other == name || r.Desired.Namespaces[other].Workspace == "" {
				continue
			}
			for _, theirs := range r.Desired.Namespaces[other].Hosts {
				if full := traffic.FullHost(theirs, r.Desired.Cluster.Domain); full != host && traffic.Matches(full, host) || full == host && other < name {
					r.Error(at, "namespace/hosts", fmt.Sprintf("host %s is given to workspace %s", host, name), fmt.Sprintf("%s of workspace %s holds it too", full, other), "give it to one of them")
				}
			}
		}
		out = append(out, host)
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// Workspace is what those who fill one from outside Flux may use, and what is not theirs.
type Workspace struct {
	Hosts       []string // sorted, as are all of these
	Middlewares []string // as Traefik names them
	Selectors   []map[string]string
	Claims      []string
	Secrets     []string
	ClaimCount  int64 // with those that are made for single pods
}
