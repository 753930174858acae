package report

import (
	"cmp"
	"fmt"
	"html"
	"io"
	"slices"
	"sort"
	"strings"

	"stillsuit.dev/finding"
)

// commentLimit is how long a comment on GitHub may be, in characters: a longer one is
// refused as a whole ("Body is too long (maximum is 65536 characters)").
const commentLimit = 65536

// Markdown writes a table for each file and what each code means, folded, in GitHub's
// Markdown: for a comment, or the summary of a job. What findings say stands in code
// spans, where nothing of it is Markdown, HTML, a link or somebody's name. Of more than
// a comment takes, it leaves out what codes mean, and then the mildest findings, and
// says how many.
func Markdown(out io.Writer, r *Report) error {
	text := markdown(r, r.Findings) + r.meanings()
	if len(text) > commentLimit {
		text = markdown(r, r.Findings)
	}
	if len(text) > commentLimit {
		worst := slices.Clone(r.Findings)
		slices.SortStableFunc(worst, func(a, b finding.Finding) int { return cmp.Compare(b.Severity, a.Severity) })
		fitting := func(n int) string {
			return markdown(r, finding.Sort(slices.Clone(worst[:n]))) + fmt.Sprintf("\n%s more: a comment takes no more. `-o text` lists all.\n", finding.Count(len(worst)-n, "finding"))
		}
		most := sort.Search(len(worst), func(n int) bool { return len(fitting(n+1)) > commentLimit })
		text = fitting(most)
	}
	_, err := io.WriteString(out, text)
	return err
}

// markdown is the numbers of all findings, and a table of some.
func markdown(r *Report, some []finding.Finding) string {
	var b strings.Builder
	fmt.Fprintf(&b, "## stillsuit: %s\n", Totals(r.Findings))
	for i, f := range some {
		if i == 0 || f.Place.File != some[i-1].Place.File {
			file := "No file"
			if f.Place.File != "" {
				file = span(f.Place.File)
			}
			fmt.Fprintf(&b, "\n### %s\n\n| Line | Severity | Code | Finding |\n|---|---|---|---|\n", file)
		}
		fmt.Fprintf(&b, "| %s | %s | %s | %s |\n", position(f.Place), f.Severity, cell(string(f.Code)), cell(f.Message()))
	}
	return b.String()
}

// meanings are what the codes of the findings mean, each folded up.
func (r *Report) meanings() string {
	var b strings.Builder
	told := map[finding.Code]bool{}
	for _, f := range r.Findings {
		c := r.code(f.Code)
		if told[f.Code] || c.Title == "" {
			continue
		}
		if len(told) == 0 {
			b.WriteString("\n### What they mean\n")
		}
		told[f.Code] = true
		fmt.Fprintf(&b, "\n<details>\n<summary><code>%s</code>: %s</summary>\n\n%s\n</details>\n",
			html.EscapeString(Line(string(c.Code))), html.EscapeString(Line(c.Title)), explanation(c))
	}
	return b.String()
}

// position is the line and column, as far as they are known.
func position(p finding.Place) string {
	p.File = ""
	return strings.TrimPrefix(p.String(), ":")
}

// explanation is a code's text, with its example as a block of code.
func explanation(c finding.CodeDoc) string {
	var b strings.Builder
	for _, paragraph := range strings.Split(strings.TrimSpace(c.Text), "\n\n") {
		b.WriteString(prose(paragraph) + "\n\n")
	}
	if example := strings.TrimSpace(c.Example); example != "" {
		fence := strings.Repeat("`", max(3, longest(example)+1))
		b.WriteString(fence + "text\n" + Lines(example) + "\n" + fence + "\n")
	}
	return b.String()
}

// prose writes one of our own texts, in which commands stand in backticks.
func prose(s string) string {
	parts := strings.Split(Line(s), "`")
	if len(parts)%2 == 0 {
		return escape(strings.Join(parts, "`"))
	}
	for i := range parts {
		if i%2 == 0 {
			parts[i] = escape(parts[i])
		} else {
			parts[i] = span(parts[i])
		}
	}
	return strings.Join(parts, "")
}

// escape puts a backslash before what would be Markdown's in a paragraph.
func escape(s string) string {
	var b strings.Builder
	for _, r := range s {
		if strings.ContainsRune("\\`*_[]<>#|~&$@", r) {
			b.WriteByte('\\')
		}
		b.WriteRune(r)
	}
	return b.String()
}

// span writes text as code. It ends at a run of as many backticks as it began with, so
// it begins with more than there are.
func span(s string) string {
	s = Line(s)
	if strings.TrimSpace(s) == "" {
		return ""
	}
	fence := strings.Repeat("`", longest(s)+1)
	if strings.HasPrefix(s, "`") || strings.HasSuffix(s, "`") || strings.HasPrefix(s, " ") && strings.HasSuffix(s, " ") {
		s = " " + s + " " // one of each is taken away again
	}
	return fence + s + fence
}

// cell is span in a table, where a bar ends a cell even in code. What a backslash
// before the bar's own does differs, so such a bar is written as Go writes it.
func cell(s string) string {
	return strings.ReplaceAll(span(strings.ReplaceAll(s, `\|`, `\\x7c`)), "|", `\|`)
}

// longest is the length of the longest run of backticks.
func longest(s string) int {
	best, run := 0, 0
	for _, r := range s {
		if run++; r != '`' {
			run = 0
		}
		best = max(best, run)
	}
	return best
}
