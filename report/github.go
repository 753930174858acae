package report

import (
	"fmt"
	"io"
	"strings"

	"stillsuit.dev/finding"
)

// GitHub writes a workflow command for each finding, by which a step of GitHub Actions
// puts it beside the line in a pull request, and their numbers on a line of its own.
func GitHub(out io.Writer, r *Report) error {
	for _, f := range r.Findings {
		var properties []string
		add := func(name, value string) {
			if value = property(value); strings.TrimSpace(value) != "" {
				properties = append(properties, name+"="+value)
			}
		}
		add("file", f.Place.File)
		if f.Place.Line > 0 {
			add("line", fmt.Sprint(f.Place.Line))
		}
		if f.Place.Column > 0 {
			add("col", fmt.Sprint(f.Place.Column))
		}
		add("title", string(f.Code))
		if _, err := fmt.Fprintf(out, "::%s %s::%s\n", command(f.Severity), strings.Join(properties, ","), data(f.Message())); err != nil {
			return err
		}
	}
	_, err := fmt.Fprintln(out, Totals(r.Findings))
	return err
}

func command(s finding.Severity) string {
	if s == finding.Note {
		return "notice"
	}
	return s.String()
}

// data and property escape as the runner takes it back (actions/toolkit, command.ts).
func data(s string) string { return strings.ReplaceAll(Line(s), "%", "%25") }

func property(s string) string {
	return strings.NewReplacer(":", "%3A", ",", "%2C").Replace(data(s))
}
