package secrets

import (
	"slices"

	"stillsuit.dev/inventory"
)

// Need is a Secret that an app or a chart of a cluster declares by a name, and so brings no
// file for.
type Need struct {
	// Entry leads to the app or the chart, and Alias is its name of the Secret there.
	Entry []string
	Alias string
	// Namespace and Name are the Secret's.
	Namespace, Name string
	// Keys are those that the entry reads, sorted, as far as that is declared.
	Keys []string
}

// Needs lists them, whether something makes the Secret or not.
func Needs(s *inventory.Subject) []Need {
	var out []Need
	for _, e := range entriesOf(s) {
		out = append(out, Need{Entry: e.path, Alias: e.alias, Namespace: e.secret.namespace, Name: e.secret.name, Keys: slices.Compact(slices.Sorted(slices.Values(e.keys)))})
	}
	return out
}
