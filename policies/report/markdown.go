package report

import (
	"fmt"
	"html"
	"io"
	"strings"

	"stillsuit.dev/finding"
)

// Markdown writes a table for each file and what each code means, folded, in GitHub's
// Markdown: for a comment, or the summary of a job. What findings say stands in code
// spans, where nothing of it is Markdown, HTML, a link or somebody's name.
func Markdown(out io.Writer, r *Report) error {
	var b strings.Builder
	fmt.Fprintf(&b, "## stillsuit: %s\n", totals(r.Findings))
	var codes []string
	told := map[string]bool{}
	for i, f := range r.Findings {
		if i == 0 || f.Place.File != r.Findings[i-1].Place.File {
			file := "No file"
			if f.Place.File != "" {
				file = span(f.Place.File)
			}
			fmt.Fprintf(&b, "\n### %s\n\n| Line | Severity | Code | Finding |\n|---|---|---|---|\n", file)
		}
		fmt.Fprintf(&b, "| %s | %s | %s | %s |\n", position(f.Place), f.Severity, cell(f.Code), cell(f.Message()))
		if !told[f.Code] && r.code(f.Code).Title != "" {
			told[f.Code], codes = true, append(codes, f.Code)
		}
	}
	for i, code := range codes {
		if i == 0 {
			b.WriteString("\n### What they mean\n")
		}
		c := r.code(code)
		fmt.Fprintf(&b, "\n<details>\n<summary><code>%s</code>: %s</summary>\n\n%s\n</details>\n",
			html.EscapeString(Line(c.Code)), html.EscapeString(Line(c.Title)), explanation(c))
	}
	_, err := io.WriteString(out, b.String())
	return err
}

// position is the line and column, as far as they are known.
func position(p finding.Place) string {
	p.File = ""
	return strings.TrimPrefix(p.String(), ":")
}

// explanation is a code's text, with its example as a block of code.
func explanation(c finding.Code) string {
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
