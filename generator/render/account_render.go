package render

import (
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// accountObject is a ServiceAccount whose token no pod gets by itself.
func accountObject(u unit, w *resolvedWorkload) []made {
	if w.account == nil {
		return nil
	}
	m := metav1.ObjectMeta{Name: w.account.name, Namespace: w.namespace, Labels: w.account.labels}
	return []made{of(u, kindAccount, &corev1.ServiceAccount{ObjectMeta: m, AutomountServiceAccountToken: ptr(false)}, w.account.at)}
}
