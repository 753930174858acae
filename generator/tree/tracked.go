package tree

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"

	"stillsuit.dev/finding"
	"stillsuit.dev/generator/git"
)

// trackedState finds out whether git tracks the state directory: whoever checks
// such a commit out gets somebody else's. An index that cannot be read matters only
// where the directory holds more than stillsuit leaves there between two runs.
func trackedState(root *os.Root) ([]finding.Finding, error) {
	checkout, err := git.Open(root)
	if err != nil {
		return nil, fmt.Errorf("find git: %w", err)
	}
	defer checkout.Close()
	names, err := checkout.Tracked()
	if err != nil {
		if settledState(root) {
			return nil, nil
		}
		return nil, fmt.Errorf("cannot tell whether git tracks %s: %w", stateDir, err)
	}
	var tracked []string
	for _, name := range names {
		// A disk may take two spellings for one.
		if top, _, _ := strings.Cut(name, "/"); strings.EqualFold(top, stateDir) {
			tracked = append(tracked, name)
		}
	}
	if len(tracked) == 0 {
		return nil, nil
	}
	top, _, _ := strings.Cut(tracked[0], "/")
	f := at(codeTracked, tracked[0], "is tracked by git, and every checkout would get it", "", "run `git rm -rq --cached "+top+"` and commit that")
	if more := len(tracked) - 1; more > 0 {
		f.Fact = fmt.Sprintf("%s and %d more are tracked by git, and every checkout would get them", printable(tracked[0]), more)
	}
	return []finding.Finding{f}, nil
}

// refuseTracked refuses a state directory that git tracks, and names the journal
// that came with it.
func (w *writer) refuseTracked(root *os.Root) error {
	fs, err := trackedState(root)
	if err != nil || len(fs) == 0 {
		return err
	}
	top := &dir{path: ".", root: root, caller: true}
	defer top.close()
	d, err := w.disk.open(top, stateDir)
	if gone(err) {
		return &refusal{fs}
	}
	if err != nil {
		return err
	}
	defer d.close()
	journal, ours, err := w.openJournal(d)
	if err == nil && journal != nil && !ours {
		fs = append(fs, alienFinding(d, journal))
	}
	if err != nil {
		return err
	}
	return &refusal{finding.Sort(fs)}
}

// settledState reports whether the state directory is missing, or as a run leaves
// it that is over.
func settledState(root *os.Root) bool {
	entries, err := fs.ReadDir(root.FS(), stateDir)
	if err != nil {
		return errors.Is(err, fs.ErrNotExist)
	}
	for _, e := range entries {
		if e.Name() != lockFile && e.Name() != ignoreFile || !e.Type().IsRegular() {
			return false
		}
	}
	return true
}
