package source

import (
	"errors"
	"fmt"
	"strings"

	"stillsuit.dev/files"
)

// maxFile is the most that is read of one file, in bytes. A cluster of a
// thousand apps written out in full is about one tenth of it.
const maxFile = 16 << 20

// What makes a file unreadable, besides that it does not exist.
var (
	ErrOutside   = errors.New("leads out of the repository")
	errIrregular = errors.New("is not a regular file")
	errTooLarge  = fmt.Errorf("is larger than %d MiB", maxFile>>20)
	errTooLong   = fmt.Errorf("has an expression with more than %d operators", maxOperators)
)

// irregularError is what stands where a file should.
type irregularError struct{ files.OtherError }

func (e irregularError) Error() string { return "is " + e.Kind() + ", not a file" }

// maxOperators is the most operators that an expression, or a field such as
// a: b: c: 1, may have. CUE limits how deep brackets nest, but recurses without
// a limit along a chain of operators, until the program dies.
const maxOperators = 10_000

// longestChain returns the most operators that follow one another without a
// comma, a brace or the end of a line that could end an expression. What
// stands in strings counts too.
func longestChain(data []byte) int {
	longest, run := 0, 0
	last := byte(' ') // before the current byte, spaces left out
	for _, b := range data {
		switch b {
		case ' ', '\t', '\r':
			continue
		case ':', '.', '+', '-', '*', '/', '&', '|', '=', '<', '>', '!', '~':
			run++
			longest = max(longest, run)
		case ',', '{', '}':
			run = 0
		case '\n':
			if !strings.ContainsRune(":.+-*/&|=<>!~", rune(last)) {
				run = 0
			}
			continue
		}
		last = b
	}
	return longest
}
