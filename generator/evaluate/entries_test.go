package evaluate

import (
	"testing"

	"cuelang.org/go/cue/ast"
	"github.com/stretchr/testify/require"
)

const entriesApps = header + `
#Web: v1alpha1.#App & {namespace: "web", containers: main: image: "def"}
_own: {namespace: "own"}
let many = ["x", "y"]
apps: plain: {
	namespace: "x"
}
apps: short: namespace: "x"
apps: {
	two: namespace: "x"
	three: {namespace: "x", user: 5}
	split: user: 5
}
apps: split: namespace: "x"
apps: embeds: {#Web, user: 9}
apps: is: #Web & {user: 3}
apps: refers: _own
apps: either: {if len(many) > 1 {namespace: "x"}}
apps: "dyn\(1)": namespace: "x"
apps: dyn1: user: 2
apps: [string]: {place: arch: "arm64"}
apps: maybe?: user: 1
apps: maybe: namespace: "x"
`

// What is told without evaluation is what evaluation tells.
func TestEntriesAgreeWithEvaluation(t *testing.T) {
	r, _ := repository(t, map[string]string{
		"clusters/turingpi/apps.cue":   entriesApps,
		"clusters/turingpi/a-more.cue": "package turingpi\n\napps: two: replicas: 2\nnamespaces: home: security: \"restricted\"\n",
	})
	c, fs, err := r.Cluster(t.Context(), "turingpi")
	require.NoError(t, err)
	require.Empty(t, text(fs))
	slow := c.places
	slow.entry = nil
	told := map[string]bool{
		"plain": true, "short": true, "three": true, "dyn1": true, // beside a computed label, which comes after it
		"two": false, "split": false, "embeds": false, "is": false, "refers": false, "either": false, "maybe": false,
	}
	require.Len(t, c.Entries("apps").Names, len(told))
	for name, fast := range told {
		path := []string{"apps", name}
		want, ok := slow.find(c.value, path)
		require.True(t, ok, name)
		got, ok := c.Place(path...)
		require.True(t, ok, name)
		require.Equal(t, want, got, name)
		require.Equal(t, fast, c.places.entry.at(path) != nil, name)
	}
	// The first field of several is not the one to tell: this is what the guard is for.
	first := entries{"apps": {"two": {Label: ast.NewIdent("two")}}}
	for _, f := range c.inst.Files {
		if Display(f.Filename) == "clusters/turingpi/apps.cue" {
			for _, d := range f.Decls {
				if field, ok := d.(*ast.Field); ok {
					if block, ok := field.Value.(*ast.StructLit); ok && len(block.Elts) == 3 {
						first["apps"]["two"] = block.Elts[0].(*ast.Field)
					}
				}
			}
		}
	}
	careless := c.places
	careless.entry = first
	wrong, _ := careless.find(c.value, []string{"apps", "two"})
	right, _ := c.Place("apps", "two")
	require.NotEqual(t, right, wrong)
}

func TestEntriesLeaveWhatMayComeFromElsewhere(t *testing.T) {
	for _, line := range []string{
		`if true {apps: a: user: 1}`, `_more: {}, {_more}`, `("ap" + "ps"): a: user: 1`, `apps: _others`, `apps: {for n in ["a"] {(n): user: 1}}`,
	} {
		r, _ := repository(t, map[string]string{
			"clusters/turingpi/apps.cue": header + "_others: {b: namespace: \"y\"}\napps: a: namespace: \"x\"\napps: a: user: 1\n" + line + "\napps: c: namespace: \"z\"\n",
		})
		c, fs, err := r.Cluster(t.Context(), "turingpi")
		require.NoError(t, err)
		require.Empty(t, text(fs), line)
		require.Nil(t, c.places.entry.at([]string{"apps", "c"}), line)
		_, ok := c.Place("apps", "c")
		require.True(t, ok, line)
	}
}
