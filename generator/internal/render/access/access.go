// Package access makes ServiceAccounts, Roles and RoleBindings.
package access

import (
	corev1 "k8s.io/api/core/v1"
	rbacv1 "k8s.io/api/rbac/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/utils/ptr"

	"stillsuit.dev/generator/internal/kinds"
	"stillsuit.dev/generator/internal/labels"
	"stillsuit.dev/generator/internal/render/object"
	"stillsuit.dev/generator/internal/resolve/access"
	"stillsuit.dev/generator/internal/resolve/scope"
)

// OutsiderObject is a ServiceAccount, whose token pods get when they ask for it.
func OutsiderObject(o access.Outsider) object.Made {
	m := meta(o.ID, map[string]string{labels.ManagedBy: labels.Stillsuit})
	return object.Of(scope.AccessUnit(), kinds.Account, &corev1.ServiceAccount{ObjectMeta: m, AutomountServiceAccountToken: ptr.To(false)}, o.At)
}

// RoleObject is the Role of a role.
func RoleObject(r access.Role) object.Made {
	return object.Of(r.Unit, kinds.Role, &rbacv1.Role{ObjectMeta: meta(r.ID, r.Labels), Rules: r.Rules}, r.At)
}

// BindingObject is the RoleBinding of a binding.
func BindingObject(b access.Binding) object.Made {
	m := meta(b.ID, b.Labels)
	m.Annotations = map[string]string{labels.AnnotationForce: "enabled"} // what a binding refers to cannot be changed
	ref := rbacv1.RoleRef{APIGroup: kinds.Role.Group, Kind: kinds.Role.Kind, Name: b.Role}
	return object.Of(b.Unit, kinds.Binding, &rbacv1.RoleBinding{ObjectMeta: m, RoleRef: ref, Subjects: []rbacv1.Subject{b.To}}, b.At)
}

func meta(id access.AccountID, labels map[string]string) metav1.ObjectMeta {
	return metav1.ObjectMeta{Name: id.Name, Namespace: id.Namespace, Labels: labels}
}
