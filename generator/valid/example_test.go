package valid_test

import (
	"fmt"

	"stillsuit.dev/generator/valid"
)

// What Kubernetes refuses in a label, and in a schedule.
func Example() {
	for _, p := range valid.Labels(map[string]any{"tier": "back end"}, []string{"metadata", "labels"}) {
		fmt.Println(valid.Dotted(p.Keys), p.Code)
	}
	fmt.Println(valid.Schedule("0 4 * * *") == "", valid.Schedule("61 4 * * *") == "")
	// Output:
	// metadata.labels.tier object/label
	// true false
}
