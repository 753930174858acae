package quantities_test

import (
	"fmt"
	"math"

	"k8s.io/apimachinery/pkg/api/resource"

	"stillsuit.dev/generator/quantities"
)

// Sums stop at the largest amount, and an amount is written as people read it.
func Example() {
	half := resource.MustParse("512Mi")
	fmt.Println(quantities.Bytes(quantities.Sum(quantities.Of(&half), quantities.Of(&half))))
	fmt.Println(quantities.Sum(math.MaxInt64, 1) == math.MaxInt64)
	// Output:
	// 1Gi
	// true
}
