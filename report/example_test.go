package report_test

import (
	"fmt"
	"log"
	"strings"

	"stillsuit.dev/finding"
	"stillsuit.dev/report"
)

// Findings as the workflow commands of GitHub, which shows them in a pull request.
func Example() {
	r := &report.Report{Findings: []finding.Finding{
		{Code: "app/unknown-port", Severity: finding.Error, Place: finding.Place{File: "apps.cue", Line: 14, Column: 9}},
	}}
	write, err := report.In("github")
	if err != nil {
		log.Fatal(err)
	}
	var out strings.Builder
	if err := write(&out, r); err != nil {
		log.Fatal(err)
	}
	fmt.Println(strings.HasPrefix(out.String(), "::error file=apps.cue,line=14,col=9,title=app/unknown-port::"))
	fmt.Println(report.Forms())
	// Output:
	// true
	// [text terminal json sarif junit github markdown]
}
