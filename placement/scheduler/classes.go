package scheduler

import (
	"fmt"
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/labels"
)

// classes are the templates that pods were made of, and what they have to do with each
// other: the counters that count their pods, the terms that choose them, and what they
// cannot hold together. Whoever comes later is told of all before, and they of it.
type classes struct {
	namespaces map[string]map[string]string // labels by name
	of         map[string]*class            // by all that is written in the template
	list       []*class
	with       map[label][]*class // by each of their labels

	counters  []counter
	counting  index[int] // those that choose pods by their labels, by what they require
	counterID map[string]int
	owned     []owned
	tokens    []token
	tokenID   map[token]int
}

func classesOf(c *Cluster) classes {
	return classes{namespaces: c.Namespaces, of: map[string]*class{}, with: map[label][]*class{}, counterID: map[string]int{}, tokenID: map[token]int{}}
}

// add tells a class of all that is known.
func (s *classes) add(key string, c *class) {
	s.counting.each(c.labels, func(id int) { c.count(id, &s.counters[id]) })
	slices.Sort(c.counted)
	for i := range s.owned {
		c.meet(s, &s.owned[i])
	}
	s.of[key] = c
	s.list = append(s.list, c)
	for key, value := range c.labels {
		l := label{key, value}
		s.with[l] = append(s.with[l], c)
	}
}

// near are the classes that a counter may count: fewer than all where it requires a label.
func (s *classes) near(c *counter) []*class {
	out := s.list
	for _, l := range c.needs() {
		if with := s.with[l]; len(with) < len(out) {
			out = with
		}
	}
	return out
}

// counter returns the number of the counter of the pods that all of these choose.
func (s *classes) counter(choosers ...chooser) int {
	var key strings.Builder
	for i := range choosers {
		key.WriteString(choosers[i].String() + ";")
	}
	return s.addCounter("pods "+key.String(), counter{choosers: choosers})
}

func (s *classes) addCounter(key string, c counter) int {
	if id, known := s.counterID[key]; known {
		return id
	}
	id := len(s.counters)
	s.counterID[key] = id
	s.counters = append(s.counters, c)
	if c.owned {
		return id
	}
	s.counting.add(id, c.needs())
	for _, class := range s.near(&c) {
		class.count(id, &c)
	}
	return id
}

// own notes that the class has a term.
func (s *classes) own(c *class, t term, weight int64, kind string) {
	asked := chooser{namespaces: t.namespaces, selector: t.selector}
	known := len(s.counters)
	id := s.addCounter(fmt.Sprintf("owners %s %d %s %s %t %s", kind, weight, t.topology.key, &asked, t.in.Empty(), t.in), counter{owned: true})
	if id == known {
		o := owned{term: t, reach: reach{id, t.topology, weight}}
		s.owned = append(s.owned, o)
		for _, other := range s.list {
			other.meet(s, &o)
		}
	}
	c.counted = append(c.counted, id)
}

// meet notes that a term of others chooses the class.
func (c *class) meet(s *classes, o *owned) {
	t := &o.term
	if !t.namespaces[c.namespace] && !t.in.Matches(labels.Set(s.namespaces[c.namespace])) || !t.selector.Matches(labels.Set(c.labels)) {
		return
	}
	if o.reach.weight == 0 {
		c.against = append(c.against, o.reach)
	} else {
		c.valued = append(c.valued, o.reach)
	}
}
