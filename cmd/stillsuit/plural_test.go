package main

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"stillsuit.dev/finding"
)

// wrongPlural says what is wrong with what many findings of a code say together. Those that
// often come many at a time must have it.
func wrongPlural(d finding.CodeDoc) string {
	said := strings.ReplaceAll(d.Plural, "%%", "")
	family := d.Code.Family()
	switch {
	case d.Plural == "" && (family == "fit" || family == "images"):
		return "it has no plural"
	case d.Plural == "":
	case strings.Count(said, "%d") != 1 || strings.Count(said, "%") != 1:
		return "its plural has not one %d"
	case strings.HasSuffix(said, "."):
		return "its plural ends with a full stop"
	}
	return ""
}

func TestPlurals(t *testing.T) {
	for _, d := range codes() {
		require.Empty(t, wrongPlural(d), d.Code)
	}
	for _, d := range []finding.CodeDoc{{Code: "fit/a"}, {Code: "images/a"}, {Code: "a/b", Plural: "many"}, {Code: "a/b", Plural: "%d of %d"}, {Code: "a/b", Plural: "%d of %s"}, {Code: "a/b", Plural: "%d pods wait."}} {
		require.NotEmpty(t, wrongPlural(d), d)
	}
}
