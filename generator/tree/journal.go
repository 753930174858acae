package tree

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"strconv"
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

// readJournal returns the open journal, or nil when there is none. Paths that
// Write would never have written are refused.
func readJournal(d *dir) (*journal, error) {
	info, err := d.root.Lstat(journalFile)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, pathError("read", d.join(journalFile), err)
	}
	if info.Mode().Type() == fs.ModeSymlink {
		return nil, linkRefusal(d.join(journalFile))
	}
	data, _, err := readFile(d, journalFile, false, nil)
	if err != nil {
		return nil, err
	}
	var j journal
	if err := json.Unmarshal(data, &j); err != nil {
		return nil, journalError(d, err.Error())
	}
	if j.Version != journalVersion {
		return nil, journalError(d, "version "+strconv.Itoa(j.Version)+" is not known to this stillsuit")
	}
	for _, e := range j.Entries {
		if wrong := badPath(e.Path); wrong != "" {
			return nil, journalError(d, fmt.Sprintf("path %q: %s", e.Path, wrong))
		}
	}
	for _, p := range j.Emptied {
		if wrong := badPath(p); wrong != "" {
			return nil, journalError(d, fmt.Sprintf("path %q: %s", p, wrong))
		}
	}
	return &j, nil
}

func journalError(d *dir, wrong string) error {
	return fmt.Errorf("read %s: %s; look at `git status`, then remove the file and render again", d.join(journalFile), wrong)
}
