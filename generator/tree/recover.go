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
	j, err := w.readJournal(st.dir)
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
	var todo, back []change
	for i, e := range j.Entries {
		c := change{path: e.Path, slot: strconv.Itoa(i), old: e.Old, new: e.New}
		switch next, err := w.remaining(r, &c); {
		case err != nil:
			return false, err
		case next == complete:
			todo = append(todo, c)
		case next == putBack:
			back = append(back, c)
		}
	}
	for _, c := range back {
		if err := r.restore(c.slot, c.path); err != nil {
			return false, err
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

// next is what is left to do of a journal's entry.
type next int

const (
	nothing  next = iota
	complete      // bring the change about
	putBack       // the old file, which cannot be replaced
)

// remaining says what is left to do of c, and notes the file that it is about.
// It touches nothing, and refuses what no run could have left: a file without a
// seal that would be replaced or removed, or put into the tree.
func (w *writer) remaining(r *run, c *change) (next, error) {
	now, err := r.look(c.path)
	if err != nil {
		return nothing, err
	}
	old, err := look(r.old, c.slot)
	if err != nil {
		return nothing, err
	}
	staged, err := look(r.stage, c.slot)
	if err != nil {
		return nothing, err
	}
	c.seen = now.info
	what := nothing
	switch {
	case old.hash != "" && old.hash != c.old:
		// The run stopped between moving the file and seeing that it had
		// been edited.
		what = putBack
	case now.hash == c.new, now.hash != "" && now.hash != c.old:
	case c.new == "" || staged.hash == c.new:
		what = complete
	case now.hash == "" && old.hash != "":
		what = putBack
	}
	switch {
	case what == putBack && !w.bearsSeal(old.content):
		return nothing, unsealedRefusal(r.old.join(c.slot), c.path)
	case what == complete && now.hash != "" && !w.bearsSeal(now.content):
		return nothing, unsealedRefusal(c.path, c.path)
	case what == complete && c.new != "" && !w.isStaged(staged.content, now.hash != ""):
		return nothing, unsealedRefusal(r.stage.join(c.slot), c.path)
	}
	return what, nil
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

// looked is what is at a path: its SHA-256 in hexadecimal, "" when nothing is
// there and "?" when something else than a file is.
type looked struct {
	hash    string
	content []byte
	info    fs.FileInfo
}

// look looks at a path of the tree. A directory there may be one that goes with
// the files in it, and counts as nothing.
func (r *run) look(p string) (looked, error) {
	walk := walker{disk: r.disk, stack: []*dir{r.top}}
	defer walk.close()
	d, err := walk.at(path.Dir(p))
	if gone(err) {
		return looked{}, nil
	}
	if err != nil {
		return looked{}, err
	}
	l, err := look(d, path.Base(p))
	if l.info != nil && l.info.IsDir() {
		l = looked{}
	}
	return l, err
}

// look looks at an entry of a directory.
func look(d *dir, name string) (looked, error) {
	info, err := d.root.Lstat(name)
	if errors.Is(err, fs.ErrNotExist) {
		return looked{}, nil
	}
	if err != nil {
		return looked{}, pathError("read", d.join(name), err)
	}
	if !info.Mode().IsRegular() {
		return looked{hash: "?", info: info}, nil
	}
	data, info, err := readFile(d, name, false, nil)
	if err != nil {
		return looked{}, err
	}
	return looked{sum(data), data, info}, nil
}
