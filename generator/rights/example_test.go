package rights_test

import (
	"fmt"

	"stillsuit.dev/generator/rights"
)

// A resource as a user writes it, and a verb that gives more than it names.
func Example() {
	group, resource := rights.Resource("apps/deployments")
	fmt.Println(group, resource, rights.Written(group, resource))
	fmt.Println(rights.EscapeVerbs()["bind"])
	// Output:
	// apps deployments apps/deployments
	// with it any Role can be given to anybody
}
