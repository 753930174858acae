package report

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"golang.org/x/term"

	"stillsuit.dev/finding"
)

// Screen is what the terminal form is written for.
type Screen struct {
	Width int // in columns; 0 for lines of any length
	Color bool
}

// many is how many findings of one code are each written as a block: more are one line for
// each of the first few.
const (
	many  = 3
	first = 3
)

// Terminal writes findings as blocks for people: errors first, then warnings; many of one
// code as one block with the first places; and notes as one line. What follows says how
// much was checked, and what to type next. Colours come from golang.org/x/term.
func Terminal(out io.Writer, r *Report) error {
	if err := Blocks(out, r); err != nil {
		return err
	}
	var b strings.Builder
	s := newScreen(r, &b)
	if notes := r.notes(false); len(notes) > 0 {
		s.hanging("notes: "+Line(summed(notes))+"; `--all` lists them", 2)
		b.WriteByte('\n')
	}
	b.WriteString(Totals(r.Findings) + "\n")
	for _, line := range r.Coverage {
		s.hanging(Line(line), 2)
	}
	if r.Next != "" {
		s.hanging("Next: "+Line(r.Next), 2)
	}
	_, err := io.WriteString(out, b.String())
	return err
}

// Blocks writes only the blocks of Terminal, with an empty line after each.
func Blocks(out io.Writer, r *Report) error {
	var b strings.Builder
	s := newScreen(r, &b)
	for _, group := range r.groups() {
		if len(group) > many && !r.All {
			s.group(group)
		} else {
			for _, f := range group {
				s.block(f)
			}
		}
	}
	_, err := io.WriteString(out, b.String())
	return err
}

// notes are the findings that are notes and are listed, or those that are only counted.
func (r *Report) notes(listed bool) []finding.Finding {
	var out []finding.Finding
	for _, f := range r.Findings {
		if f.Severity == finding.Note && (r.All || slices.Contains(r.Asked, f.Code)) == listed {
			out = append(out, f)
		}
	}
	return out
}

// groups are the findings that are listed, those of one code and severity together: errors,
// warnings and notes, each in the order of their first places.
func (r *Report) groups() [][]finding.Finding {
	var out [][]finding.Finding
	for _, severity := range []finding.Severity{finding.Error, finding.Warning, finding.Note} {
		at := map[finding.Code]int{}
		all := r.Findings
		if severity == finding.Note {
			all = r.notes(true)
		}
		for _, f := range all {
			if f.Severity != severity {
				continue
			}
			i, known := at[f.Code]
			if !known || r.All {
				i = len(out)
				at[f.Code], out = i, append(out, nil)
			}
			out[i] = append(out[i], f)
		}
	}
	return out
}

// summed are numbers of findings by code, most first: 26 images/declared, 9 images/of-chart.
func summed(findings []finding.Finding) string {
	counts := map[finding.Code]int{}
	var codes []finding.Code
	for _, f := range findings {
		if counts[f.Code]++; counts[f.Code] == 1 {
			codes = append(codes, f.Code)
		}
	}
	slices.SortStableFunc(codes, func(a, b finding.Code) int { return counts[b] - counts[a] })
	var out []string
	for _, code := range codes {
		out = append(out, fmt.Sprintf("%d %s", counts[code], code))
	}
	return strings.Join(out, ", ")
}

// screen writes on one.
type screen struct {
	*strings.Builder
	report *Report
	codes  term.EscapeCodes
}

func newScreen(r *Report, out *strings.Builder) *screen {
	s := &screen{Builder: out, report: r}
	if r.Screen.Color {
		s.codes = *term.NewTerminal(nil, "").Escape
	}
	return s
}

func (s *screen) colored(color []byte, text string) string {
	return string(color) + text + string(s.codes.Reset)
}

func (s *screen) severity(of finding.Severity) []byte {
	switch of {
	case finding.Error:
		return s.codes.Red
	case finding.Warning:
		return s.codes.Yellow
	}
	return s.codes.Cyan
}

// head writes error[code]: and what is wrong.
func (s *screen) head(f finding.Finding, problem string) {
	label := f.Severity.String() + "[" + Line(string(f.Code)) + "]"
	lines := wrapped(label+": "+Line(problem), s.report.Screen.Width, 4)
	if rest, cut := strings.CutPrefix(lines[0], label); cut {
		lines[0] = s.colored(s.severity(f.Severity), label) + rest
	}
	s.WriteString(strings.Join(lines, "\n") + "\n")
}

// block writes one finding.
func (s *screen) block(f finding.Finding) {
	s.head(f, f.Problem)
	if !f.Place.IsZero() {
		s.WriteString("  " + s.colored(s.codes.Blue, "-->") + " " + Line(f.Place.String()) + "\n")
		s.snippet(f)
	}
	s.label("note", f.Detail)
	s.label("fix", f.Fix)
	for _, r := range f.Related {
		at := r.What
		if !r.Place.IsZero() {
			at = r.Place.String() + ": " + at
		}
		s.label("see", at)
	}
	s.WriteByte('\n')
}

// label writes = note: and a text.
func (s *screen) label(name, text string) {
	if text == "" {
		return
	}
	const indent = "   = "
	label := name + ":" + strings.Repeat(" ", len("note: ")-len(name)-1)
	lines := wrapped(indent+label+Line(text), s.report.Screen.Width, len(indent)+len(label))
	lines[0] = strings.Replace(lines[0], indent+name, indent+s.colored(s.codes.Green, name), 1)
	s.WriteString(strings.Join(lines, "\n") + "\n")
}

// hanging writes a text, its further lines indented.
func (s *screen) hanging(text string, indent int) {
	s.WriteString(strings.Join(wrapped(text, s.report.Screen.Width, indent), "\n") + "\n")
}

// group writes many findings of one code: what the code is about, how many there are, the
// first of them, and what is the same for all.
func (s *screen) group(findings []finding.Finding) {
	f, n := findings[0], len(findings)
	doc := s.report.code(f.Code)
	s.head(f, doc.Together(f, n))
	rows, widest := findings[:first], 0
	for _, f := range rows {
		widest = max(widest, columns(Line(f.Place.String())))
	}
	width := s.report.Screen.Width
	for _, f := range rows {
		place, problem := Line(f.Place.String()), Line(f.Problem)
		s.WriteString("  " + s.colored(s.codes.Blue, "-->") + " " + place)
		if room := width - widest - 9; width == 0 || room >= 24 {
			s.WriteString(strings.Repeat(" ", widest-columns(place)+3) + cut(problem, room, width > 0) + "\n")
		} else {
			s.WriteString("\n" + inert("      "+cut(problem, width-6, true)) + "\n")
		}
	}
	s.hanging(fmt.Sprintf("   … %d more: `%s--only %s --all`", n-first, Line(s.report.Lister), Line(string(f.Code))), 5)
	same := func(of func(finding.Finding) string) string {
		if slices.ContainsFunc(findings, func(other finding.Finding) bool { return of(other) != of(f) }) {
			return ""
		}
		return of(f)
	}
	s.label("note", same(func(f finding.Finding) string { return f.Detail }))
	s.label("fix", same(func(f finding.Finding) string { return f.Fix }))
	s.WriteByte('\n')
}
