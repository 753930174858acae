package scheduler

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/labels"
)

// counter counts pods on each node: those that selectors choose, or those that have a
// term of affinity. States keep the counts up to date, so that a pod's placing does not
// look at other pods.
type counter struct {
	choosers []chooser // all must choose a pod
	owned    bool      // counts the owners of a term, who say so themselves
}

// chooser chooses pods by namespace and labels.
type chooser struct {
	namespaces map[string]bool
	everywhere bool // whatever the namespace
	selector   labels.Selector
}

func (ch *chooser) chooses(c *class) bool {
	return (ch.everywhere || ch.namespaces[c.namespace]) && ch.selector.Matches(labels.Set(c.labels))
}

func (ch *chooser) String() string {
	// Nothing and everything are both written as "".
	return fmt.Sprintf("%t %s %t %s", ch.everywhere, strings.Join(slices.Sorted(maps.Keys(ch.namespaces)), ","), ch.selector.Empty(), ch.selector)
}

// counter returns the number of the counter of the pods that all of these choose.
func (s *Scheduler) counter(choosers ...chooser) int {
	var key strings.Builder
	for i := range choosers {
		key.WriteString(choosers[i].String() + ";")
	}
	return s.addCounter("pods "+key.String(), counter{choosers: choosers})
}

func (s *Scheduler) addCounter(key string, c counter) int {
	if id, known := s.counterID[key]; known {
		return id
	}
	id := len(s.counters)
	s.counterID[key] = id
	s.counters = append(s.counters, c)
	for _, class := range s.list {
		class.count(id, &c)
	}
	return id
}

// count notes that a counter counts the class.
func (c *class) count(id int, by *counter) {
	if by.owned {
		return
	}
	for i := range by.choosers {
		if !by.choosers[i].chooses(c) {
			return
		}
	}
	c.counted = append(c.counted, id)
}

// inDomain adds up a counter over the domains of a topology, into scratch.
func (st *State) inDomain(counter int, t *topology) []int32 {
	if cap(st.domains) < t.n {
		st.domains = make([]int32, t.n)
	}
	out := st.domains[:t.n]
	clear(out)
	for i, count := range st.counts[counter*len(t.of) : (counter+1)*len(t.of)] {
		if d := t.of[i]; d >= 0 {
			out[d] += count
		}
	}
	return out
}
