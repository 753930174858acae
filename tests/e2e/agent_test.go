package e2e_test

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/stretchr/testify/require"
	networkingv1 "k8s.io/api/networking/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/client-go/dynamic"

	"stillsuit.dev/tests/e2e/rig"
)

const workspace = "sietch-sentia"

// attempt is something that the agent of arrakeen asks of the API server.
type attempt struct {
	name, verb, object string
	refused            string // a pattern of the answer; "" when it may
}

// attempts are what the agent may do in its workspace, and ways out of it.
func attempts() []attempt {
	const meta = `, metadata: {name: tried, namespace: sietch-sentia}, `
	from := func(image, spec, container string) string {
		return `{apiVersion: v1, kind: Pod` + meta + `spec: {` + spec + `containers: [{name: main, image: "` + image + `", securityContext: {allowPrivilegeEscalation: false, capabilities: {drop: [ALL]}}` + container + `}], securityContext: {runAsNonRoot: true, runAsUser: 101, seccompProfile: {type: RuntimeDefault}}}}`
	}
	pod := func(spec, container string) string {
		return from("docker.io/library/nginx:1.31-alpine", "automountServiceAccountToken: false, "+spec, container)
	}
	ingress := func(host, rest string) string {
		return `{apiVersion: networking.k8s.io/v1, kind: Ingress` + meta + `spec: {ingressClassName: traefik, rules: [{host: ` + host + `, http: {paths: [{path: /, pathType: Prefix, backend: {service: {name: tried, port: {number: 80}}}}]}}]` + rest + `}}`
	}
	service := func(spec string) string {
		return `{apiVersion: v1, kind: Service` + meta + `spec: {ports: [{port: 80}], selector: {app: tried}` + spec + `}}`
	}
	// Rules of workspaces and policies of the cluster both judge; which of them is told
	// is open where both refuse.
	const hosts, services = "may use only the hosts|'ingress-hosts'", "workspace-sietch-sentia-services|'node-ports'|'external-addresses'|'load-balancer-addresses'"
	return []attempt{
		{"a pod without amounts", "create", pod("", ""), ""},
		{"a Service", "create", service(""), ""},
		{"an Ingress with a host of its own", "create", ingress("shop.sentia.lan", ""), ""},

		{"a host of ours", "create", ingress("openclaw.lan", ""), hosts},
		{"the host of an app that lives beside it", "create", ingress("docs.lan", ""), hosts},
		{"every host", "create", ingress(`"*.lan"`, ""), hosts},
		{"a certificate for another host", "create", ingress("shop.sentia.lan", `, tls: [{hosts: [openclaw.lan], secretName: x}]`), hosts},
		{"an address", "create", service(", type: LoadBalancer"), services},
		{"a port of the nodes", "create", service(", type: NodePort"), services},
		{"another's address", "create", service(`, externalIPs: ["192.168.2.10"]`), services},
		{"another's name", "create", service(", type: ExternalName, externalName: openclaw.openclaw.svc.cluster.local"), services},

		{"the node's network", "create", pod("hostNetwork: true, ", ""), `violates PodSecurity "restricted`},
		{"the node's files", "create", pod("volumes: [{name: root, hostPath: {path: /}}], ", ""), `violates PodSecurity "restricted`},
		{"a place before everyone", "create", pod("priorityClassName: system-cluster-critical, ", ""), "exceeded quota|'system-priority'"},
		{"a token of an account that is not its own", "create", from("docker.io/library/nginx:1.31-alpine", "", ""), "'default-account'"},
		{"an image of a registry that nobody named", "create", from("registry.example/nginx:1.31-alpine", "automountServiceAccountToken: false, ", ""), "'image-registries'"},
		{"an image without a version", "create", from("docker.io/library/nginx:latest", "automountServiceAccountToken: false, ", ""), "'image-tags'|'pull-policy'"},
		{"more memory than is left", "create", pod("", ", resources: {requests: {cpu: 10m, memory: 8Gi}, limits: {memory: 8Gi}}"), "exceeded quota"},

		{"a pod elsewhere", "create", `{apiVersion: v1, kind: Pod, metadata: {name: tried, namespace: openclaw}}`, "forbidden"},
		{"a secret", "get", `{apiVersion: v1, kind: Secret, metadata: {name: openclaw, namespace: openclaw}}`, "forbidden"},
		{"a secret of its workspace", "get", `{apiVersion: v1, kind: Secret` + meta + `}`, "forbidden"},
		{"rights", "create", `{apiVersion: rbac.authorization.k8s.io/v1, kind: RoleBinding` + meta + `roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: cluster-admin}}`, "forbidden"},
		{"a way through the walls", "create", `{apiVersion: networking.k8s.io/v1, kind: NetworkPolicy` + meta + `spec: {podSelector: {}}}`, "forbidden"},
		{"Flux's hands", "create", `{apiVersion: kustomize.toolkit.fluxcd.io/v1, kind: Kustomization` + meta + `spec: {interval: 1h, prune: true, sourceRef: {kind: GitRepository, name: x}}}`, "forbidden"},
		{"no walls", "delete", `{apiVersion: v1, kind: ResourceQuota, metadata: {name: sietch-sentia, namespace: sietch-sentia}}`, "forbidden"},
		{"another namespace", "create", `{apiVersion: v1, kind: Namespace, metadata: {name: tried}}`, "forbidden"},
	}
}

// agent lets the agent of arrakeen try to leave its workspace, with the rights
// that its ServiceAccount has.
func (s *scenario) agent() {
	s.Helper()
	as, err := dynamic.NewForConfig(s.As(rig.Account{Namespace: "openclaw", Name: "sententia"}))
	require.NoError(s, err)
	for _, a := range attempts() {
		err := s.try(as, a)
		if a.refused == "" {
			require.NoError(s, err, a.name)
			continue
		}
		require.Error(s, err, a.name)
		require.Regexp(s, a.refused, err.Error(), a.name)
	}
	s.figures.add("the agent's attempts", "%d, each answered as declared", len(attempts()))

	// What it may change of ours, Flux changes back.
	ingresses := networkingv1.SchemeGroupVersion.WithResource("ingresses")
	require.NoError(s, as.Resource(ingresses).Namespace(workspace).Delete(s.Context(), "docs-web", metav1.DeleteOptions{}))
	require.NoError(s, s.Reconcile("docs"))
	require.NoError(s, s.Await("Flux to make the Ingress again", time.Minute, func(ctx context.Context) (bool, error) {
		_, err := s.Client.NetworkingV1().Ingresses(workspace).Get(ctx, "docs-web", metav1.GetOptions{})
		return err == nil, nil
	}))
	s.settled(s.push())

	// The rules are as the API server reads them.
	for _, o := range s.rendered.Objects() {
		if o.Kind != "ValidatingAdmissionPolicy" {
			continue
		}
		policy, err := s.Get(s.object(o))
		require.NoError(s, err)
		warnings, _, err := unstructured.NestedSlice(policy.Object, "status", "typeChecking", "expressionWarnings")
		require.NoError(s, err)
		warnings = slices.DeleteFunc(warnings, func(w any) bool {
			// One about several kinds reads what only some have, if it is there.
			text, _ := w.(map[string]any)["warning"].(string)
			return strings.Contains(text, "undefined field") && severalKinds(policy)
		})
		require.Empty(s, warnings, o.Name)
	}
}

// severalKinds reports whether a ValidatingAdmissionPolicy is about several kinds.
func severalKinds(policy *unstructured.Unstructured) bool {
	rules, _, _ := unstructured.NestedSlice(policy.Object, "spec", "matchConstraints", "resourceRules")
	kinds := 0
	for _, r := range rules {
		resources, _ := r.(map[string]any)["resources"].([]any)
		kinds += len(resources)
	}
	return kinds > 1
}

// try asks the API server without anything coming of it.
func (s *scenario) try(as dynamic.Interface, a attempt) error {
	s.Helper()
	objects, err := rig.Parse(a.object)
	require.NoError(s, err, a.name)
	o := objects[0]
	mapping, err := s.Mapper.RESTMapping(o.GroupVersionKind().GroupKind())
	require.NoError(s, err, a.name)
	var resource dynamic.ResourceInterface = as.Resource(mapping.Resource)
	if o.GetNamespace() != "" {
		resource = as.Resource(mapping.Resource).Namespace(o.GetNamespace())
	}
	dry := []string{metav1.DryRunAll}
	switch a.verb {
	case "create":
		_, err = resource.Create(s.Context(), o, metav1.CreateOptions{DryRun: dry})
	case "delete":
		err = resource.Delete(s.Context(), o.GetName(), metav1.DeleteOptions{DryRun: dry})
	default:
		_, err = resource.Get(s.Context(), o.GetName(), metav1.GetOptions{})
	}
	if err != nil {
		require.True(s, apierrors.IsForbidden(err) || apierrors.IsInvalid(err), "%s: %v", a.name, err)
	}
	return err
}
