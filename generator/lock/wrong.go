package lock

import (
	"bytes"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"

	kjson "sigs.k8s.io/json"
)

// wrong is something that is wrong with a lock, and its line, 0 where that is unknown.
type wrong struct {
	line int
	err  error
}

// Error implements error.
func (w wrong) Error() string {
	if w.line == 0 {
		return fmt.Sprintf("%s: %v", File, w.err)
	}
	return fmt.Sprintf("%s:%d: %v", File, w.line, w.err)
}

// Unwrap returns what is wrong.
func (w wrong) Unwrap() error { return w.err }

var conflict = regexp.MustCompile(`(?m)^(<{7}|={7}|>{7}|\|{7})( .*)?$`)

// unreadable says why bytes are no JSON.
func unreadable(b []byte, err error) error {
	if at := conflict.FindIndex(b); at != nil {
		return wrong{lineAt(b, at[0]), errors.New("this line is a marker of an unresolved merge. Keep the entries of both sides, and remove the markers")}
	}
	if len(bytes.TrimSpace(b)) == 0 {
		return wrong{1, errors.New("the file is empty. Remove it, and run `stillsuit images lock`")}
	}
	if is, at := kjson.SyntaxErrorOffset(err); is {
		return wrong{lineAt(b, int(at)), fmt.Errorf("this is no JSON: %w. Correct it, or take the file from Git and run `stillsuit images lock`", err)}
	}
	return wrong{0, err}
}

func lineAt(b []byte, offset int) int {
	return 1 + bytes.Count(b[:min(max(offset, 0), len(b))], []byte("\n"))
}

// lineOf is the line on which the last of the keys stands, each behind the one before; that
// of the last which is there.
func lineOf(b []byte, keys ...string) int {
	at, line := 0, 0
	for _, key := range keys {
		n := bytes.Index(b[at:], []byte(`"`+key+`"`))
		if n < 0 {
			break
		}
		at += n
		line = lineAt(b, at)
		at += len(key)
	}
	return line
}

// placed gives the errors of a lock their lines, in their order there. Those of an entry
// begin with its reference; those of a field name its path.
func placed(b []byte, errs []error, refs []string) error {
	var out []wrong
	for _, err := range errs {
		if err == nil {
			continue
		}
		line := lineOf(b, "version")
		for _, ref := range refs {
			if _, field, ok := strings.Cut(err.Error(), `"images.`+ref+`.`); ok {
				line = lineOf(b, append([]string{ref}, strings.Split(strings.TrimSuffix(field, `"`), ".")...)...)
			} else if strings.HasPrefix(err.Error(), ref+":") || strings.HasPrefix(err.Error(), `"`+ref+`"`) || strings.HasPrefix(err.Error(), ref+" and ") {
				line = lineOf(b, ref)
			}
		}
		out = append(out, wrong{line, err})
	}
	slices.SortStableFunc(out, func(a, b wrong) int { return a.line - b.line })
	joined := make([]error, len(out))
	for i, w := range out {
		joined[i] = w
	}
	return errors.Join(joined...)
}
