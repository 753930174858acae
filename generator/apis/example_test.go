package apis_test

import (
	"fmt"

	"stillsuit.dev/generator/apis"
)

// A kind that Kubernetes removed, and a resource that rights name wrongly.
func Example() {
	k, _ := apis.Find("batch/v1beta1", "CronJob")
	fmt.Println(k.In(24) == apis.Served, k.In(25) == apis.Removed, k.ReplacedBy.APIVersion)
	fmt.Println(apis.HasResource("apps", "deployments/scale"), apis.Meant("", "pod"), apis.GroupsWith("deployments"))
	// Output:
	// true true batch/v1
	// true pods [apps extensions]
}
