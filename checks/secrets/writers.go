package secrets

import (
	"slices"

	rbacv1 "k8s.io/api/rbac/v1"

	"stillsuit.dev/generator/manifest"
)

// writers are the subjects with a right to create Secrets, as what may make some: programs
// such as kube-webhook-certgen do.
func writers(objects []object) []possible {
	roles := map[manifest.ID][]rbacv1.PolicyRule{}
	for _, o := range objects {
		switch role := o.Value.(type) {
		case *rbacv1.Role:
			roles[o.ID] = role.Rules
		case *rbacv1.ClusterRole:
			roles[o.ID] = role.Rules
		}
	}
	var out []possible
	for _, o := range objects {
		var ref rbacv1.RoleRef
		var to []rbacv1.Subject
		switch binding := o.Value.(type) {
		case *rbacv1.RoleBinding:
			ref, to = binding.RoleRef, binding.Subjects
		case *rbacv1.ClusterRoleBinding:
			ref, to = binding.RoleRef, binding.Subjects
		default:
			continue
		}
		id := manifest.ID{Group: ref.APIGroup, Kind: ref.Kind, Name: ref.Name}
		if ref.Kind == "Role" {
			id.Namespace = o.Namespace
		}
		if !slices.ContainsFunc(roles[id], createsSecrets) {
			continue
		}
		for _, s := range to {
			if s.Kind == rbacv1.ServiceAccountKind {
				out = append(out, possible{who: "account " + name{s.Namespace, s.Name}.String(), namespace: o.Namespace})
			}
		}
	}
	return out
}

// createsSecrets reports whether a rule lets somebody create a Secret. One with resourceNames
// does not: the API server knows no name before the object is made.
func createsSecrets(rule rbacv1.PolicyRule) bool {
	has := func(list []string, one string) bool { return slices.Contains(list, one) || slices.Contains(list, "*") }
	return has(rule.APIGroups, "") && has(rule.Resources, "secrets") && has(rule.Verbs, "create") && len(rule.ResourceNames) == 0
}
