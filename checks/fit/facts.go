package fit

import (
	"maps"

	corev1 "k8s.io/api/core/v1"
	policyv1 "k8s.io/api/policy/v1"

	"stillsuit.dev/generator/manifest"
	"stillsuit.dev/inventory"
)

// facts is what kube-scheduler knows besides pods and nodes.
type facts struct {
	storage    *storage
	namespaces map[string]map[string]string // labels by name
	services   []*corev1.Service
	budgets    []*policyv1.PodDisruptionBudget
	minor      int
}

// readFacts collects them, without the objects that the API server refuses.
func readFacts(s *inventory.Subject, refused map[*manifest.Object]bool) *facts {
	f := &facts{storage: readStorage(s, refused), minor: s.Minor}
	f.namespaces = map[string]map[string]string{}
	for _, o := range s.Objects {
		if refused[o] {
			continue
		}
		switch v := o.Value.(type) {
		case *corev1.Namespace:
			labels := maps.Clone(v.Labels)
			if labels == nil {
				labels = map[string]string{}
			}
			labels[corev1.LabelMetadataName] = v.Name
			f.namespaces[v.Name] = labels
		case *corev1.Service:
			f.services = append(f.services, v)
		case *policyv1.PodDisruptionBudget:
			f.budgets = append(f.budgets, v)
		}
	}
	return f
}
