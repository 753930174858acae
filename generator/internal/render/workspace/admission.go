package workspace

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	admissionv1 "k8s.io/api/admissionregistration/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/utils/ptr"

	"stillsuit.dev/finding"
	"stillsuit.dev/generator/internal/kinds"
	"stillsuit.dev/generator/internal/labels"
	"stillsuit.dev/generator/internal/render/object"
	"stillsuit.dev/generator/internal/resolve"
	"stillsuit.dev/generator/internal/resolve/scope"
	"stillsuit.dev/generator/internal/resolve/traffic"
	"stillsuit.dev/generator/internal/resolve/workspaces"
	"stillsuit.dev/generator/model"
)

// inertAnnotations are prefixes of annotations that no controller of traffic
// reads: kubectl, Helm and people write them.
var inertAnnotations = []string{"app.kubernetes.io/", "kubectl.kubernetes.io/", "meta.helm.sh/"}

// admission are the rules of a workspace that RBAC cannot express: whose
// hosts its Ingresses take, and that its Services stay inside of the cluster.
func admission(c *resolve.Cluster, ns *workspaces.Namespace) []object.Made {
	namespace := ns.Name
	return append(rulesOn(ns, "ingresses", "networking.k8s.io", ingressRules(c, ns)), rulesOn(ns, "services", "", []admissionv1.Validation{
		{
			Expression: `object.spec.?type.orValue("ClusterIP") == "ClusterIP"`,
			Message:    fmt.Sprintf("Services in workspace %s must be of type ClusterIP", namespace),
		},
		{
			Expression: `size(object.spec.?externalIPs.orValue([])) == 0`,
			Message:    fmt.Sprintf("Services in workspace %s must not set externalIPs", namespace),
		},
		{
			Expression: annotationsAre(""),
			Message:    fmt.Sprintf("Services in workspace %s must use only these annotations: names without a slash, %s", namespace, finding.AllSorted(inertAnnotations)),
		},
	})...)
}

// ingressRules are in CEL, over an Ingress.
func ingressRules(in *resolve.Cluster, ns *workspaces.Namespace) []admissionv1.Validation {
	c, namespace, hosts := in.Desired.Cluster, ns.Name, ns.Workspace.Hosts
	allowed := "must not use a host"
	if len(hosts) > 0 {
		allowed = "must use only the hosts " + finding.AllSorted(hosts)
	}
	also := []string{fmt.Sprintf(`k == "cert-manager.io/cluster-issuer" && v in %s`, celList(slices.Sorted(maps.Keys(c.Certificates))))}
	entrypoints := c.Ingress.Entrypoints
	if len(entrypoints) == 0 {
		entrypoints = []string{"web", "websecure"}
	}
	if c.Ingress.Class == "traefik" {
		const router = "traefik.ingress.kubernetes.io/router."
		also = append(also,
			fmt.Sprintf(`k == %q`, router+"tls"),
			fmt.Sprintf(`k == %q && v.split(",").all(e, e.trim() in %s)`, router+"entrypoints", celList(entrypoints)),
			fmt.Sprintf(`k == %q && v.split(",").all(m, m.trim() in %s)`, router+"middlewares", celList(ns.Workspace.Middlewares)))
	}
	return []admissionv1.Validation{
		{
			Expression: `size(object.spec.?rules.orValue([])) > 0 && !has(object.spec.defaultBackend)`,
			Message:    fmt.Sprintf("Ingresses in workspace %s must have rules with a host each, and no defaultBackend, which answers for every host", namespace),
		},
		{
			Expression: `object.spec.?rules.orValue([]).all(r, has(r.host) && ` + hostIn("r.host", hosts) + `)`,
			Message:    fmt.Sprintf("Ingresses in workspace %s %s", namespace, allowed),
		},
		{
			Expression: `object.spec.?tls.orValue([]).all(t, size(t.?hosts.orValue([])) > 0 && t.hosts.all(h, ` + hostIn("h", hosts) + `))`,
			Message:    fmt.Sprintf("certificates of Ingresses in workspace %s must name their hosts, and %s", namespace, allowed),
		},
		{
			Expression: fmt.Sprintf(`object.spec.?ingressClassName.orValue("") == %q`, c.Ingress.Class),
			Message:    fmt.Sprintf("Ingresses in workspace %s must set ingressClassName: %s", namespace, c.Ingress.Class),
		},
		{
			// A controller writes the path into a rule of its own: with a backtick it
			// would end there, and another host could follow.
			Expression: `object.spec.?rules.orValue([]).all(r, r.?http.paths.orValue([]).all(p, p.?path.orValue("/").matches("^/[A-Za-z0-9/._~-]*$")))`,
			Message:    fmt.Sprintf("paths of Ingresses in workspace %s must consist of letters, digits and / . _ ~ -", namespace),
		},
		{
			Expression: annotationsAre(strings.Join(also, " || ")),
			Message: fmt.Sprintf("Ingresses in workspace %s must use only these annotations: names without a slash, %s, cert-manager.io/cluster-issuer with an authority of the cluster, and of Traefik's only router.tls, router.entrypoints (%s) and router.middlewares of this namespace",
				namespace, finding.AllSorted(inertAnnotations), finding.OneOfSorted(entrypoints)),
		},
	}
}

// hostIn says in CEL that a host is one of the names, or one label below a star.
func hostIn(host string, hosts []string) string {
	if len(hosts) == 0 {
		return "false"
	}
	names := celList(hosts)
	return fmt.Sprintf(`(%s in %s || %s.contains(".") && ("*" + %s.substring(%s.indexOf("."))) in %s)`, host, names, host, host, host, names)
}

// annotationsAre says in CEL that annotations are inert, or as also says of
// their key k and value v.
func annotationsAre(also string) string {
	expression := fmt.Sprintf(`!k.contains("/") || %s.exists(p, k.startsWith(p))`, celList(inertAnnotations))
	if also != "" {
		expression += " || [object.metadata.annotations[k]].exists(v, " + also + ")"
	}
	return `!has(object.metadata.annotations) || object.metadata.annotations.all(k, ` + expression + `)`
}

func celList(names []string) string {
	quoted := make([]string, len(names))
	for i, n := range names {
		quoted[i] = strconv.Quote(n)
	}
	return "[" + strings.Join(quoted, ", ") + "]"
}

// rulesOn are rules on one resource of a workspace, with their binding.
// Flux is free of them, and so is a change that leaves what they look at as it
// was: the garbage collector removes finalizers of objects that Flux made.
func rulesOn(ns *workspaces.Namespace, resource, group string, validations []admissionv1.Validation) []object.Made {
	flux := []string{"system:serviceaccount:" + scope.UnitFlux + ":helm-controller", "system:serviceaccount:" + scope.UnitFlux + ":kustomize-controller"}
	return enforce(ns, resource, admissionv1.ValidatingAdmissionPolicySpec{
		MatchConstraints: &admissionv1.MatchResources{ResourceRules: []admissionv1.NamedRuleWithOperations{on(group, []string{resource}, admissionv1.Create, admissionv1.Update)}},
		MatchConditions: []admissionv1.MatchCondition{
			{Name: "not-flux", Expression: `!(request.userInfo.username in ` + celList(flux) + `)`},
			{Name: "changed", Expression: `request.operation == "CREATE" || object.spec != oldObject.spec || object.metadata.?annotations != oldObject.metadata.?annotations`},
		},
		Validations: validations,
	})
}

// on is a rule about resources of one API group, "*" standing for every group.
func on(group string, resources []string, operations ...admissionv1.OperationType) admissionv1.NamedRuleWithOperations {
	version := "v1"
	if group == "*" {
		version = "*"
	}
	return admissionv1.NamedRuleWithOperations{RuleWithOperations: admissionv1.RuleWithOperations{
		Operations: operations,
		Rule:       admissionv1.Rule{APIGroups: []string{group}, APIVersions: []string{version}, Resources: resources},
	}}
}

// enforce is a ValidatingAdmissionPolicy that holds in one workspace, with its binding.
func enforce(ns *workspaces.Namespace, name string, spec admissionv1.ValidatingAdmissionPolicySpec) []object.Made {
	m := metav1.ObjectMeta{Name: "workspace-" + ns.Name + "-" + name, Labels: map[string]string{labels.ManagedBy: labels.Stillsuit}}
	spec.FailurePolicy = ptr.To(admissionv1.Fail)
	spec.MatchConstraints.MatchPolicy = ptr.To(admissionv1.Equivalent)
	spec.MatchConstraints.NamespaceSelector = traffic.NamespaceNamed(ns.Name)
	spec.MatchConstraints.ObjectSelector = &metav1.LabelSelector{}
	for i := range spec.Validations {
		spec.Validations[i].Reason = ptr.To(metav1.StatusReasonForbidden)
	}
	at := model.Path{"namespaces", ns.Name}
	return []object.Made{
		object.Of(scope.NamespacesUnit(), kinds.Admission, &admissionv1.ValidatingAdmissionPolicy{ObjectMeta: m, Spec: spec}, at),
		object.Of(scope.NamespacesUnit(), kinds.AdmissionBound, &admissionv1.ValidatingAdmissionPolicyBinding{ObjectMeta: m, Spec: admissionv1.ValidatingAdmissionPolicyBindingSpec{
			PolicyName:        m.Name,
			ValidationActions: []admissionv1.ValidationAction{admissionv1.Deny},
		}}, at),
	}
}
