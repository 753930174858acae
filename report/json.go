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
	Code     string `json:"code"`
	Severity string `json:"severity"`
	File     string `json:"file,omitempty"`
	Line     int    `json:"line,omitempty"`
	Column   int    `json:"column,omitempty"`
	Path     string `json:"path,omitempty"`
	Policy   string `json:"policy,omitempty"`
	Fact     string `json:"fact"`
	Contrast string `json:"contrast,omitempty"`
	Mend     string `json:"mend,omitempty"`
	Message  string `json:"message"`
}

// JSON writes findings as programs read them, and says nothing else of the report.
func JSON(out io.Writer, r *Report) error {
	return Encode(out, jsonReport{Version: 1, Findings: Findings(r.Findings)})
}

// Findings are findings as JSON has them.
func Findings(findings []finding.Finding) []Finding {
	out := []Finding{}
	for _, f := range findings {
		out = append(out, Finding{
			f.Code, f.Severity.String(), f.Place.File, f.Place.Line, f.Place.Column, f.Path, f.Policy, f.Fact, f.Contrast, f.Mend, f.Message(),
		})
	}
	return out
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
