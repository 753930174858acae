package access_test

import (
	"testing"

	"github.com/stretchr/testify/require"
	rbacv1 "k8s.io/api/rbac/v1"

	"stillsuit.dev/checks"
	"stillsuit.dev/checks/access"
	"stillsuit.dev/checks/checktest"
	"stillsuit.dev/finding"
	"stillsuit.dev/generator/manifest"
	"stillsuit.dev/generator/model"
	"stillsuit.dev/inventory"
)

func checkers() []*checks.Checker { return []*checks.Checker{access.Checker()} }

func TestAccess(t *testing.T) {
	checktest.Run(t, "testdata/base/base.txtar", "testdata/*.txtar", checkers())
}

func TestEveryCodeIsShown(t *testing.T) {
	checktest.EveryCode(t, access.Checker(), "testdata/*.txtar")
}

type nowhere struct{}

func (nowhere) Locate(at inventory.Spot) (finding.Place, string) { return finding.Place{}, "" }

// TestFinishedObjectsCount has one right in a boundary. Each mutant is given another way
// out by objects alone, as a patch would give it, and is noticed.
func TestFinishedObjectsCount(t *testing.T) {
	type way struct {
		name   string
		mutate func(*rbacv1.Role, *rbacv1.RoleBinding)
		code   string
	}
	for _, w := range []way{
		{"sound", func(*rbacv1.Role, *rbacv1.RoleBinding) {}, ""},
		{"of nobody held", func(r *rbacv1.Role, b *rbacv1.RoleBinding) {
			r.Rules[0].Verbs, b.Subjects[0].Name = []string{"escalate"}, "another"
		}, ""},
		{"a verb", func(r *rbacv1.Role, _ *rbacv1.RoleBinding) { r.Rules[0].Verbs = []string{"impersonate"} }, "rbac/escalation"},
		{"a resource", func(r *rbacv1.Role, _ *rbacv1.RoleBinding) {
			r.Rules[0].APIGroups, r.Rules[0].Resources, r.Rules[0].Verbs = []string{"helm.toolkit.fluxcd.io"}, []string{"helmreleases"}, []string{"create"}
		}, "rbac/escalation"},
		{"a wildcard", func(r *rbacv1.Role, _ *rbacv1.RoleBinding) { r.Rules[0].Resources = []string{"*"} }, "rbac/wildcard"},
		{"a group", func(r *rbacv1.Role, b *rbacv1.RoleBinding) {
			r.Rules[0].Verbs = []string{"bind"}
			b.Subjects[0] = rbacv1.Subject{Kind: rbacv1.GroupKind, APIGroup: rbacv1.GroupName, Name: "system:serviceaccounts:tools"}
		}, "rbac/escalation"},
		{"another role", func(_ *rbacv1.Role, b *rbacv1.RoleBinding) { b.RoleRef.Name = "admin" }, "rbac/unknown-role"},
		{"another namespace", func(_ *rbacv1.Role, b *rbacv1.RoleBinding) { b.Namespace = "web" }, "rbac/boundary"},
	} {
		t.Run(w.name, func(t *testing.T) {
			role := &rbacv1.Role{Rules: []rbacv1.PolicyRule{{APIGroups: []string{""}, Resources: []string{"configmaps"}, Verbs: []string{"get"}}}}
			role.Name, role.Namespace = "reads", "sandbox"
			binding := &rbacv1.RoleBinding{
				RoleRef:  rbacv1.RoleRef{APIGroup: rbacv1.GroupName, Kind: "Role", Name: "reads"},
				Subjects: []rbacv1.Subject{{Kind: rbacv1.ServiceAccountKind, Namespace: "tools", Name: "agent"}},
			}
			binding.Name, binding.Namespace = "reads", "sandbox"
			w.mutate(role, binding)
			subject := &inventory.Subject{
				Places: nowhere{},
				RBAC:   map[string]*model.RBAC{"agent": {Account: "tools/agent", Boundary: []string{"sandbox"}}},
				Objects: []*manifest.Object{
					{ID: manifest.ID{Group: rbacv1.GroupName, Kind: "Role", Namespace: role.Namespace, Name: role.Name}, Value: role},
					{ID: manifest.ID{Group: rbacv1.GroupName, Kind: "RoleBinding", Namespace: binding.Namespace, Name: binding.Name}, Value: binding},
				},
			}
			found, err := checks.Run(subject, checkers(), nil)
			require.NoError(t, err)
			if w.code == "" {
				require.Empty(t, found)
				return
			}
			require.Len(t, found, 1)
			require.EqualValues(t, w.code, found[0].Code)
		})
	}
}
