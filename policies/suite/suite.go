package suite

import (
	"errors"
	"fmt"
	"io/fs"
	"path"

	"stillsuit.dev/crash"
	"stillsuit.dev/finding"
	"stillsuit.dev/sources/flux"
)

// File is what tests are called.
const File = "kyverno-test.yaml"

// Source is where tests lie.
type Source struct {
	// FS holds the tests and all files that they name.
	FS fs.FS
	// Shown is what their names start with, where they are told; empty for those of the
	// repository.
	Shown string
}

// Tally counts what was tested.
type Tally struct {
	// Tests are the files, Results what they expect, one for each resource, and Wrong
	// those that were not met.
	Tests, Results, Wrong int
}

// Find lists the tests in a directory and below it, sorted.
func (s Source) Find(dir string) ([]string, error) {
	var out []string
	err := fs.WalkDir(s.FS, dir, func(name string, e fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case e.IsDir() && e.Name() == ".git":
			return fs.SkipDir
		case !e.IsDir() && e.Name() == File:
			out = append(out, name)
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("look for tests: %w", err)
	}
	return out, nil
}

// Run runs tests. What is wrong with them, and each result that was not met, is a
// finding; they are sorted. An error means that the evaluator could not do its work.
func (s Source) Run(files ...string) (Tally, []finding.Finding, error) {
	r := &runner{Source: s}
	for _, file := range files {
		if err := r.test(file); err != nil {
			return r.tally, nil, err
		}
	}
	return r.tally, finding.Sort(r.findings), nil
}

// test runs the tests of a file.
func (r *runner) test(file string) (err error) {
	r.tally.Tests++
	at := finding.Place{File: r.shown(file)}
	defer crash.Report(&r.findings, &err, "running test "+r.shown(file), at)
	for _, d := range r.documents(at, file) {
		t := &test{}
		if !r.decode(d, file, t, "Test") || !r.check(d, file, t) {
			continue
		}
		if err := r.run(d, file, t); err != nil {
			return fmt.Errorf("run test %s: %w", file, err)
		}
	}
	return nil
}

// None is the finding that a directory has no tests.
func None(dir string) finding.Finding {
	return finding.Finding{
		Code: "test/none", Severity: finding.Error, Place: finding.Place{File: dir}, Problem: "no " + File + " is here or below",
		Detail: "nothing was tested then", Fix: "name a directory with tests, or policies of the library",
	}
}

// runner is one Run.
type runner struct {
	Source
	tally    Tally
	findings []finding.Finding
}

func (r *runner) shown(file string) string { return path.Join(r.Shown, file) }

func (r *runner) report(at finding.Place, code finding.Code, fact, contrast, mend string) {
	r.findings = append(r.findings, finding.Finding{Code: code, Severity: finding.Error, Place: at, Problem: fact, Detail: contrast, Fix: mend})
}

// documents are those of a file that is asked for at a place.
func (r *runner) documents(at finding.Place, file string) []flux.Document {
	docs, err := flux.Documents(r.FS, file)
	if err == nil && len(docs) == 0 {
		err = errors.New("it is empty")
	}
	if err != nil {
		r.report(at, "test/file", file+" cannot be read", err.Error(), "correct the path or the file")
	}
	return docs
}
