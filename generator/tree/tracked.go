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

// trackedState finds out whether git tracks the state directory: anyone who checks out
// such a commit gets the state of another checkout. An index that cannot be read is a warning,
// and only where the directory holds more than stillsuit leaves there between runs.
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
		f := at(codeTracked, stateDir, fmt.Sprintf("may be tracked by git: %s", err), "", "run `git ls-files .stillsuit`, and take out of git what it lists")
		f.Severity = finding.Warning
		return []finding.Finding{f}, nil
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
		f.Problem = fmt.Sprintf("%s and %d more are tracked by git, and every checkout would get them", printable(tracked[0]), more)
	}
	return []finding.Finding{f}, nil
}

// CheckState finds what somebody else has put into the state directory: files that git
// tracks, a journal that this checkout did not write, and links and other files where
// stillsuit keeps its own. It writes nothing.
func CheckState(root *os.Root) ([]finding.Finding, error) { return newWriter().state(root) }

func (w *writer) state(root *os.Root) ([]finding.Finding, error) {
	fs, err := trackedState(root)
	if err != nil {
		return nil, err
	}
	if odd := w.shape(root); len(odd) > 0 {
		return finding.Sort(append(fs, odd...)), nil
	}
	top := &dir{path: ".", root: root, caller: true}
	defer top.close()
	d, err := w.disk.open(top, stateDir)
	if gone(err) {
		return fs, nil
	}
	if err != nil {
		return refused(err)
	}
	defer d.close()
	journal, ours, err := w.openJournal(d)
	if err != nil {
		return refused(err)
	}
	if journal != nil && !ours {
		fs = append(fs, alienFinding(d, journal))
	}
	return finding.Sort(fs), nil
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
