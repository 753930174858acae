package explain

import (
	"slices"

	"cuelang.org/go/cue/errors"
	"cuelang.org/go/cue/token"

	"stillsuit.dev/generator/evaluate/internal/source"
	"stillsuit.dev/generator/evaluate/internal/words"
)

// cueError is one error of CUE with its wrapping taken off.
type cueError struct {
	format    string
	args      []any
	path      []string
	pos       token.Pos   // of the expression at fault; may lie in the schemas
	positions []token.Pos // what else took part, those a user wrote
	err       errors.Error
}

// unwrap returns the innermost error that says something.
func unwrap(e errors.Error) cueError {
	c := cueError{path: words.Unquoted(e.Path()), err: e}
	for {
		c.format, c.args = e.Msg()
		if pos := e.Position(); pos.IsValid() {
			c.pos = pos
		}
		for _, p := range e.InputPositions() {
			if source.Written(p) && !slices.Contains(c.positions, p) {
				c.positions = append(c.positions, p)
			}
		}
		next, ok := errors.Unwrap(e).(errors.Error) //nolint:errorlint // one step at a time, to meet each of them
		if !ok {
			return c
		}
		e = next
	}
}

// ownWords returns the text of a schema's error("…").
func ownWords(c cueError) (string, bool) {
	if c.format != "%s" || len(c.args) != 1 || !c.pos.IsValid() {
		return "", false
	}
	text, ok := c.args[0].(string)
	return text, ok
}
