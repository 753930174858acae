package coverage_test

import (
	"fmt"

	"stillsuit.dev/cmd/stillsuit/coverage"
	"stillsuit.dev/inventory"
)

func ExampleCoverage() {
	var c coverage.Coverage
	if err := c.Add("cluster attic", &inventory.Subject{Units: []inventory.Unit{{Name: "web"}}}, false); err != nil {
		fmt.Println(err)
	}
	for _, line := range c.Lines() {
		fmt.Println(line)
	}
	// Output:
	// Checked: 1 unit, 0 objects, 0 workloads.
	// Not checked: cluster attic in full, because of the errors.
}
