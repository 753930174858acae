package network

import (
	"fmt"
	"slices"
	"strings"

	"stillsuit.dev/generator/manifest"
	"stillsuit.dev/inventory"
)

// Table is what gets through the NetworkPolicies of a cluster, a line for each source and
// target, sorted: admitted or denied, and "wrong" behind what should be the other.
func Table(s *inventory.Subject) (string, error) {
	var unread error
	w := build(s.Objects, func(_ *manifest.Object, err error) { unread = err })
	if unread != nil {
		return "", unread
	}
	c, err := gather(s)
	if err != nil {
		return "", err
	}
	c.bound(w)
	var lines []string
	for _, r := range c.rows() {
		got, _ := w.lets(r.from, r.to, r.at)
		text := map[answer]string{yes: "admitted", no: "denied", maybe: "not known"}[got]
		if got == maybe || r.must != (got == yes) {
			text += " WRONG"
		}
		lines = append(lines, fmt.Sprintf("%s: %s\n", r, text))
	}
	slices.Sort(lines)
	return strings.Join(slices.Compact(lines), ""), nil
}
