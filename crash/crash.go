// Package crash turns a panic of stillsuit, and a check that could not be made, into a
// finding, so that what it did not touch is still reported. A run with such a finding exits
// with 2.
package crash

import (
	"errors"
	"fmt"
	"path"
	"runtime"
	"slices"
	"strings"

	"stillsuit.dev/finding"
)

// Code is the code of every Error's Finding, and CodeFailed that of a check that ended with
// an error. No flag, suppression or comparison hides a finding of either.
const (
	Code       finding.Code = "stillsuit/crash"
	CodeFailed finding.Code = "stillsuit/failed"
)

// Error is a panic that was recovered.
type Error struct {
	// Doing says what stillsuit did, and with which input: "checking Pod home/web with fit".
	Doing string
	// What is the panic, without values of the input, and Where the line of the source.
	What, Where string
}

// New returns the Error of a recovered value. It is for the deferred function that
// recovers. Only what the runtime says of a panic is repeated: any other text may hold
// a value of a Secret.
func New(doing string, recovered any) *Error {
	if e, ok := recovered.(*Error); ok { // of a goroutine: see Group
		return &Error{Doing: doing, What: e.What, Where: e.Where}
	}
	e := &Error{Doing: doing, What: fmt.Sprintf("a panic with a %T", recovered), Where: where()}
	if r, ok := recovered.(runtime.Error); ok {
		e.What = r.Error()
	}
	return e
}

// Catch is to be deferred: it makes an *Error of a panic.
func Catch(err *error, doing string) {
	if p := recover(); p != nil {
		*err = New(doing, p)
	}
}

// Report is to be deferred: it makes a finding at a place of a panic, or of an error that
// is one.
func Report(findings *[]finding.Finding, err *error, doing string, at finding.Place) {
	if p := recover(); p != nil {
		*err = New(doing, p)
	}
	if crashed := (*Error)(nil); errors.As(*err, &crashed) {
		*findings, *err = append(*findings, crashed.Finding(at)), nil
	}
}

func (e *Error) Error() string {
	return fmt.Sprintf("stillsuit crashed while %s: %s in %s", e.Doing, e.What, e.Where)
}

// Finding is the error as a finding at a place.
func (e *Error) Finding(at finding.Place) finding.Finding {
	return finding.Finding{
		Code: Code, Severity: finding.Error, Place: at, Problem: e.Error(),
		Fix: "report this message with the input that it names and the output of `stillsuit version`: the fault is stillsuit's",
	}
}

// Failed is an error of a check as a finding at a place; a panic that was caught is one of
// Code. The error's text has no values that may be secrets.
func Failed(check string, err error, at finding.Place) finding.Finding {
	if crashed := (*Error)(nil); errors.As(err, &crashed) {
		return crashed.Finding(at)
	}
	return finding.Finding{Code: CodeFailed, Severity: finding.Error, Place: at, Problem: fmt.Sprintf("check %s could not be made: %s", check, strings.ReplaceAll(err.Error(), "\n", "; "))}
}

// Is reports whether a code is of what leaves a run incomplete.
func Is(code finding.Code) bool { return code == Code || code == CodeFailed }

// Any reports whether a finding is of a crash, or of a check that failed.
func Any(findings []finding.Finding) bool {
	return slices.ContainsFunc(findings, func(f finding.Finding) bool { return Is(f.Code) })
}

// Codes documents the findings.
func Codes() []finding.CodeDoc {
	return []finding.CodeDoc{{
		Code: CodeFailed, Hiding: finding.ByNothing, Title: "a check could not be made",
		Text:    "The check that the message names ended with an error, so whether the input passes it is not known. What it found before is reported, and so is what the other checks find, but the run is incomplete and exits with 2. The finding cannot be suppressed, and --only and --skip do not hide it.\n\nDo what the message asks for. If the input is sound, report the message with the output of `stillsuit version`.",
		Example: "home: stillsuit/failed: check fit could not be made: home has no node pi9; it has pi1 and pi2",
	}, {
		Code: Code, Hiding: finding.ByNothing, Title: "stillsuit itself failed on this input",
		Text:    "A mistake in stillsuit, and none of the input's. The message names the input and the line of stillsuit's source. What the crash did not touch is reported as usual, but the run is incomplete, so it exits with 2. The finding cannot be suppressed, and --only and --skip do not hide it.\n\nReport it with the message, the smallest input that still gives it, and the output of `stillsuit version`. The message repeats no values of the input.",
		Example: "clusters/home/apps.cue:12:2: stillsuit/crash: stillsuit crashed while checking Deployment home/web with fit: runtime error: integer divide by zero in generator/quantities/bytes.go:20",
	}}
}

// module starts the names of stillsuit's functions.
const module = "stillsuit.dev/"

// where is the line that panicked: stillsuit's own that is nearest to it, and the
// function of another module when it was there.
func where() string {
	callers := make([]uintptr, 200)
	frames := runtime.CallersFrames(callers[:runtime.Callers(0, callers)])
	panicked, outside := false, ""
	for {
		frame, more := frames.Next()
		name := frame.Function
		switch {
		case strings.HasPrefix(name, "runtime."):
			panicked = panicked || name == "runtime.gopanic"
		case !panicked:
		case strings.HasPrefix(name, module):
			return line(strings.TrimPrefix(name, module), frame) + outside
		case outside == "":
			outside = " (" + name + ")"
		}
		if !more {
			return "a dependency" + outside
		}
	}
}

// line is the file of a function, relative to the module, with its line.
func line(function string, frame runtime.Frame) string {
	dir, rest := path.Split(function)
	pkg, _, _ := strings.Cut(rest, ".")
	pkg = strings.TrimSuffix(pkg, "_test")
	if pkg == "" {
		return fmt.Sprintf("%s:%d", path.Base(frame.File), frame.Line)
	}
	return fmt.Sprintf("%s:%d", path.Join(dir, pkg, path.Base(frame.File)), frame.Line)
}
