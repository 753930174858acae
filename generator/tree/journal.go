package tree

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"strconv"

	"stillsuit.dev/finding"
)

const (
	journalFile    = "journal.json"
	journalDraft   = "journal.new" // becomes journalFile when everything is staged
	journalVersion = 1
)

// ErrInterrupted says that a run was stopped half-way and that the tree is
// neither the old nor the new one.
var ErrInterrupted = errors.New("an earlier run was interrupted and left " + stateDir + "/" + journalFile +
	"; run `stillsuit render`, which completes it")

// journal is what a run intends to do, written before it does any of it.
type journal struct {
	Version int      `json:"version"`
	Entries []entry  `json:"entries"`
	Emptied []string `json:"emptied,omitempty"` // directories to remove when empty, deepest first
}

// entry is one change. Its place in the list names its files in the stage and
// among the old files.
type entry struct {
	Path string `json:"path"`
	Old  string `json:"old,omitempty"` // SHA-256 before, in hexadecimal; none when there was no file
	New  string `json:"new,omitempty"` // SHA-256 after; none when the file is removed
}

func encodeJournal(changes []change, emptied []string) []byte {
	j := journal{Version: journalVersion, Emptied: emptied, Entries: make([]entry, len(changes))}
	for i, c := range changes {
		j.Entries[i] = entry{Path: c.path, Old: c.old, New: c.new}
	}
	out, err := json.Marshal(j)
	if err != nil {
		panic(err) // strings and numbers always encode
	}
	return append(out, '\n')
}

// openJournal returns the bytes of the journal that lies in the state directory,
// or nil when there is none, and whether this checkout wrote it.
func (w *writer) openJournal(d *dir) (data []byte, ours bool, err error) {
	info, err := d.root.Lstat(journalFile)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, false, nil
	}
	if err != nil {
		return nil, false, pathError("read", d.join(journalFile), err)
	}
	if info.Mode().Type() == fs.ModeSymlink {
		return nil, false, linkRefusal(d.join(journalFile))
	}
	if data, _, err = readFile(d, journalFile, false, nil); err != nil {
		return nil, false, err
	}
	ours, err = w.wrote(d, data)
	if err == nil && !ours { // unless a run has just been done with it
		if _, err := d.root.Lstat(journalFile); gone(err) {
			return nil, false, nil
		}
	}
	return data, ours, err
}

// readJournal returns the open journal, or nil when there is none. One that this
// checkout did not write is refused, and so are paths that a recovery does not touch.
func (w *writer) readJournal(d *dir) (*journal, error) {
	data, ours, err := w.openJournal(d)
	if err != nil || data == nil {
		return nil, err
	}
	if !ours {
		return nil, &refusal{[]finding.Finding{alienFinding(d, data)}}
	}
	var j journal
	if err := json.Unmarshal(data, &j); err != nil {
		return nil, journalError(d, err.Error())
	}
	if j.Version != journalVersion {
		return nil, journalError(d, "version "+strconv.Itoa(j.Version)+" is not known to this stillsuit")
	}
	for _, p := range j.paths() {
		if wrong := badPath(p); wrong != "" {
			return nil, journalError(d, fmt.Sprintf("path %q: %s", p, wrong))
		}
	}
	for _, e := range j.Entries {
		if !w.owns(e.Path) {
			return nil, unownedRefusal(d, e.Path)
		}
	}
	for _, p := range j.Emptied {
		if !w.owns(path.Join(p, "file")) {
			return nil, unownedRefusal(d, p)
		}
	}
	return &j, nil
}

// paths are all that the journal names.
func (j *journal) paths() []string {
	var out []string
	for _, e := range j.Entries {
		out = append(out, e.Path)
	}
	return append(out, j.Emptied...)
}

func journalError(d *dir, wrong string) error {
	return fmt.Errorf("read %s: %s; look at `git status`, then remove the file and render again", d.join(journalFile), wrong)
}
