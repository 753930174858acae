package report

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"unicode/utf16"

	"stillsuit.dev/finding"
)

// jsonReport is what schemas/findings.schema.json describes.
type jsonReport struct {
	Version  int       `json:"version"`
	Findings []Finding `json:"findings"`
}

// Finding is a finding in JSON.
type Finding struct {
	Code     string    `json:"code"`
	Severity string    `json:"severity"`
	File     string    `json:"file,omitempty"`
	Line     int       `json:"line,omitempty"`
	Column   int       `json:"column,omitempty"`
	Path     string    `json:"path,omitempty"`
	Policy   string    `json:"policy,omitempty"`
	Problem  string    `json:"problem"`
	Detail   string    `json:"detail,omitempty"`
	Fix      string    `json:"fix,omitempty"`
	Message  string    `json:"message"`
	Related  []Related `json:"related,omitempty"`
	Edits    []Edit    `json:"edits,omitempty"`
}

// Related is a finding.Related in JSON.
type Related struct {
	File   string `json:"file,omitempty"`
	Line   int    `json:"line,omitempty"`
	Column int    `json:"column,omitempty"`
	What   string `json:"what"`
}

// Edit is a finding.Edit in JSON: lines and columns count as a finding's do, and the end
// is exclusive.
type Edit struct {
	File      string `json:"file"`
	Line      int    `json:"line"`
	Column    int    `json:"column"`
	EndLine   int    `json:"endLine"`
	EndColumn int    `json:"endColumn"`
	NewText   string `json:"newText"`
}

// JSON writes findings as programs read them, and says nothing else of the report.
func JSON(out io.Writer, r *Report) error {
	return Encode(out, jsonReport{Version: 2, Findings: Findings(r.Findings)})
}

// Findings are findings as JSON has them.
func Findings(findings []finding.Finding) []Finding {
	out := []Finding{}
	for _, f := range findings {
		j := Finding{
			Code: string(f.Code), Severity: f.Severity.String(), File: f.Place.File, Line: f.Place.Line, Column: f.Place.Column, Path: f.Path, Policy: f.Policy,
			Problem: f.Problem, Detail: f.Detail, Fix: f.Fix, Message: f.Message(),
		}
		for _, r := range f.Related {
			j.Related = append(j.Related, Related{r.Place.File, r.Place.Line, r.Place.Column, r.What})
		}
		for _, e := range edits(f) {
			j.Edits = append(j.Edits, Edit{e.From.File, e.From.Line, e.From.Column, e.To.Line, e.To.Column, e.NewText})
		}
		out = append(out, j)
	}
	return out
}

// edits are those of a finding that are written as they are: none, when some hold what
// finding.Mask hides, since what would be applied then is not the fix.
func edits(f finding.Finding) []finding.Edit {
	for _, e := range f.Edits {
		text, err := json.Marshal(e.NewText)
		if err != nil || finding.Mask(e.NewText) != e.NewText || finding.Mask(string(text)) != string(text) {
			return nil
		}
	}
	return f.Edits
}

// Encode writes a value as indented JSON that is safe to print. What is in its strings
// stays as it is; only how it is written differs.
func Encode(out io.Writer, value any) error {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	if err := e.Encode(value); err != nil {
		return err
	}
	_, err := io.WriteString(out, escaped(b.String()))
	return err
}

// escaped writes the characters of JSON's strings that cannot be seen, and those that
// would end a script or begin a command of a log, as JSON escapes them.
func escaped(text string) string {
	text = finding.Mask(text)
	text = strings.NewReplacer("</", `<\/`, "<!--", `\u003c!--`).Replace(text)
	text = commands.ReplaceAllString(text, `#\u0023$1[`)
	var b strings.Builder
	for _, r := range text {
		switch {
		case !hidden(r) || r == '\n':
			b.WriteRune(r)
		case r <= 0xffff:
			fmt.Fprintf(&b, `\u%04x`, r)
		default:
			high, low := utf16.EncodeRune(r)
			fmt.Fprintf(&b, `\u%04x\u%04x`, high, low)
		}
	}
	return b.String()
}
