package access

import (
	"slices"
	"strings"

	rbacv1 "k8s.io/api/rbac/v1"
	"stillsuit.dev/generator/rights"
)

// escape is a kind that somebody with a boundary must not write.
type escape struct {
	group     string // "*.x" stands for every group that ends so
	resources string // separated by spaces; "*" stands for all; with their subresources
	why       string
}

// escapes are ways out of a boundary. The API server would take each of them
// for a right inside of the namespace, or a controller would carry it out with
// its own, wider rights.
func escapes() []escape {
	return []escape{
		{"rbac.authorization.k8s.io", "*", "it could give itself or others more rights"},
		{"", "serviceaccounts/token", "it could take on any account of the namespace"},
		{"", "nodes persistentvolumes", "these are the whole cluster's, and lead to the files of its machines"},
		{"", "namespaces", "it could lift the namespace's Pod Security level"},
		{"", "resourcequotas limitranges", "it could lift what bounds it"},
		{"", "pods/ephemeralcontainers", "no policy is asked about such a container, and no quota counts it"},
		{"", "bindings pods/binding", "it could put a pod on any node, past the scheduler"},
		{"", "endpoints pods/status services/status", "it could lead traffic to any address, past the NetworkPolicies"},
		{"discovery.k8s.io", "endpointslices", "it could lead traffic to any address, past the NetworkPolicies"},
		{"networking.k8s.io", "networkpolicies", "it could open the namespace's network"},
		{"certificates.k8s.io", "*", "it could have a certificate signed in another's name"},
		{"admissionregistration.k8s.io", "*", "it could change the rules that the API server holds it to"},
		{"*.toolkit.fluxcd.io", "*", "Flux would apply what it says, with Flux's own rights"},
		{"*.cattle.io", "*", "K3s would apply what it says, with its own rights"},
		{"traefik.io", "*", "it could take any host: the rules about hosts are on Ingresses"},
		{"gateway.networking.k8s.io", "*", "it could take any host: the rules about hosts are on Ingresses"},
		{"*.cert-manager.io", "*", "it could have a certificate signed for another's host"},
		{"monitoring.coreos.com", "*", "Prometheus would ask any address for it, past the NetworkPolicies, and show it its own files"},
		{"resource.k8s.io", "*", "it could take the devices of a node"},
		{"metallb.io", "*", "it could take another's address"},
		{"*.kyverno.io", "*", "it could exempt itself from policies"},
	}
}

func (e escape) holds(group, resource string) bool {
	if suffix, wild := strings.CutPrefix(e.group, "*"); e.group != group && !(wild && (strings.HasSuffix(group, suffix) || group == suffix[1:])) {
		return false
	}
	return e.resources == "*" || slices.ContainsFunc(strings.Fields(e.resources), func(r string) bool {
		return resource == r || strings.HasPrefix(resource, r+"/")
	})
}

// right is what a rule allows on one resource.
type right struct {
	group, resource string
	verbs           []string
}

// apart writes a rule out, a resource at a time.
func apart(rule rbacv1.PolicyRule) []right {
	var out []right
	for _, group := range rule.APIGroups {
		for _, resource := range rule.Resources {
			out = append(out, right{group, resource, rule.Verbs})
		}
	}
	return out
}

// String writes the resource as a grant does: pods, apps/deployments.
func (x right) String() string { return rights.Written(x.group, x.resource) }

func (x right) wild() bool {
	return x.group == "*" || strings.Contains(x.resource, "*") || slices.Contains(x.verbs, "*")
}

// writes are the verbs that are not only reading.
func (x right) writes() []string {
	var out []string
	for _, v := range x.verbs {
		if !slices.Contains([]string{"get", "list", "watch"}, v) {
			out = append(out, v)
		}
	}
	return out
}

// escapesBy says why the right leads out of a boundary, and by which verbs; or "".
func (x right) escapesBy() (why string, by []string) {
	known := rights.EscapeVerbs()
	for _, v := range x.verbs {
		if known[v] != "" {
			return known[v], []string{v}
		}
	}
	if by = x.writes(); len(by) == 0 {
		return "", nil
	}
	for _, e := range escapes() {
		if e.holds(x.group, x.resource) {
			return e.why, by
		}
	}
	return "", nil
}

// runsPods reports whether the right lets somebody choose what a pod of the
// namespace runs, and so use any account and read any Secret of it.
func (x right) runsPods() bool {
	switch x.group {
	case "":
		if slices.Contains([]string{"pods/exec", "pods/attach"}, x.resource) {
			return true // some clients connect by get
		}
		return slices.Contains([]string{"pods", "pods/ephemeralcontainers", "replicationcontrollers"}, x.resource) && x.changes()
	case "apps":
		return slices.Contains([]string{"deployments", "statefulsets", "daemonsets", "replicasets"}, x.resource) && x.changes()
	case "batch":
		return slices.Contains([]string{"jobs", "cronjobs"}, x.resource) && x.changes()
	}
	return false
}

// changes reports whether something can be put there, not only taken away.
func (x right) changes() bool {
	return slices.ContainsFunc(x.verbs, func(v string) bool { return v == "create" || v == "update" || v == "patch" })
}

// readsSecrets reports whether the right shows the namespace's Secrets. Whoever
// creates one can have it filled with the token of any account.
func (x right) readsSecrets() bool {
	return x.group == "" && x.resource == "secrets" && (len(x.writes()) < len(x.verbs) || x.changes())
}
