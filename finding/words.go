package finding

import (
	"fmt"
	"strings"
)

// OneOf writes names as they stand in a sentence: a, b or c.
func OneOf(names []string) string {
	if len(names) < 2 {
		return strings.Join(names, "")
	}
	return strings.Join(names[:len(names)-1], ", ") + " or " + names[len(names)-1]
}

// Count writes a number of things: 1 pod, 2 pods, 3 policies.
func Count(n int, of string) string {
	if n == 1 {
		return "1 " + of
	}
	if stem, y := strings.CutSuffix(of, "y"); y {
		return fmt.Sprintf("%d %sies", n, stem)
	}
	return fmt.Sprintf("%d %ss", n, of)
}

// Are is the verb of so many things: is, are.
func Are(n int) string {
	if n == 1 {
		return "is"
	}
	return "are"
}
