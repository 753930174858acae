package workload

import (
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/utils/ptr"

	"stillsuit.dev/generator/internal/kinds"
	"stillsuit.dev/generator/internal/render/object"
	"stillsuit.dev/generator/internal/resolve/scope"
	"stillsuit.dev/generator/internal/resolve/workload"
)

// AccountObject is a ServiceAccount whose token no pod gets by itself.
func AccountObject(u scope.Unit, w *workload.Resolved) []object.Made {
	if w.Account == nil {
		return nil
	}
	m := metav1.ObjectMeta{Name: w.Account.Name, Namespace: w.Namespace, Labels: w.Account.Labels}
	return []object.Made{object.Of(u, kinds.Account, &corev1.ServiceAccount{ObjectMeta: m, AutomountServiceAccountToken: ptr.To(false)}, w.Account.At)}
}
