package report

import (
	"fmt"
	"io"
)

// Text writes each finding on a line, as finding.String does, their numbers, and how much
// was checked.
func Text(out io.Writer, r *Report) error {
	for _, f := range r.Findings {
		if _, err := fmt.Fprintln(out, Line(f.String())); err != nil {
			return err
		}
	}
	if _, err := fmt.Fprintln(out, Totals(r.Findings)); err != nil {
		return err
	}
	for _, line := range r.Coverage {
		if _, err := fmt.Fprintln(out, Line(line)); err != nil {
			return err
		}
	}
	return nil
}
