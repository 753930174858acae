package gate

import (
	"slices"
	"strconv"
)

// secrets compares who can read what is encrypted.
func (c facts) secrets() {
	base, head := c.base.Cluster, c.head.Cluster
	for i, recipient := range head.Secrets.Age {
		if !slices.Contains(base.Secrets.Age, recipient) {
			c.weaker(fact("secrets", "age", strconv.Itoa(i)), fact("secrets", "age"), "secrets are encrypted to "+recipient+" too", "that key reads none of them")
		}
	}
}
