package report

import (
	"fmt"
	"io"
)

// Text writes each finding on a line, as finding.String does, and their numbers.
func Text(out io.Writer, r *Report) error {
	for _, f := range r.Findings {
		if _, err := fmt.Fprintln(out, Line(f.String())); err != nil {
			return err
		}
	}
	_, err := fmt.Fprintln(out, totals(r.Findings))
	return err
}
