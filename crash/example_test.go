package crash_test

import (
	"fmt"

	"stillsuit.dev/crash"
	"stillsuit.dev/finding"
)

// checked looks at a file, and panics.
func checked(file string) (findings []finding.Finding, err error) {
	defer crash.Report(&findings, &err, "check "+file, finding.Place{File: file, Line: 1})
	var lines []string
	fmt.Println(lines[3])
	return nil, nil
}

// A panic becomes a finding about what was looked at, and the run goes on.
func Example() {
	findings, err := checked("apps.cue")
	fmt.Println(findings[0].Place, findings[0].Code, err)
	fmt.Println(crash.Any(findings))
	// Output:
	// apps.cue:1 stillsuit/crash <nil>
	// true
}
