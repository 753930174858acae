package report

import (
	"fmt"
	"io"

	"stillsuit.dev/finding"
)

// Text writes a finding on each line, with what is no error marked, and their
// numbers.
func Text(out io.Writer, r *Report) error {
	for _, f := range r.Findings {
		place, severity := "", ""
		if !f.Place.IsZero() {
			place = f.Place.String() + ": "
		}
		if f.Severity != finding.Error {
			severity = f.Severity.String() + ": "
		}
		if _, err := fmt.Fprintln(out, Line(place+severity+string(f.Code)+": "+f.Message())); err != nil {
			return err
		}
	}
	_, err := fmt.Fprintln(out, totals(r.Findings))
	return err
}
