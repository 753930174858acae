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

// needs are the labels that it requires of all pods that it counts.
func (c *counter) needs() []label {
	var out []label
	for i := range c.choosers {
		out = append(out, needs(c.choosers[i].selector)...)
	}
	return out
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

// count notes that a counter counts the class.
func (c *class) count(id int, by *counter) {
	for i := range by.choosers {
		if !by.choosers[i].chooses(c) {
			return
		}
	}
	c.counted = append(c.counted, id)
}
