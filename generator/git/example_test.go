package git_test

import (
	"fmt"

	"stillsuit.dev/generator/git"
)

// A text has one line ending, however it was checked out.
func Example() {
	fmt.Printf("%q\n", git.Text([]byte("a: 1\r\nb: 2\r\n")))
	// Output: "a: 1\nb: 2\n"
}
