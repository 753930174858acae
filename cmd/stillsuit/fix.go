package main

import (
	"fmt"
	"io"
	"os"
	"path"

	"stillsuit.dev/files"
	"stillsuit.dev/finding"
	"stillsuit.dev/fix"
	"stillsuit.dev/generator"
	"stillsuit.dev/report"
)

// rounds is the most that fixes are made and the rest is looked at again: a fix may make
// another one possible.
const rounds = 10

// fixing makes the edits of findings.
type fixing struct {
	out  io.Writer // for what is changed
	dir  string    // of the repository that findings are in
	made int       // findings that are fixed
}

// apply makes the edits of findings, and shows them. It reports whether it made any.
func (f *fixing) apply(findings []finding.Finding) (bool, error) {
	root, err := files.OpenRoot(f.dir)
	if err != nil {
		return false, err
	}
	defer root.Close()
	plan, err := fix.Make(root, findings, &fix.Options{Check: parses})
	if err != nil {
		return false, err
	}
	if len(plan.Files) == 0 {
		return false, f.skipped(plan)
	}
	if err := plan.Write(root); err != nil {
		return false, err
	}
	for _, file := range plan.Files {
		for _, e := range file.Edits {
			if _, err := fmt.Fprintln(f.out, report.Line(fmt.Sprintf("fixed: %s: %s [%s]", e.Finding.Place, e.Finding.Problem, e.Finding.Code))); err != nil {
				return false, err
			}
		}
	}
	f.made += len(plan.Fixed)
	return true, nil
}

// skipped says which edits were not made, and why.
func (f *fixing) skipped(plan *fix.Plan) error {
	for _, s := range plan.Skipped {
		if _, err := fmt.Fprintln(f.out, report.Line(fmt.Sprintf("not fixed: %s: %s [%s]", s.Finding.Place, s.Why, s.Finding.Code))); err != nil {
			return err
		}
	}
	return nil
}

// summary says how many findings were fixed, of those that there were.
func (f *fixing) summary(left []finding.Finding) error {
	_, err := fmt.Fprintf(f.out, "fixed %d of %s\n", f.made, finding.Count(f.made+len(left), "finding"))
	return err
}

// parses returns why a file must not be written.
func parses(file string, content []byte) error {
	if path.Ext(file) == ".cue" {
		return generator.CheckSyntax(file, content)
	}
	return fix.CheckYAML(content)
}

// fixable is how many findings have edits.
func fixable(findings []finding.Finding) int {
	n := 0
	for _, f := range findings {
		if len(f.Edits) > 0 {
			n++
		}
	}
	return n
}

// repositoryOf is the directory that the places of findings about a tree, or about the
// clusters of the repository that dir is in, are relative to.
func repositoryOf(dir string, names []string, open func() (*generator.Repo, error)) (string, error) {
	var root *os.Root
	if len(names) == 1 && isTree(dir, names[0]) {
		var err error
		if root, _, err = rootOf(dir, names[0]); err != nil {
			return "", err
		}
		defer root.Close()
		return root.Name(), nil
	}
	repo, err := open()
	if err != nil {
		return "", err
	}
	defer repo.Close()
	return repo.Dir(), nil
}
