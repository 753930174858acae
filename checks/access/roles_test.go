package access_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
	rbacv1 "k8s.io/api/rbac/v1"
	"sigs.k8s.io/yaml"

	"stillsuit.dev/checks"
	"stillsuit.dev/finding"
	"stillsuit.dev/generator/manifest"
	"stillsuit.dev/inventory"
)

// found are the findings about roles of a tree that no CUE produced.
func found(t *testing.T, objects ...*manifest.Object) []finding.Finding {
	t.Helper()
	out, err := checks.Run(&inventory.Subject{Places: nowhere{}, Objects: objects}, checkers(), nil)
	require.NoError(t, err)
	return out
}

func roleOf(t *testing.T, rules string) *manifest.Object {
	t.Helper()
	role := &rbacv1.ClusterRole{}
	role.Name = "x"
	require.NoError(t, yaml.Unmarshal([]byte("rules: "+rules), role))
	return &manifest.Object{ID: manifest.ID{Group: rbacv1.GroupName, Kind: "ClusterRole", Name: "x"}, Value: role}
}

// TestNames has rules with one name in them that means nothing, and rules like them that are sound.
func TestNames(t *testing.T) {
	for rules, want := range map[string]string{
		`[{apiGroups: [""], resources: ["pod"], verbs: ["get"]}]`:                                                                                          "ClusterRole x names the resource pod, which the core API group does not have. RBAC takes any name, so this gives no right. Write \"pods\".",
		`[{apiGroups: [""], resources: ["pods", "pods/logs"], verbs: ["get"]}]`:                                                                            "ClusterRole x names the resource pods/logs, which the core API group does not have. RBAC takes any name, so this gives no right. Write \"pods/log\".",
		`[{apiGroups: [""], resources: ["pods", "deployments"], verbs: ["get"]}]`:                                                                          "ClusterRole x names the resource deployments, which the core API group does not have. RBAC takes any name, so this gives no right. Add \"apps\" to the API groups of the rule.",
		`[{apiGroups: ["app"], resources: ["deployments"], verbs: ["get"]}]`:                                                                               "ClusterRole x names the API group app, which Kubernetes does not have. RBAC takes any name, so this gives no right. Write \"apps\".",
		`[{apiGroups: ["apps/v1"], resources: ["deployments"], verbs: ["get"]}]`:                                                                           "ClusterRole x names the API group apps/v1; rights name groups without a version. RBAC takes any name, so this gives no right. Write \"apps\".",
		`[{apiGroups: [""], resources: ["pods"], verbs: ["get", "lists"]}]`:                                                                                "ClusterRole x names the verb lists, which the Kubernetes API does not have. RBAC takes any name, so this gives no right. Write \"list\".",
		`[{apiGroups: ["example.com"], resources: ["things"], verbs: ["read"]}]`:                                                                           "ClusterRole x names the verb read, which the Kubernetes API does not have. RBAC takes any name, so this gives no right. Write \"get\", \"list\", \"watch\".",
		`[{apiGroups: ["", "apps", "extensions"], resources: ["pods", "deployments", "ingresses"], verbs: ["get", "list", "watch"]}]`:                      "",
		`[{apiGroups: [""], resources: ["${RESOURCE}"], verbs: ["${VERB}"]}]`:                                                                              "",
		`[{apiGroups: ["metrics.k8s.io"], resources: ["pods", "nodes", "things/of"], verbs: ["get", "list"]}]`:                                             "",
		`[{apiGroups: ["*"], resources: ["*"], verbs: ["*"]}, {nonResourceURLs: ["/metrics"], verbs: ["get", "post"]}]`:                                    "",
		`[{apiGroups: ["apps"], resources: ["*/scale", "deployments/finalizers", "replicasets/status", "controllerrevisions/status"], verbs: ["update"]}]`: "",
		`[{apiGroups: ["policy"], resources: ["podsecuritypolicies"], resourceNames: ["x"], verbs: ["use"]}]`:                                              "",
		`[{apiGroups: ["cert-manager.io"], resources: ["signers"], resourceNames: ["issuers.cert-manager.io/*"], verbs: ["approve"]}]`:                     "",
	} {
		out := found(t, roleOf(t, rules))
		if want == "" {
			require.Empty(t, out, rules)
			continue
		}
		require.Len(t, out, 1, rules)
		require.Equal(t, want, out[0].Message())
		require.Equal(t, finding.Warning, out[0].Severity)
	}
}

// TestNamesOfDefinitions compares with a CustomResourceDefinition of the tree. There may be
// others in its group.
func TestNamesOfDefinitions(t *testing.T) {
	definition := &manifest.Object{ID: manifest.ID{Group: "apiextensions.k8s.io", Kind: "CustomResourceDefinition", Name: "widgets.example.com"}, Value: map[string]any{
		"spec": map[string]any{"group": "example.com", "names": map[string]any{"plural": "widgets", "singular": "widget", "kind": "Widget", "shortNames": []any{"wd"}}},
	}}
	for resource, want := range map[string]string{"widgets": "", "widgets/status": "", "gadgets": "", "widget": `write "widgets"`, "Widget/status": `write "widgets/status"`, "wd": `write "widgets"`} {
		out := found(t, definition, roleOf(t, `[{apiGroups: ["example.com"], resources: ["`+resource+`"], verbs: ["get"]}]`))
		if want == "" {
			require.Empty(t, out, resource)
			continue
		}
		require.Len(t, out, 1)
		require.Equal(t, want, out[0].Fix)
	}
}

// TestRolesOfKubernetes gives the check every role that Kubernetes itself makes
// (k8s.io/kubernetes v1.36.3, plugin/pkg/auth/authorizer/rbac/bootstrappolicy/testdata).
func TestRolesOfKubernetes(t *testing.T) {
	files, err := filepath.Glob("testdata/kubernetes/*.yaml")
	require.NoError(t, err)
	rules := 0
	for _, file := range files {
		b, err := os.ReadFile(file)
		require.NoError(t, err)
		var roles rbacv1.ClusterRoleList
		require.NoError(t, yaml.Unmarshal(b, &roles))
		for i := range roles.Items {
			role := &roles.Items[i]
			rules += len(role.Rules)
			require.Empty(t, found(t, &manifest.Object{ID: manifest.ID{Group: rbacv1.GroupName, Kind: "ClusterRole", Name: role.Name}, Value: role}))
		}
	}
	require.Greater(t, rules, 400)
}
