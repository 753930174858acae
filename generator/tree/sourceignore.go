package tree

import (
	"bytes"
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/fluxcd/pkg/sourceignore"
	"github.com/fluxcd/pkg/sourceignore/gitignore"

	"stillsuit.dev/finding"
	"stillsuit.dev/generator/git"
)

// sourceRule is a line of a .sourceignore, or one of Flux's own patterns.
type sourceRule struct {
	gitignore.Pattern
	text     string
	file     string // from the repository; "" for Flux's own
	line     int
	among    bool     // the file lies among rendered ones, and the line excludes something
	excludes []string // rendered files
}

// sourceIgnored finds the lines by which Flux leaves rendered files out of what it
// fetches. It reads each .sourceignore from the work tree's top down to the files,
// and Flux's own package matches, in the order of source-controller's
// SourceIgnoreFilter: without any pattern, Flux's defaults count.
//
// At the repository's root and above, a .sourceignore that excludes no rendered file is
// accepted. In a cluster's tree, which holds rendered files, one that excludes anything is
// reported: it would keep the next file of that name from Flux, and it has already turned
// off the defaults for the whole repository.
func sourceIgnored(checkout *git.Checkout, trees []Tree) ([]finding.Finding, error) {
	files := owned(trees)
	scratch, err := checkout.Scratch() // what git ignores as a whole is not for Flux
	if err != nil {
		return nil, err
	}
	var rules []*sourceRule
	read := map[string]bool{}
	var down func(dir string, among bool) error
	down = func(dir string, among bool) error {
		if read[dir] {
			return nil
		}
		read[dir] = true
		if dir != "." && !(scratch && dir == checkout.Prefix()) {
			parent := path.Dir(dir)
			if err := down(parent, among && parent != path.Join(checkout.Prefix(), Root)); err != nil {
				return err
			}
		}
		more, err := sourceRules(checkout, dir, among)
		rules = append(rules, more...)
		return err
	}
	for _, f := range files {
		if err := down(path.Join(checkout.Prefix(), path.Dir(f)), true); err != nil {
			return nil, err
		}
	}
	if len(rules) == 0 {
		for _, text := range strings.Split(strings.Join([]string{sourceignore.ExcludeExt, sourceignore.ExcludeCI, sourceignore.ExcludeExtra}, ","), ",") {
			rules = append(rules, &sourceRule{Pattern: gitignore.ParsePattern(text, nil), text: text})
		}
	}
	for _, f := range files {
		at := strings.Split(path.Join(checkout.Prefix(), f), "/")
		for _, r := range slices.Backward(rules) {
			m := r.Match(at, false)
			if m == gitignore.Exclude {
				r.excludes = append(r.excludes, f)
			}
			if m != gitignore.NoMatch {
				break
			}
		}
	}
	var fs []finding.Finding
	for _, r := range rules {
		if len(r.excludes) > 0 || r.among {
			fs = append(fs, r.finding())
		}
	}
	return fs, nil
}

// sourceRules reads the .sourceignore of a directory, a path from the work tree's
// top. A byte order mark belongs to the first pattern, as it does in Flux.
func sourceRules(checkout *git.Checkout, dir string, among bool) ([]*sourceRule, error) {
	file := path.Join(dir, sourceignore.IgnoreFile)
	b, err := checkout.Read(file)
	if gone(err) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	var domain []string
	if dir != "." {
		domain = strings.Split(dir, "/")
	}
	var out []*sourceRule
	n := 0
	for line := range bytes.SplitSeq(b, []byte("\n")) {
		n++
		for _, p := range sourceignore.ReadPatterns(bytes.NewReader(line), domain) { // one at most
			text := strings.TrimSuffix(string(line), "\r")
			out = append(out, &sourceRule{
				Pattern: p, text: text, file: checkout.Shown(file), line: n,
				among: among && !strings.HasPrefix(text, "!"),
			})
		}
	}
	return out, nil
}

func (r *sourceRule) finding() finding.Finding {
	f := finding.Finding{Code: codeSourceIgnore, Severity: finding.Error, Place: finding.Place{File: printable(r.file), Line: r.line}}
	switch {
	case r.file == "":
		f.Place.File = printable(r.excludes[0])
		f.Problem = fmt.Sprintf("Flux leaves out %s, which its default pattern %q excludes", counted(r.excludes), r.text)
		f.Fix = "write a .sourceignore at the repository's root with a pattern of your own, such as *.jpg: it takes the place of Flux's defaults"
	case len(r.excludes) > 0:
		f.Problem = fmt.Sprintf("the pattern %q has Flux leave out %s", r.text, counted(r.excludes))
		f.Fix = "remove the line, or add a pattern that starts with ! for the rendered files below it"
	default:
		f.Problem = fmt.Sprintf("the pattern %q stands among rendered files, and turns off what Flux excludes by default in the whole repository", r.text)
		f.Fix = "delete " + printable(r.file) + ", or move it to the repository's root"
	}
	return f
}
