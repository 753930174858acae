package scheduler

import (
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/selection"
)

// label is one label with its value.
type label struct{ key, value string }

// needs are the labels that a selector requires of all that it matches.
func needs(s labels.Selector) []label {
	var out []label
	requirements, _ := s.Requirements()
	for i := range requirements {
		switch r := &requirements[i]; r.Operator() {
		case selection.In, selection.Equals, selection.DoubleEquals:
			if values := r.ValuesUnsorted(); len(values) == 1 {
				out = append(out, label{r.Key(), values[0]})
			}
		}
	}
	return out
}

// index finds what may select some labels without asking all that select any: each is filed
// under one of the labels that it requires, the rarest so far.
type index[T any] struct {
	under map[label][]T
	loose []T // what requires no label
}

func (x *index[T]) add(v T, needs []label) {
	if len(needs) == 0 {
		x.loose = append(x.loose, v)
		return
	}
	if x.under == nil {
		x.under = map[label][]T{}
	}
	rarest := needs[0]
	for _, l := range needs[1:] {
		if len(x.under[l]) < len(x.under[rarest]) {
			rarest = l
		}
	}
	x.under[rarest] = append(x.under[rarest], v)
}

// each calls a function for what may select labels, in no order.
func (x *index[T]) each(of map[string]string, call func(T)) {
	for _, v := range x.loose {
		call(v)
	}
	for key, value := range of {
		for _, v := range x.under[label{key, value}] {
			call(v)
		}
	}
}
