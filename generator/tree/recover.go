package tree

import (
	"errors"
	"fmt"
	"io/fs"
	"path"
	"strconv"
)

// recover completes the run whose journal is open, or removes what a run
// without a journal has staged. It reports whether there was a journal. A file
// that is neither the old nor the new one was changed by hand since, and stays.
func (w *writer) recover(st *state) (bool, error) {
	j, err := readJournal(st.dir)
	if err != nil {
		return false, err
	}
	if j == nil {
		return false, w.clear(st)
	}
	for _, name := range []string{stageDir, oldDir} {
		if err := w.disk.mkdir(st.dir, name); err != nil && !errors.Is(err, fs.ErrExist) {
			return false, err
		}
	}
	r, err := w.newRun(st)
	if err != nil {
		return false, err
	}
	defer r.close()
	r.recovering = true
	var todo []change
	for i, e := range j.Entries {
		c, err := r.remaining(strconv.Itoa(i), e)
		if err != nil {
			return false, err
		}
		if c != nil {
			todo = append(todo, *c)
		}
	}
	if err := r.apply(todo, j.Emptied); err != nil {
		return false, err
	}
	if err := w.disk.remove(st.dir, journalFile); err != nil {
		return false, err
	}
	return true, w.clear(st)
}

// remaining returns what is left to do of a journal's entry, or nil. It puts
// an old file back that cannot be replaced.
func (r *run) remaining(slot string, e entry) (*change, error) {
	now, seen, err := r.look(e.Path)
	if err != nil {
		return nil, err
	}
	old, _, err := hashFile(r.old, slot)
	if err != nil {
		return nil, err
	}
	staged, _, err := hashFile(r.stage, slot)
	if err != nil {
		return nil, err
	}
	c := &change{path: e.Path, slot: slot, old: e.Old, new: e.New, seen: seen}
	switch {
	case old != "" && old != e.Old:
		// The run stopped between moving the file and seeing that it had
		// been edited.
		return nil, r.restore(slot, e.Path)
	case now == e.New:
		return nil, nil
	case now != "" && now != e.Old:
		return nil, nil
	case e.New == "" || staged == e.New:
		return c, nil
	case now == "" && old != "":
		return nil, r.restore(slot, e.Path)
	}
	return nil, nil
}

// restore puts an old file back, which nothing else holds any longer.
func (r *run) restore(slot, p string) error {
	err := r.put(r.old, slot, p)
	if inTheWay(err) {
		return fmt.Errorf("recover %s: another version of it is in %s; move that away and render again",
			printable(p), r.old.join(slot))
	}
	return err
}

// look returns the hash of the file at a path, as hashFile does. A directory
// there may be one that goes with the files in it, and counts as nothing.
func (r *run) look(p string) (string, fs.FileInfo, error) {
	walk := walker{disk: r.disk, stack: []*dir{r.top}}
	defer walk.close()
	d, err := walk.at(path.Dir(p))
	if gone(err) {
		return "", nil, nil
	}
	if err != nil {
		return "", nil, err
	}
	hash, info, err := hashFile(d, path.Base(p))
	if err == nil && info != nil && info.IsDir() {
		return "", nil, nil
	}
	return hash, info, err
}

// hashFile returns the SHA-256 of a file in hexadecimal, "" when nothing is
// there and "?" when something else is.
func hashFile(d *dir, name string) (string, fs.FileInfo, error) {
	info, err := d.root.Lstat(name)
	if errors.Is(err, fs.ErrNotExist) {
		return "", nil, nil
	}
	if err != nil {
		return "", nil, pathError("read", d.join(name), err)
	}
	if !info.Mode().IsRegular() {
		return "?", info, nil
	}
	data, info, err := readFile(d, name, false, nil)
	if err != nil {
		return "", nil, err
	}
	return sum(data), info, nil
}
