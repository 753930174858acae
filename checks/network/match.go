package network

import (
	"slices"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// answer is yes, no, or that it cannot be told.
type answer int

const (
	no answer = iota
	maybe
	yes
)

// set are the labels of something; open says that it may carry others that are not known.
type set struct {
	labels map[string]string
	open   bool
}

// selects reports whether a selector matches labels. Nil selects everything.
func selects(s *metav1.LabelSelector, in set) answer {
	if s == nil {
		return yes
	}
	out := yes
	for key, value := range s.MatchLabels {
		out = min(out, in.holds(key, []string{value}))
	}
	for _, e := range s.MatchExpressions {
		switch e.Operator {
		case metav1.LabelSelectorOpIn:
			out = min(out, in.holds(e.Key, e.Values))
		case metav1.LabelSelectorOpNotIn:
			out = min(out, yes-in.holds(e.Key, e.Values))
		case metav1.LabelSelectorOpExists:
			out = min(out, in.has(e.Key))
		case metav1.LabelSelectorOpDoesNotExist:
			out = min(out, yes-in.has(e.Key))
		default:
			out = min(out, maybe) // the API server refuses it
		}
	}
	return out
}

// has reports whether a key is among the labels.
func (s set) has(key string) answer {
	if _, known := s.labels[key]; known {
		return yes
	}
	if s.open {
		return maybe
	}
	return no
}

// holds reports whether a label has one of some values.
func (s set) holds(key string, values []string) answer {
	if value, known := s.labels[key]; known {
		if slices.Contains(values, value) {
			return yes
		}
		return no
	}
	return s.has(key)
}
