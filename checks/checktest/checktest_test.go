package checktest_test

import (
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/tools/txtar"

	"stillsuit.dev/checks/checktest"
	"stillsuit.dev/finding"
)

// TestCompare wants each mistake of an expectation noticed.
func TestCompare(t *testing.T) {
	found := finding.Finding{Code: "images/x", Place: finding.Place{File: "a.cue", Line: 2, Column: 3}, Problem: "it says \"so\""}
	for name, c := range map[string]struct {
		text string
		want []string
	}{
		"met":            {"a\nb // want images/x \"says \\\"so\\\"\"\n", nil},
		"met in YAML":    {"a\nb # want images/x \"\"\n", nil},
		"nobody asked":   {"a\nb\n", []string{"nothing wants a.cue:2:3: note: it says \"so\". [images/x]"}},
		"another line":   {"a // want images/x \"\"\nb\n", []string{`a.cue:1: images/x with "" is wanted once, and found 0 times`, "nothing wants a.cue:2:3: note: it says \"so\". [images/x]"}},
		"another code":   {"a\nb // want images/y \"\"\n", []string{`a.cue:2: images/y with "" is wanted once, and found 0 times`, "nothing wants a.cue:2:3: note: it says \"so\". [images/x]"}},
		"another text":   {"a\nb // want images/x \"no\"\n", []string{`a.cue:2: images/x with "no" is wanted once, and found 0 times`, "nothing wants a.cue:2:3: note: it says \"so\". [images/x]"}},
		"wanted twice":   {"a\nb // want images/x \"\" want images/x \"\"\n", []string{`a.cue:2: images/x with "" is wanted once, and found 0 times`}},
		"wants nothing":  {"a\nb // want it\n", []string{`a.cue:2: the comment wants nothing: write want CODE "text"`, "nothing wants a.cue:2:3: note: it says \"so\". [images/x]"}},
		"unquoted wrong": {"a\nb // want images/x \"\\q\"\n", []string{"a.cue:2: invalid syntax"}},
	} {
		t.Run(name, func(t *testing.T) {
			archive := &txtar.Archive{Files: []txtar.File{{Name: "a.cue", Data: []byte(c.text)}}}
			require.Equal(t, c.want, checktest.Compare(archive, []finding.Finding{found}))
		})
	}
	twice := &txtar.Archive{Files: []txtar.File{{Name: "a.cue", Data: []byte("a\nb // want images/x \"\"\n")}}}
	require.Len(t, checktest.Compare(twice, []finding.Finding{found, found}), 1)
}
