package report_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"stillsuit.dev/checks"
	"stillsuit.dev/checks/fit"
	"stillsuit.dev/checks/images"
	"stillsuit.dev/finding"
	"stillsuit.dev/generator"
	"stillsuit.dev/report"
	"stillsuit.dev/sources/flux"
)

// in writes a report in a form.
func in(t testing.TB, form string, r *report.Report) string {
	t.Helper()
	write, err := report.In(form)
	require.NoError(t, err)
	var b strings.Builder
	require.NoError(t, write(&b, r))
	return b.String()
}

func TestFormsAreKnown(t *testing.T) {
	for _, form := range report.Forms() {
		_, err := report.In(form)
		require.NoError(t, err)
	}
	_, err := report.In("yaml")
	require.EqualError(t, err, `--output is "yaml"; it is text, terminal, json, sarif, junit, github or markdown`)
}

// Nothing found is a report too, in each form.
func TestNothingFound(t *testing.T) {
	readers := readers(t)
	for _, form := range report.Forms() {
		r := &report.Report{Checked: []finding.Code{"images/unlocked"}}
		require.NoError(t, breakout(form, readers[form], r, in(t, form, r)), form)
	}
	require.Equal(t, "{\n  \"version\": 2,\n  \"findings\": []\n}\n", in(t, "json", &report.Report{}))
	require.Equal(t, "0 errors, 0 warnings, 0 notes\n", in(t, "github", &report.Report{}))
}

// Whatever is not known of a place is left out.
func TestPlaces(t *testing.T) {
	readers := readers(t)
	r := &report.Report{All: true}
	for _, place := range []finding.Place{{}, {File: "a.cue"}, {File: "a.cue", Line: 3}, {File: "dir with space/ä#b?.yaml", Line: 3, Column: 4}} {
		r.Findings = append(r.Findings, finding.Finding{Code: "images/no-platform", Severity: finding.Error, Place: place, Problem: "it is so"})
	}
	for _, form := range report.Forms() {
		require.NoError(t, breakout(form, readers[form], r, in(t, form, r)), form)
	}
}

func TestJSONIsAsPublished(t *testing.T) {
	whole := finding.Finding{
		Code: "images/no-platform", Severity: finding.Error, Place: finding.Place{File: "a.cue", Line: 1, Column: 2}, Path: "apps.a",
		Problem: "it is <1>", Detail: "it should not be", Fix: "change it",
		Related: []finding.Related{{Place: finding.Place{File: "b.cue", Line: 3}, What: "first set here"}, {What: "known nowhere"}},
		Edits:   []finding.Edit{{From: finding.Place{File: "a.cue", Line: 1, Column: 7}, To: finding.Place{File: "a.cue", Line: 1, Column: 9}, NewText: "\"<x>\"\n"}},
	}
	text := in(t, "json", &report.Report{Findings: []finding.Finding{whole, {Code: "images/declared", Problem: "so"}, {Code: "a/b", Severity: finding.Warning, Problem: "so"}}})
	published := schema(t, "../schemas/findings.schema.json")
	require.NoError(t, valid(published, text))
	require.Contains(t, text, `"message": "it is <1>. It should not be. Change it."`)

	// The schema would notice.
	for from, to := range map[string]string{
		`"version": 2`: `"version": 1`, `"severity": "error"`: `"severity": "fatal"`, `"problem"`: `"problems"`, `"endColumn": 9`: `"endColumn": 0`, `"what"`: `"who"`, `"newText"`: `"text"`, `"line": 1`: `"line": 0`,
		`"images/declared"`: `"declared"`, `"column": 2`: `"column": "2"`,
	} {
		require.Contains(t, text, from)
		require.Error(t, valid(published, strings.Replace(text, from, to, 1)), to)
	}
}

// A fingerprint stays when lines move and numbers change, and is nobody else's.
func TestFingerprints(t *testing.T) {
	prints := func(fs ...finding.Finding) []string {
		text := in(t, "sarif", &report.Report{Findings: fs})
		var out []string
		for _, part := range strings.Split(text, `"stillsuit/v1": "`)[1:] {
			value, _, _ := strings.Cut(part, `"`)
			out = append(out, value)
		}
		return out
	}
	f := finding.Finding{Code: "fit/loss", Place: finding.Place{File: "a.cue", Line: 1}, Path: "cluster.nodes.a", Problem: "86 pods wait"}
	moved, code, file, path := f, f, f, f
	moved.Place.Line, moved.Problem, moved.Severity = 9, "87 pods wait", finding.Warning
	code.Code, file.Place.File, path.Path = "fit/order", "b.cue", "cluster.nodes.b"
	require.Equal(t, prints(f), prints(moved))
	require.NotEqual(t, prints(f), prints(code))
	require.NotEqual(t, prints(f), prints(file))
	require.NotEqual(t, prints(f), prints(path))
	policy, other := f, f
	policy.Policy, other.Policy = "image-tags", "pull-policy"
	require.Equal(t, []string{prints(policy)[0], prints(other)[0]}, prints(policy, other), "policies at one place are told apart by their names")
	require.Contains(t, in(t, "sarif", &report.Report{Findings: []finding.Finding{f}}), `"primaryLocationLineHash": "`+prints(f)[0]+`"`)
	twice := prints(f, moved)
	require.Len(t, twice, 2)
	require.Equal(t, prints(f)[0], twice[0])
	require.NotEqual(t, twice[0], twice[1])
}

// What passed, what fails and what could not be looked for are three things.
func TestJUnitTellsWhatPassed(t *testing.T) {
	note := finding.Finding{Code: "images/declared", Place: finding.Place{File: "a.cue", Line: 2}, Path: "apps.a", Problem: "so"}
	r := &report.Report{Findings: []finding.Finding{note, note}, Checked: []finding.Code{"images/declared", "images/unlocked"}, Unchecked: []finding.Code{"fit/loss"}}
	text := in(t, "junit", r)
	for _, part := range []string{
		`<testsuite name="fit" tests="1" failures="0" errors="0" skipped="1">`,
		`<testcase classname="fit/loss" name="nothing found">` + "\n      " + `<skipped message="not looked for everywhere: the input is wrong before that, or stillsuit crashed"></skipped>`,
		`<testsuite name="images" tests="3" failures="0" errors="0" skipped="0">`,
		`<testcase classname="images/declared" name="a.cue: apps.a">` + "\n      " + `<system-out>a.cue:2: note: so. [images/declared]</system-out>`,
		`<testcase classname="images/declared" name="a.cue: apps.a (2)">`,
		`<testcase classname="images/unlocked" name="nothing found"></testcase>`,
	} {
		require.Contains(t, text, part)
	}
	r.Strict = true
	require.Contains(t, in(t, "junit", r), `<testsuite name="images" tests="3" failures="2" errors="0" skipped="0">`)
}

// Every code's own text is text in Markdown too: paragraphs and an example.
func TestExplanations(t *testing.T) {
	r := &report.Report{Codes: slices.Concat(generator.Codes(), checks.Codes(), flux.Codes(), images.Checker().Codes, fit.Checker(nil).Codes)}
	for _, c := range r.Codes {
		r.Findings = append(r.Findings, finding.Finding{Code: c.Code, Severity: finding.Error, Place: finding.Place{File: "a.cue", Line: 1}, Problem: "so"})
	}
	readers := readers(t)
	for _, form := range report.Forms() {
		require.NoError(t, breakout(form, readers[form], r, in(t, form, r)), form)
	}
	all, told := r.Findings, 0
	for some := range slices.Chunk(all, 30) { // a comment takes so many
		r.Findings = some
		told += strings.Count(in(t, "markdown", r), "<details>")
	}
	require.Equal(t, len(r.Codes), told)
}

// A comment that is too long would be refused: the mildest findings are left out.
func TestMarkdownFitsAComment(t *testing.T) {
	r := &report.Report{Codes: []finding.CodeDoc{{Code: "a/b", Title: "so", Text: strings.Repeat("It is. ", 1000)}}}
	add := func(n int, severity finding.Severity) {
		for i := range n {
			r.Findings = append(r.Findings, finding.Finding{Code: "a/b", Severity: severity, Place: finding.Place{File: fmt.Sprintf("%d.cue", i%7), Line: i + 1}, Problem: strings.Repeat("x", 100)})
		}
		r.Findings = finding.Sort(r.Findings)
	}
	add(100, finding.Error)
	require.Contains(t, in(t, "markdown", r), "<details>")
	add(350, finding.Warning)
	text := in(t, "markdown", r)
	require.NotContains(t, text, "<details>", "what codes mean goes first")
	require.Equal(t, 450, strings.Count(text, "| `a/b` |"))
	add(1000, finding.Note)
	text = in(t, "markdown", r)
	require.LessOrEqual(t, len(text), 65536)
	require.Greater(t, len(text), 65000)
	require.Equal(t, 100, strings.Count(text, "| error |"))
	require.Equal(t, 350, strings.Count(text, "| warning |"))
	require.Contains(t, text, "## stillsuit: 100 errors, 350 warnings, 1000 notes\n")
	require.Contains(t, text, fmt.Sprintf("\n%d findings more: a comment takes no more.", 1000-strings.Count(text, "| note |")))
}

func TestLines(t *testing.T) {
	require.Equal(t, "a\tb\n\\x1b[1m\n \\x3a:error::x\n", report.Lines("a\tb\n\x1b[1m\n ::error::x\n"))
	require.Equal(t, "äß…😀\u00a0\\xff", report.Line("äß…😀\u00a0\xff"))
}
