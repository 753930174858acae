package main

import (
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"k8s.io/apimachinery/pkg/api/resource"

	"stillsuit.dev/cmd/stillsuit-gen/alone"
	"stillsuit.dev/generator/evaluate"
)

// TestPackageComments holds the first comment of each entry against what it
// renders: what it is, its memory, and where it runs.
func TestPackageComments(t *testing.T) {
	all, err := entries(t.Context(), root)
	require.NoError(t, err)
	for _, e := range all {
		require.Empty(t, untrue(e), "%s: %s", e.Name, e.Doc)
	}
}

// untrue says what is wrong with the comment of an entry.
func untrue(e told) []string {
	var out []string
	first, rest, _ := strings.Cut(e.Doc, ". ")
	if first == "" || rest == "" || !strings.HasSuffix(e.Doc, ".") {
		out = append(out, "it starts with a sentence about what this is, and another follows")
	}
	if e.memory.always.none() && e.memory.perNode.none() && e.memory.running.none() {
		if !strings.Contains(rest, "No pods;") {
			out = append(out, "it runs no pods: write “No pods; any architecture.”")
		}
		return out
	}
	said := regexp.MustCompile(`Requests ([0-9.]+)([KMGT]i?) of memory([^;]*); (.+)`).FindStringSubmatch(rest)
	if said == nil {
		return append(out, "write “Requests 64Mi of memory; amd64 and arm64.” after it")
	}
	out = append(out, untrueMemory(e.memory, said[1], said[2], said[3])...)
	for _, arch := range []string{"amd64", "arm64"} {
		if e.arches != nil && slices.Contains(e.arches, arch) != strings.Contains(said[4], arch) {
			out = append(out, "it runs on "+strings.Join(e.arches, ", "))
		}
	}
	if e.arches == nil && !strings.Contains(said[4], "amd64") && !regexp.MustCompile(`\b(not?|nor)\b`).MatchString(said[4]) {
		out = append(out, "say which architectures it runs on, or that this is not known")
	}
	return out
}

// untrueMemory holds figures against a footprint. Words after the first one say
// when it is asked for.
func untrueMemory(f footprint, number, unit, when string) []string {
	first, also := f.always, f.perNode
	switch {
	case strings.HasPrefix(when, " on each node"):
		first, also = f.perNode, amount{}
		if !f.always.none() {
			return []string{"not all of its memory is asked for on each node"}
		}
	case strings.HasPrefix(when, " while it runs"):
		first = f.running
	}
	var out []string
	if !says(first.requests, number, unit) {
		out = append(out, "it requests "+first.requests.String())
	}
	more := regexp.MustCompile(`, and ([0-9.]+)([KMGT]i?) on each node`).FindStringSubmatch(when)
	if more == nil && !also.none() || more != nil && !says(also.requests, more[1], more[2]) {
		out = append(out, "it requests "+also.requests.String()+" on each node besides")
	}
	return out
}

// says reports whether a number, as exact as it is written, is the quantity.
func says(q resource.Quantity, number, unit string) bool {
	one := resource.MustParse("1" + unit)
	stated, err := strconv.ParseFloat(number, 64)
	_, decimals, _ := strings.Cut(number, ".")
	return err == nil && math.Abs(q.AsApproximateFloat64()/one.AsApproximateFloat64()-stated) <= 0.5*math.Pow10(-len(decimals))+1e-9
}

func TestUntrueCommentsAreNoticed(t *testing.T) {
	q := func(s string) amount { return amount{requests: resource.MustParse(s)} }
	app := func(doc string) told {
		return told{Entry: &alone.Entry{Kind: evaluate.KindApp, Doc: doc}, memory: footprint{always: q("1280Mi")}, arches: []string{"amd64"}}
	}
	require.Empty(t, untrue(app("A: an app. Requests 1.3Gi of memory; amd64.")))
	require.Empty(t, untrue(app("A: an app. Requests 1280Mi of memory, most of it for b; amd64. And more.")))
	for doc, want := range map[string]string{
		"A: an app": "it starts with a sentence about what this is, and another follows",
		"A: an app. Requests 1.2Mi of memory; amd64.":                        "it requests 1280Mi",
		"A: an app. Requests 1280Mi of memory; amd64 and arm64.":             "it runs on amd64",
		"A: an app. Requests 1280Mi of memory, and 1Mi on each node; amd64.": "it requests 0 on each node besides",
		"A: an app. It needs 1280Mi.":                                        "write “Requests 64Mi of memory; amd64 and arm64.” after it",
		"A: an app. Requests 1280Mi of memory on each node; amd64.":          "not all of its memory is asked for on each node",
	} {
		require.Contains(t, untrue(app(doc)), want, doc)
	}
	unknown := app("A: an app. Requests 1.3Gi of memory; many.")
	unknown.arches = nil
	require.Equal(t, []string{"say which architectures it runs on, or that this is not known"}, untrue(unknown))
	require.Equal(t, []string{"it runs no pods: write “No pods; any architecture.”"}, untrue(told{Entry: &alone.Entry{Doc: "A: one. Requests 1Gi of memory; amd64."}}))
}
