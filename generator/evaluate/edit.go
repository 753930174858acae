package evaluate

import (
	"bytes"
	"context"
	"fmt"
	"slices"

	"cuelang.org/go/cue/parser"

	"stillsuit.dev/finding"
	"stillsuit.dev/generator/evaluate/internal/source"
)

// Replace returns the edits that write now in place of old, a text, a number or a boolean:
// the literal that is the value at a CUE path, or the name that the path ends with. There are
// none where the cluster's own files do not have it there once, as it is: it may be a
// reference, or come from an import.
func (c *Cluster) Replace(path []string, old, now any) []finding.Edit {
	return c.edit(path, func() []finding.Edit { return c.places.Replace(path, old, now) })
}

// Remove returns the edits that remove the field at a CUE path, likewise. A field with a
// comment stays.
func (c *Cluster) Remove(path []string) []finding.Edit {
	return c.edit(path, func() []finding.Edit { return c.places.Remove(path, c.repo.src) })
}

// edit makes edits within the budget. Taking a value apart evaluates parts of it alone,
// which CUE may give up on with a panic; then there are none.
func (c *Cluster) edit(path []string, do func() []finding.Edit) (out []finding.Edit) {
	if c.watch.do(context.Background(), path, finding.Place{}, func() {
		defer func() {
			if recover() != nil {
				out = nil
			}
		}()
		out = do()
	}) != nil {
		return nil
	}
	fs := []finding.Finding{{Edits: out}}
	c.repo.quote(fs)
	return fs[0].Edits
}

// quote gives edits what stands where they are made, in the files as they were read.
func (r *Repo) quote(fs []finding.Finding) {
	for _, f := range fs {
		for i, e := range f.Edits {
			b, err := r.src.Read(source.RepoMount + "/" + e.From.File)
			from, to := offset(b, e.From), offset(b, e.To)
			if err == nil && from >= 0 && from <= to {
				f.Edits[i].OldText = string(b[from:to])
			}
		}
	}
}

// offset is that of a place in a file; -1 when it has no such place.
func offset(b []byte, at finding.Place) int {
	start := 0
	for range at.Line - 1 {
		next := bytes.IndexByte(b[start:], '\n')
		if next < 0 {
			return -1
		}
		start += next + 1
	}
	if at.Line < 1 || at.Column < 1 || start+at.Column-1 > len(b) {
		return -1
	}
	return start + at.Column - 1
}

// CheckSyntax returns why a CUE file does not parse.
func CheckSyntax(file string, content []byte) error {
	if _, err := parser.ParseFile(file, slices.Clone(content), parser.ParseComments); err != nil {
		return fmt.Errorf("parse %s: %w", file, err)
	}
	return nil
}
