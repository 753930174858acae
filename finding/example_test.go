package finding_test

import (
	"fmt"

	"stillsuit.dev/finding"
)

// Findings of a run, in the order of the user's lines, and how bad they are.
func Example() {
	all := finding.Sort([]finding.Finding{
		{Code: "app/unknown-port", Severity: finding.Error, Place: finding.Place{File: "apps.cue", Line: 14, Column: 9}},
		{Code: "images/floating-tag", Severity: finding.Warning, Place: finding.Place{File: "apps.cue", Line: 3, Column: 2}},
	})
	for _, f := range all {
		fmt.Println(f.Place, f.Severity, f.Code)
	}
	worst, _ := finding.Worst(all)
	fmt.Println(finding.Count(len(all), "finding")+",", "the worst is an", worst)
	// Output:
	// apps.cue:3:2 warning images/floating-tag
	// apps.cue:14:9 error app/unknown-port
	// 2 findings, the worst is an error
}

// A suggestion for a word that is nearly another.
func ExampleDidYouMean() {
	fmt.Println(finding.DidYouMean("mqqt", []string{"mqtt", "ws"}, "name one of the ports"))
	fmt.Println(finding.DidYouMean("http", []string{"mqtt", "ws"}, "name one of "+finding.All([]string{"mqtt", "ws"})))
	// Output:
	// did you mean mqtt?
	// name one of mqtt and ws
}
