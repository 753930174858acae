package report_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"stillsuit.dev/finding"
	"stillsuit.dev/report"
)

// payloads are what a pull request may hold where a finding repeats it.
func payloads() []string {
	atoms := []string{
		// Markdown and HTML.
		"`", "``", "```", "````text\n", "~~~", "</details>", "<details>", "</summary>", "</code>", "<b>", "<script>alert(1)</script>", "</script>",
		"<!--", "-->", "<![CDATA[", "]]>", "<?xml ?>", "<!DOCTYPE x>", "&lt;b&gt;", "&#x1b;", "&#10;", "<img src=x onerror=alert(1)>",
		"[x](https://example.com)", "![x](https://example.com/x.png)", "[x]: https://example.com", "https://example.com", "www.example.com", "//example.com", "//\x1a",
		"a@example.com", "<https://example.com>", "@someone", "#1", "**b**", "_i_", "~~d~~", "|", "| x | y |", `\|`, `\\|`, "\\`|", `\`, "|---|---|",
		"# h", "> q", "- x", "1. x", "    x", "$x$", "$`x`$", ":smile:", "---", "===",
		// Commands of logs.
		"::error::x", "::error file=a,line=1::x", "::set-output name=x::y", "::stop-commands::x", "::add-mask::x", "##[error]x", "##[add-mask]x",
		"##vso[task.setvariable variable=x]y", "##teamcity[message text='x']", "section_start:1:x\r\x1b[0K",
		"%0A", "%0A::error::x", "%0D", "%25", "%250A", "%3A%2C", ",line=9,title=x::y", "=", ",", ";", ": ", "{0}", "{{0}}", `"`, "'", `\u001b`,
		// Line breaks and characters that cannot be seen.
		"\n", "\r", "\r\n", "\t", "\v", "\f", "\u0085", "\u2028", "\u2029", "\x00", "\x07", "\x08\x08", "\x7f",
		"\x1b]52;c;eA==\x07", "\x1b[2J", "\x1b[31mred\x1b[0m", "\x1b]8;;https://example.com\x1b\\x\x1b]8;;\x1b\\", "\u009b2J", "\u009d52;c;x\u009c",
		"\u202a", "\u202e", "\u2066x\u2069", "\u200e", "\u200f", "\u061c", "\u200b", "\u200d", "\ufeff", "\u00ad", "\u2060", "\U000e0041", "\ue000",
		"\xff\xfe", "\xc3", "\xe2\x80", "\xed\xa0\x80",
	}
	var out []string
	for _, x := range atoms {
		out = append(out, x, "a"+x+"b", "\n"+x+"\n"+x, x+" and "+x)
	}
	return out
}

// attack is a report of which one finding has the payload in each field, between two
// that are as they should be.
func attack(payload string) *report.Report {
	plain := finding.Finding{
		Code: "images/no-platform", Severity: finding.Error, Place: finding.Place{File: "clusters/attic/web.cue", Line: 7, Column: 3},
		Path: "apps.web", Problem: "it is so", Detail: "it should not be", Fix: "run `stillsuit render`",
		Related: []finding.Related{{Place: finding.Place{File: "clusters/attic/first.cue", Line: 2, Column: 1}, What: "first set here"}},
		Edits:   []finding.Edit{{From: finding.Place{File: "clusters/attic/web.cue", Line: 7, Column: 3}, To: finding.Place{File: "clusters/attic/web.cue", Line: 7, Column: 4}, NewText: "x"}},
	}
	out := []finding.Finding{plain}
	for i, field := range []func(*finding.Finding) *string{
		func(f *finding.Finding) *string { return (*string)(&f.Code) },
		func(f *finding.Finding) *string { return &f.Place.File },
		func(f *finding.Finding) *string { return &f.Path },
		func(f *finding.Finding) *string { return &f.Problem },
		func(f *finding.Finding) *string { return &f.Detail },
		func(f *finding.Finding) *string { return &f.Fix },
		func(f *finding.Finding) *string { return &f.Related[0].Place.File },
		func(f *finding.Finding) *string { return &f.Related[0].What },
		func(f *finding.Finding) *string { return &f.Edits[0].From.File },
		func(f *finding.Finding) *string { return &f.Edits[0].NewText },
	} {
		f := plain
		f.Place.Line += i
		f.Related, f.Edits = slices.Clone(f.Related), slices.Clone(f.Edits)
		*field(&f) = payload
		out = append(out, f)
	}
	plain.Place.Line = 99
	return &report.Report{
		All: true, Findings: append(out, plain), Checked: []finding.Code{"images/no-platform", "images/unlocked"},
		Codes: []finding.CodeDoc{{Code: "images/no-platform", Title: "a title", Text: "A text with `code`.", Example: "x: 1"}},
	}
}

// breakout reports how the output of a form is not the report's findings, each once,
// in order, and nothing more.
func breakout(form string, read reader, r *report.Report, output string) error {
	if err := quiet(form, output); err != nil {
		return err
	}
	got, err := read(output)
	if err != nil {
		return err
	}
	var want []seen
	for _, f := range r.Findings {
		want = append(want, expected(form, f))
	}
	if form == "junit" { // by code
		slices.SortStableFunc(want, func(a, b seen) int { return strings.Compare(a.code, b.code) })
		slices.SortStableFunc(got, func(a, b seen) int { return strings.Compare(a.code, b.code) })
	}
	if !slices.Equal(want, got) {
		return fmt.Errorf("it reads\n%q\nand not\n%q", got, want)
	}
	return nil
}

// TestNothingBreaksOut puts each payload into each field of a finding, in each form
// (RELIABILITY 23).
func TestNothingBreaksOut(t *testing.T) {
	all := payloads()
	require.GreaterOrEqual(t, len(all), 300)
	for form, read := range readers(t) {
		t.Run(form, func(t *testing.T) {
			t.Parallel()
			write, err := report.In(form)
			require.NoError(t, err)
			for _, payload := range all {
				r := attack(payload)
				var b strings.Builder
				require.NoError(t, write(&b, r))
				require.NoError(t, breakout(form, read, r, b.String()), "%q", payload)
			}
		})
	}
}

// FuzzNothingBreaksOut goes on where the list ends.
func FuzzNothingBreaksOut(f *testing.F) {
	for _, payload := range []string{"`", "|", `\|`, "</details>", "[x](y)", "::error::x", "##[x]", "%0A", "\r\n", "\x1b[2J", "\u202e", "]]>", "\xff"} {
		f.Add(payload)
	}
	readers := readers(f)
	f.Fuzz(func(t *testing.T, payload string) {
		if payload == "" {
			return // a finding has a code and says something
		}
		r := attack(payload)
		for _, form := range report.Forms() {
			require.NoError(t, breakout(form, readers[form], r, in(t, form, r)), form)
		}
	})
}

// TestBreakoutsAreNoticed writes the forms as they are written without a thought. Each
// of these payloads gets out, and the test above would say so.
func TestBreakoutsAreNoticed(t *testing.T) {
	naive := map[string]func(finding.Finding) string{
		"text": func(f finding.Finding) string { return f.String() + "\n" },
		"terminal": func(f finding.Finding) string {
			return fmt.Sprintf("%s[%s]: %s\n  --> %s\n   = note: %s\n   = fix:  %s\n   = see:  %s: %s\n\n", f.Severity, f.Code, f.Problem, f.Place, f.Detail, f.Fix, f.Related[0].Place, f.Related[0].What)
		},
		"github": func(f finding.Finding) string {
			return fmt.Sprintf("::error file=%s,line=%d,col=%d,title=%s::%s\n", f.Place.File, f.Place.Line, f.Place.Column, f.Code, f.Message())
		},
		"markdown": func(f finding.Finding) string {
			return fmt.Sprintf("\n### `%s`\n\n| Line | Severity | Code | Finding |\n|---|---|---|---|\n| %d:%d | error | `%s` | %s |\n", f.Place.File, f.Place.Line, f.Place.Column, f.Code, f.Message())
		},
	}
	readers := readers(t)
	for form, payloads := range map[string][]string{
		"text":     {"\n", "\x1b]52;c;eA==\x07", "\u202e", "\u009b2J", "##[add-mask]x", "::error::x", "\xff"},
		"terminal": {"\n\nerror[a/b]: x", "\x1b]52;c;eA==\x07", "\u202e", "\u009b2J", "##[add-mask]x", "\xff"},
		"github":   {"\n", "\r", "%0A", ",line=9", "::add-mask::x", "\x1b[2J"},
		"markdown": {
			"|", "`", "</details>", "<b>", "<!--", "[x](https://example.com)", "https://example.com", "**b**", "a@example.com", "\n\n# h", "\u202e", "&lt;",
		},
	} {
		for _, payload := range payloads {
			r := attack(payload)
			var b strings.Builder
			for _, f := range r.Findings {
				b.WriteString(naive[form](f))
			}
			if form != "markdown" {
				b.WriteString("12 errors, 0 warnings, 0 notes\n")
			}
			require.Error(t, breakout(form, readers[form], r, b.String()), "%s: %q", form, payload)
		}
	}
	for form, changes := range map[string]map[string]string{
		"json": {`"line": 8`: `"line": -1`, `"problem"`: `"problems"`, `"newText"`: `"new"`, "it is so": "it is </script>", `\/`: "/", "it should": "it \u202e should"},
		"sarif": {
			`"level": "error"`: `"level": "fatal"`, `"startLine": 7`: `"startLine": 0`, "clusters/attic/web.cue": "a b", "it is so": "[it](https://example.com)",
			`"ruleIndex": 0`: `"ruleIndex": 9`, ":2\"": ":1\"", `"runs"`: `"run"`,
		},
		"junit": {
			`tests="`: `test="`, `failures="`: `failures="1`, `classname="`: `file="`, "<failure ": "<oops ", "</testsuites>": "<![CDATA[x]]></testsuites>",
			"&lt;": "<", "it is so": "it is <b>so</b>", `message="it is so`: `message="it was so`,
		},
	} {
		write, err := report.In(form)
		require.NoError(t, err)
		for from, to := range changes {
			payload := "x/y" // a code that JSON's schema takes
			if strings.ContainsAny(from, "&\\") {
				payload = "</x>"
			}
			r := attack(payload)
			var b strings.Builder
			require.NoError(t, write(&b, r))
			require.NoError(t, breakout(form, readers[form], r, b.String()))
			require.Contains(t, b.String(), from, form)
			require.Error(t, breakout(form, readers[form], r, strings.Replace(b.String(), from, to, 1)), "%s: %s", form, to)
		}
	}
}
