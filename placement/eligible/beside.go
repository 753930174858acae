package eligible

import (
	"fmt"
	"slices"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"

	"stillsuit.dev/inventory"
)

// company is where the pods run that others must be beside.
type company struct {
	whom  string
	nodes []string
}

// beside returns where required pod affinity to other pods of the subject lets the
// pods run; nil for anywhere. seen are the pods on the way, which ask nothing of
// each other again.
func (l *Finder) beside(p *inventory.PodTemplate, seen []*inventory.PodTemplate) (*company, error) {
	if p.Spec.Affinity == nil || p.Spec.Affinity.PodAffinity == nil {
		return nil, nil
	}
	var out *company
	for _, term := range p.Spec.Affinity.PodAffinity.RequiredDuringSchedulingIgnoredDuringExecution {
		if term.TopologyKey != corev1.LabelHostname || term.NamespaceSelector != nil {
			continue // wider than a node, or pods of namespaces that are chosen in the cluster
		}
		selector, err := metav1.LabelSelectorAsSelector(term.LabelSelector)
		if err != nil {
			return nil, fmt.Errorf("read pod affinity of %s: %w", p.DisplayName(), err)
		}
		found := l.running(p, term.Namespaces, selector, seen)
		if found == nil {
			continue
		}
		if out != nil {
			found.nodes = slices.DeleteFunc(found.nodes, func(n string) bool { return !slices.Contains(out.nodes, n) })
		}
		out = found
	}
	return out, nil
}

// running is where the pods run that a selector finds; nil when it finds none here,
// or those that ask.
func (l *Finder) running(p *inventory.PodTemplate, namespaces []string, selector labels.Selector, seen []*inventory.PodTemplate) *company {
	if len(namespaces) == 0 {
		namespaces = []string{p.Object.Namespace}
	}
	var out *company
	for _, other := range l.pods {
		if !slices.Contains(namespaces, other.Object.Namespace) || !selector.Matches(labels.Set(other.Labels)) {
			continue
		}
		if slices.Contains(seen, other) {
			return nil
		}
		eligible, err := l.of(other, seen)
		if err != nil {
			return nil // the others are refused, and where they would run is not known
		}
		if out == nil {
			out = &company{whom: other.DisplayName()}
		}
		out.nodes = append(out.nodes, eligible.Names...)
	}
	return out
}
