package evaluate

import (
	"stillsuit.dev/finding"
	"stillsuit.dev/generator/evaluate/internal/explain"
)

// Codes documents every code of a finding that this package and those below it make.
func Codes() []finding.CodeDoc {
	return append(explain.Codes(), finding.CodeDoc{
		Code: "cue/budget", Title: "evaluating a cluster takes too much time or memory",
		Text: "CUE has loops, and texts, lists and alternatives that multiply, so a few lines can take hours and all memory. Each cluster has a minute of CPU time, and the program 4Gi of memory for all of them; " +
			"a cluster of a thousand apps takes a second and half a gigabyte. --cue-timeout and --cue-memory allow more. One that exceeds them is given up: none of its own values are checked or rendered, and the other clusters are. " +
			"Where it can be found out, the finding names the entry. What a cluster's values take as JSON is bounded, too: to 64Mi.",
		Example: "apps: web: containers: main: env: {for i in list.Range(0, 10000000, 1) {\"V\\(i)\": \"x\"}}",
	})
}
