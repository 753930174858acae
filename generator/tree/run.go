package tree

import (
	"errors"
	"io/fs"
	"maps"
	"os"
	"path"
	"slices"
	"strconv"
	"syscall"
)

// run moves files between their places, the stage and the old files, under an
// open journal, and remembers how to undo each step.
type run struct {
	disk       disk
	top        *dir
	walk       walker
	stage, old *dir
	recovering bool
	undoing    []func() error
	touched    map[string]bool // directories whose entries changed
}

func (w *writer) newRun(st *state) (*run, error) {
	stage, err := w.disk.open(st.dir, stageDir)
	if err != nil {
		return nil, err
	}
	old, err := w.disk.open(st.dir, oldDir)
	if err != nil {
		stage.close()
		return nil, err
	}
	r := &run{disk: w.disk, top: st.top, stage: stage, old: old, touched: map[string]bool{}}
	r.walk = walker{disk: w.disk, stack: []*dir{st.top}}
	return r, nil
}

func (r *run) close() {
	r.walk.close()
	r.stage.close()
	r.old.close()
}

// apply brings the changes about: what goes, then the directories that this
// empties, then what comes; a directory may take a file's place and the other
// way round. The slots of the changes are staged.
func (r *run) apply(changes []change, emptied []string) error {
	for _, c := range changes {
		if c.new == "" {
			if err := r.takeAway(c); err != nil {
				return err
			}
		}
	}
	for i, p := range emptied {
		if err := r.retire(p, "dir"+strconv.Itoa(i)); err != nil {
			return err
		}
	}
	for _, c := range changes {
		if c.new == "" {
			continue
		}
		if c.seen != nil {
			if err := r.takeAway(c); err != nil {
				return err
			}
		}
		err := r.put(r.stage, c.slot, c.path)
		if r.recovering && inTheWay(err) {
			continue // changed by hand since the crash
		}
		if err != nil {
			return err
		}
		r.undoing = append(r.undoing, func() error { return r.take(c.path, r.stage, c.slot) })
	}
	return r.sync()
}

// takeAway moves the old file of c aside, and makes sure that it is the one
// that was looked at: an edit made since then is not lost.
func (r *run) takeAway(c change) error {
	err := r.take(c.path, r.old, c.slot)
	if gone(err) {
		return raceRefusal(c.path)
	}
	if err != nil {
		return err
	}
	r.undoing = append(r.undoing, func() error { return r.put(r.old, c.slot, c.path) })
	info, err := r.old.root.Lstat(c.slot)
	if err != nil {
		return pathError("read", r.old.join(c.slot), err)
	}
	if !os.SameFile(info, c.seen) || info.Size() != c.seen.Size() || !info.ModTime().Equal(c.seen.ModTime()) {
		return raceRefusal(c.path)
	}
	return nil
}

// take moves the file at a path into a directory of ours.
func (r *run) take(p string, to *dir, slot string) error {
	d, err := r.at(path.Dir(p), false)
	if err != nil {
		return err
	}
	r.touched[d.path] = true
	return r.disk.rename(d, path.Base(p), to, slot)
}

// put moves a file of ours to a path at which there is nothing.
func (r *run) put(from *dir, slot, p string) error {
	d, err := r.at(path.Dir(p), true)
	if err != nil {
		return err
	}
	switch _, err := d.root.Lstat(path.Base(p)); {
	case err == nil:
		return raceRefusal(p)
	case !errors.Is(err, fs.ErrNotExist):
		return pathError("write", p, err)
	}
	r.touched[d.path] = true
	return r.disk.rename(from, slot, d, path.Base(p))
}

// at returns the directory at a path. With create it makes what is missing.
func (r *run) at(p string, create bool) (*dir, error) {
	r.walk.missing = nil
	if create {
		r.walk.missing = r.mkdir
	}
	return r.walk.at(p)
}

// mkdir makes a directory that is missing on the way.
func (r *run) mkdir(parent *dir, name string) error {
	if err := r.disk.mkdir(parent, name); err != nil {
		return err
	}
	r.touched[parent.path] = true
	p := parent.join(name)
	r.undoing = append(r.undoing, func() error {
		d, err := r.at(path.Dir(p), false)
		if err != nil {
			return err
		}
		if err := r.disk.rmdir(d, name); err != nil && !errors.Is(err, fs.ErrExist) {
			return err
		}
		return nil
	})
	return nil
}

// retire moves a directory that is empty now among the old files: undoing a
// removal would take space on the disk, undoing a move does not.
func (r *run) retire(p, slot string) error {
	parent, err := r.at(path.Dir(p), false)
	if gone(err) {
		return nil
	}
	if err != nil {
		return err
	}
	// In a recovery the directory may be gone, and a file in its place.
	if info, err := parent.root.Lstat(path.Base(p)); gone(err) || err == nil && !info.IsDir() {
		return nil
	}
	if err := r.take(p, r.old, slot); err != nil {
		return err
	}
	back := func() error { return r.put(r.old, slot, p) }
	d, err := r.disk.open(r.old, slot)
	if err != nil {
		return errors.Join(err, back())
	}
	defer d.close()
	if entries, err := d.entries(); err != nil || len(entries) > 0 {
		return errors.Join(err, back()) // somebody put something into it
	}
	r.undoing = append(r.undoing, back)
	return nil
}

// inTheWay reports whether an error of put says that something else is at the
// path, or above it.
func inTheWay(err error) bool {
	var r *refusal
	return errors.As(err, &r) && r.findings[0].Code == codeEdited || errors.Is(err, syscall.ENOTDIR)
}

// gone reports whether an error says that there is nothing at a path.
func gone(err error) bool {
	return errors.Is(err, fs.ErrNotExist) || errors.Is(err, syscall.ENOTDIR)
}

// undo takes back every step, the last one first.
func (r *run) undo() error {
	steps := r.undoing
	r.undoing = nil
	for _, step := range slices.Backward(steps) {
		if err := step(); err != nil {
			return err
		}
	}
	// Nothing new has to last: when the disk cannot sync, which may be why we
	// are here, it still holds the old tree.
	_ = r.sync()
	return nil
}

// sync makes the moves durable.
func (r *run) sync() error {
	dirs := slices.Sorted(maps.Keys(r.touched))
	dirs = slices.DeleteFunc(dirs, func(p string) bool { return p == "." })
	return r.disk.sync(r.top, append(dirs, "."))
}
