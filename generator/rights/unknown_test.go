package rights_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"stillsuit.dev/generator/rights"
)

// What a grant is read as, and what it should have been: nothing where it is right.
func TestMisnamedGrant(t *testing.T) {
	for written, want := range map[string]string{
		"pod": "pods", "Pods": "pods", "po": "pods", "svc": "services", "configmap": "configmaps", "secret": "secrets",
		"deployments": "apps/deployments", "app/deployments": "apps/deployments", "apps/deployment": "apps/deployments", "apps/Deployment": "apps/deployments",
		"statefullsets": "apps/statefulsets", "jobs": "batch/jobs", "cronjob": "batch/cronjobs", "ingress": "networking.k8s.io/ingresses",
		"networking/ingresses": "networking.k8s.io/ingresses", "networking.k8s.oi/ingresses": "networking.k8s.io/ingresses", "rbac/roles": "rbac.authorization.k8s.io/roles",
		"pods/logs": "pods/log", "pod/log": "pods/log", "pods/foo": "", "deployments/scale": "apps/deployments/scale", "apps/deployments/scales": "apps/deployments/scale",
		"deployments.apps": "apps/deployments", "apps/v1/deployments": "apps/deployments", "v1/pods": "pods", "core/pods": "pods", "deployments/apps": "apps/deployments",
		"foo": "", "apps/foo": "",
	} {
		m, bad := rights.MisnamedGrant(written)
		require.True(t, bad, written)
		require.Equal(t, want, m.Instead, written)
		if want != "" {
			_, bad = rights.MisnamedGrant(want)
			require.False(t, bad, want)
		}
	}
	for _, sound := range []string{
		"pods", "pods/log", "pods/exec", "pods/ephemeralcontainers", "nodes/metrics", "serviceaccounts/token", "events", "endpoints",
		"apps/deployments", "apps/deployments/scale", "apps/deployments/finalizers", "batch/cronjobs/status", "events.k8s.io/events",
		"extensions/ingresses", "policy/podsecuritypolicies", "networking.k8s.io/networkpolicies/status", "resource.k8s.io/resourceclasses",
		"cert-manager.io/certificates", "metrics.k8s.io/pods", "custom.metrics.k8s.io/pods", "helm.toolkit.fluxcd.io/helmrelease", "networking.istio.io/gateways", "*", "apps/*",
	} {
		m, bad := rights.MisnamedGrant(sound)
		require.False(t, bad, "%s: %v", sound, m)
	}
}

func TestMisnamedResource(t *testing.T) {
	for _, c := range []struct {
		groups []string
		name   string
		fix    string // empty where it is right
	}{
		{[]string{""}, "pod", `write "pods"`},
		{[]string{""}, "deployments", `add "apps" to the API groups of the rule`},
		{[]string{"", "apps"}, "deployments", ""},
		{[]string{"", "apps"}, "statefulset", `write "statefulsets"`},
		{[]string{"extensions"}, "ingresses", ""},
		{[]string{"apps", "cert-manager.io"}, "issuers", ""},
		{[]string{"*"}, "pod", ""},
		{[]string{"apps"}, "*/scale", ""},
		{[]string{"apps"}, "*/scales", "correct the resource, as `kubectl api-resources` lists it"},
		{[]string{"batch"}, "jobs/log", "write one that jobs has: status"},
		{[]string{""}, "configmaps/log", `take "configmaps/log" out: configmaps has no subresource log`},
		{[]string{"authentication.k8s.io"}, "userextras/scopes", ""},
		{[]string{"certificates.k8s.io"}, "signers", ""},
	} {
		m, bad := rights.MisnamedResource(c.groups, c.name)
		require.Equal(t, c.fix != "", bad, c.name)
		require.Equal(t, c.fix, m.Fix, c.name)
	}
}

func TestMisnamedGroup(t *testing.T) {
	for group, fix := range map[string]string{
		"app": `write "apps"`, "core": `write "", the core group`, "v1": `write "", the core group`, "apps/v1": `write "apps"`, "rbac.authorization.k8s.oi": "",
		"things": `write "apps"`, "networking": `write "apps"`,
	} {
		m, bad := rights.MisnamedGroup(group, []string{"deployments"})
		require.Equal(t, fix != "", bad, group)
		require.Equal(t, fix, m.Fix, group)
	}
	for _, sound := range []string{"", "*", "apps", "extensions", "metrics.k8s.io", "networking.istio.io", "argoproj.io"} {
		_, bad := rights.MisnamedGroup(sound, []string{"ingresses", "pods"})
		require.False(t, bad, sound)
	}
}

func TestMisnamedVerb(t *testing.T) {
	for verb, fix := range map[string]string{
		"read": `write "get", "list", "watch"`, "lists": `write "list"`, "GET": `write "get"`, "delet": `write "delete"`, "edit": `write "update", "patch"`,
	} {
		for _, group := range []string{"apps", "example.com", "*"} {
			m, bad := rights.MisnamedVerb(verb, []string{group}, false)
			require.True(t, bad, verb)
			require.Equal(t, fix, m.Fix)
		}
	}
	_, bad := rights.MisnamedVerb("frobnicate", []string{"apps"}, false)
	require.True(t, bad)
	_, bad = rights.MisnamedVerb("frobnicate", []string{"apps", "example.com"}, false)
	require.False(t, bad, "another server may ask for it")
	_, bad = rights.MisnamedVerb("post", nil, true)
	require.False(t, bad, "a rule about URLs")
	for _, sound := range []string{"get", "*", "use", "bind", "escalate", "impersonate", "approve", "sign", "attest", "proxy", "impersonate-on:user-info:get", "associated-node:patch"} {
		m, bad := rights.MisnamedVerb(sound, []string{""}, false)
		require.False(t, bad, "%s: %v", sound, m)
	}
}
