package main

import (
	"encoding/json"
	"fmt"
	"io"

	"stillsuit.dev/finding"
	"stillsuit.dev/policies/fit"
)

// writer returns what writes findings in a form.
func writer(form string) (func(io.Writer, []finding.Finding) error, error) {
	switch form {
	case "text":
		return writeText, nil
	case "json":
		return writeJSON, nil
	}
	return nil, fmt.Errorf("--output is %q; it is text or json", form)
}

// writeText writes a finding on each line, with what is no error marked, and their
// numbers.
func writeText(out io.Writer, findings []finding.Finding) error {
	var counts [finding.Error + 1]int
	for _, f := range findings {
		counts[f.Severity]++
		place, severity := "", ""
		if !f.Place.IsZero() {
			place = f.Place.String() + ": "
		}
		if f.Severity != finding.Error {
			severity = f.Severity.String() + ": "
		}
		if _, err := fmt.Fprintf(out, "%s%s%s: %s\n", place, severity, f.Code, f.Message()); err != nil {
			return err
		}
	}
	_, err := fmt.Fprintf(out, "%s, %s, %s\n", count(counts[finding.Error], "error"), count(counts[finding.Warning], "warning"), count(counts[finding.Note], "note"))
	return err
}

func count(n int, of string) string {
	if n == 1 {
		return "1 " + of
	}
	return fmt.Sprintf("%d %ss", n, of)
}

// jsonReport is what schemas/findings.schema.json describes.
type jsonReport struct {
	Version  int           `json:"version"`
	Findings []jsonFinding `json:"findings"`
}

type jsonFinding struct {
	Code     string `json:"code"`
	Severity string `json:"severity"`
	File     string `json:"file,omitempty"`
	Line     int    `json:"line,omitempty"`
	Column   int    `json:"column,omitempty"`
	Path     string `json:"path,omitempty"`
	Fact     string `json:"fact"`
	Contrast string `json:"contrast,omitempty"`
	Mend     string `json:"mend,omitempty"`
	Message  string `json:"message"`
}

func writeJSON(out io.Writer, findings []finding.Finding) error {
	return encode(out, jsonReport{Version: 1, Findings: jsonFindings(findings)})
}

func jsonFindings(findings []finding.Finding) []jsonFinding {
	out := []jsonFinding{}
	for _, f := range findings {
		out = append(out, jsonFinding{
			f.Code, f.Severity.String(), f.Place.File, f.Place.Line, f.Place.Column, f.Path, f.Fact, f.Contrast, f.Mend, f.Message(),
		})
	}
	return out
}

// jsonFit is what schemas/fit.schema.json describes.
type jsonFit struct {
	Version  int           `json:"version"`
	Clusters []*fit.Report `json:"clusters"`
	Findings []jsonFinding `json:"findings"`
}

func writeFitJSON(out io.Writer, reports []*fit.Report, findings []finding.Finding) error {
	if reports == nil {
		reports = []*fit.Report{}
	}
	return encode(out, jsonFit{Version: 1, Clusters: reports, Findings: jsonFindings(findings)})
}

func encode(out io.Writer, value any) error {
	e := json.NewEncoder(out)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(value)
}
