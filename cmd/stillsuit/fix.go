package main

import (
	"fmt"
	"io"
	"path"

	"stillsuit.dev/fix"
	"stillsuit.dev/generator"
	"stillsuit.dev/report"
)

// fixing makes the edits of findings whose places are relative to dir.
func fixing(dir string, out io.Writer) *fix.Session {
	return &fix.Session{Dir: dir, Check: parses, Say: func(line string) error {
		_, err := fmt.Fprintln(out, report.Line(line))
		return err
	}}
}

// parses returns why a file must not be written.
func parses(file string, content []byte) error {
	if path.Ext(file) == ".cue" {
		return generator.CheckSyntax(file, content)
	}
	return fix.CheckYAML(content)
}
