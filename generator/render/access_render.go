package render

import (
	corev1 "k8s.io/api/core/v1"
	rbacv1 "k8s.io/api/rbac/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// outsiderObject is a ServiceAccount, whose token pods get when they ask for it.
func outsiderObject(o outsider) made {
	m := o.id.meta(map[string]string{labelManagedBy: managedBy})
	return of(accessUnit(), kindAccount, &corev1.ServiceAccount{ObjectMeta: m, AutomountServiceAccountToken: ptr(false)}, o.at)
}

func roleObject(r role) made {
	return of(r.unit, kindRole, &rbacv1.Role{ObjectMeta: r.id.meta(r.labels), Rules: r.rules}, r.at)
}

func bindingObject(b binding) made {
	m := b.id.meta(b.labels)
	m.Annotations = map[string]string{annotationForce: "enabled"} // what a binding refers to cannot be changed
	ref := rbacv1.RoleRef{APIGroup: kindRole.Group, Kind: kindRole.Kind, Name: b.role}
	return of(b.unit, kindBinding, &rbacv1.RoleBinding{ObjectMeta: m, RoleRef: ref, Subjects: []rbacv1.Subject{b.to}}, b.at)
}

func (id accountID) meta(labels map[string]string) metav1.ObjectMeta {
	return metav1.ObjectMeta{Name: id.name, Namespace: id.namespace, Labels: labels}
}
