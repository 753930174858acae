package explain

import (
	"errors"
	"fmt"
	"path"
	"regexp"
	"strconv"
	"strings"

	"stillsuit.dev/files"
	"stillsuit.dev/finding"
	"stillsuit.dev/generator/evaluate/internal/words"
)

// atLine is how a decoder names a place: policies/own.yaml:14: what is wrong.
var atLine = regexp.MustCompile(`^([^:\s]+)(?::(\d+))?(?::(\d+))?: (.*)$`)

// embedded is for a file of an @embed that is not there or cannot be decoded: on its own
// line, where the decoder says one. It returns false for any other error.
func (x *expressionErrors) embedded(c cueError) (finding.Finding, bool) {
	text := fmt.Sprintf(c.format, c.args...)
	file, missing := strings.CutPrefix(text, "open ")
	file, gone := strings.CutSuffix(file, ": no such file or directory")
	beside := path.Join(path.Dir(strings.TrimPrefix(c.pos.Filename(), "/")), file)
	switch info, err := x.src.Stat(beside); {
	case missing && gone && err == nil && files.Check(info.Mode()) != nil: // which CUE does not tell
		return x.report.finding("cue/embed", c, file+" is embedded here", files.Check(info.Mode()).Error(), "put a file in its place"), true
	case missing && gone:
		return x.report.finding("cue/embed", c, file+" is embedded here", "there is no such file beside this one or below", "correct its path, which starts from the package's directory"), true
	case strings.HasSuffix(text, "found more than one value in file"):
		return x.report.finding("cue/embed", c, "a file is embedded here", "it holds several documents, and a field is one", "keep each document in a file of its own"), true
	case text != "failed to decode file":
		return finding.Finding{}, false
	}
	var inner error = c.err
	for next := inner; next != nil; next = errors.Unwrap(next) {
		inner = next
	}
	f := x.report.finding("cue/embed", c, "a file is embedded here", "it cannot be read: "+words.Shorten(inner.Error()), "correct it")
	if m := atLine.FindStringSubmatch(inner.Error()); m != nil {
		f.Problem, f.Detail = m[1]+" is embedded", "it cannot be read: "+words.Shorten(m[4])
		if m[2] != "" {
			f.Place = finding.Place{File: path.Join(path.Dir(f.Place.File), m[1])}
			f.Place.Line, _ = strconv.Atoi(m[2])
			f.Place.Column, _ = strconv.Atoi(m[3])
		}
	}
	return f, true
}
