package tree

import (
	"encoding/json"
	"fmt"
	"path"
	"strings"

	"stillsuit.dev/finding"
)

// The codes of this package's findings.
const (
	codeBadPath   = "tree/bad-path"
	codeColliding = "tree/colliding-paths"
	codeEdited    = "tree/edited-file"
	codeForeign   = "tree/foreign-file"
	codeLink      = "tree/symlink"
	codeDrift     = "tree/drift"
	codeOrphan    = "tree/orphan"
	codeJournal   = "tree/foreign-journal"
	codeTracked   = "tree/tracked-state"
	codeState     = "tree/state"
	codeSecond    = "tree/second-kustomization"

	codeSourceIgnore = "tree/sourceignore"
	codeGitIgnore    = "tree/gitignore"
)

// at is a finding about the file at a path of the output.
func at(code finding.Code, p, fact, contrast, mend string) finding.Finding {
	p = printable(p)
	return finding.Finding{
		Code: code, Severity: finding.Error, Place: finding.Place{File: p},
		Problem: p + " " + fact, Detail: contrast, Fix: mend,
	}
}

// finding says what is wrong at dr, for both a write and a check.
func (dr drift) finding() finding.Finding {
	switch {
	case dr.kind == linked:
		return linkFinding(dr.path)
	case dr.kind == blocked, dr.kind == changed && dr.state == Foreign:
		return at(codeForeign, dr.path, "is in the way of a rendered file", "it was not written by stillsuit",
			"move it out of the way, or delete it when nobody needs it")
	case dr.kind == stale && dr.state == Broken:
		return at(codeEdited, dr.path, "is no longer rendered and would be removed", "it was edited after it was",
			fmt.Sprintf("remove it with `stillsuit render --discard-edits %s`, or delete its first line to keep it as your own", printable(dr.path)))
	case dr.state == Broken:
		return at(codeEdited, dr.path, "was edited, or holds a merge conflict", "it is rendered, so the edit would be lost",
			fmt.Sprintf("make the change in %s, then run `stillsuit render --discard-edits %s`", origin(dr.file), printable(dr.path)))
	case dr.kind == missing:
		return at(codeDrift, dr.path, "is missing", "", "run `stillsuit render` and commit what it writes")
	case dr.kind == stale:
		return at(codeDrift, dr.path, "is stale", "nothing renders it any longer", "run `stillsuit render` and commit what it removes")
	}
	return at(codeDrift, dr.path, "is out of date", "", "run `stillsuit render` and commit what it writes")
}

// origin names the first source of a file.
func origin(f *File) string {
	if f == nil || len(f.Sources) == 0 {
		return "its source"
	}
	return printable(f.Sources[0])
}

func linkFinding(p string) finding.Finding {
	return at(codeLink, p, "is a symbolic link", "stillsuit writes and removes files in real directories only",
		"put a directory or a file in its place")
}

func linkRefusal(p string) error { return &refusal{[]finding.Finding{linkFinding(p)}} }

// raceRefusal says that a file changed between being looked at and replaced.
func raceRefusal(p string) error {
	return &refusal{[]finding.Finding{at(codeEdited, p, "was changed while stillsuit was writing",
		"the run had looked at it before, and took everything back", "render again")}}
}

// alienFinding says that a journal was not written here, and what it is about.
func alienFinding(d *dir, data []byte) finding.Finding {
	name := d.join(journalFile)
	fact := "was not written by this checkout"
	var j journal
	if err := json.Unmarshal(data, &j); err == nil && len(j.paths()) > 0 {
		fact += ", and would change " + some(j.paths())
	}
	return at(codeJournal, name, fact, "", "run "+discardState+" and render again; stillsuit has changed nothing")
}

// discardState removes the state directory, from git too where it holds it.
const discardState = "`git rm -rfq --cached --ignore-unmatch .stillsuit; rm -rf .stillsuit`"

// some names the first two of several paths.
func some(paths []string) string {
	named := make([]string, 0, 2)
	for _, p := range paths[:min(len(paths), 2)] {
		named = append(named, printable(p))
	}
	out := strings.Join(named, " and ")
	if more := len(paths) - len(named); more > 0 {
		out = fmt.Sprintf("%s and %d more", strings.Join(named, ", "), more)
	}
	return out
}

// unownedRefusal says that a journal is about a path where nothing is rendered.
func unownedRefusal(d *dir, p string) error {
	name := d.join(journalFile)
	return &refusal{[]finding.Finding{at(codeJournal, name,
		fmt.Sprintf("would change %s, which is no rendered file", printable(p)), "",
		"run "+discardState+" and render again; stillsuit has changed nothing")}}
}

// unsealedRefusal says that a journal is about a file that bears no seal.
func unsealedRefusal(file, p string) error {
	name := path.Join(stateDir, journalFile)
	fact := fmt.Sprintf("would replace or remove %s, which has no stillsuit seal", printable(file))
	if file != p {
		fact = fmt.Sprintf("would move %s, which has no unbroken stillsuit seal, to %s", printable(file), printable(p))
	}
	return &refusal{[]finding.Finding{at(codeJournal, name, fact, "",
		"keep a copy of "+printable(file)+" if you need it, then run "+discardState+" and render again; stillsuit has changed nothing")}}
}
