package tree

import (
	"errors"
	"io/fs"
	"path"
	"strconv"
)

// The directories below stateDir in which a run prepares new files, and keeps
// the old ones until it is done.
const (
	stageDir = "stage"
	oldDir   = "old"
)

// commit brings all changes about, or none. Directories in emptied are removed
// when nothing is left in them.
func (w *writer) commit(st *state, changes []change, emptied []string) error {
	for i := range changes {
		changes[i].slot = strconv.Itoa(i)
	}
	if err := w.prepare(st, changes, emptied); err != nil {
		return w.abandon(st, err)
	}
	r, err := w.newRun(st)
	if err != nil {
		return w.abandon(st, err)
	}
	defer r.close()
	if err := r.apply(changes, emptied); err != nil {
		return w.takeBack(st, r, err)
	}
	if err := w.disk.remove(st.dir, journalFile); err != nil {
		return w.takeBack(st, r, err)
	}
	return w.clear(st) // the new tree stands
}

// takeBack brings the old tree back after err. When that fails the journal
// stays for the next run.
func (w *writer) takeBack(st *state, r *run, err error) error {
	if e := r.undo(); e != nil {
		return errors.Join(err, e, ErrInterrupted)
	}
	return w.abandon(st, err)
}

// prepare stages the new files and opens the journal: afterwards a crash leads
// to the new tree, before it to the old one.
func (w *writer) prepare(st *state, changes []change, emptied []string) error {
	for _, name := range []string{stageDir, oldDir} {
		if err := w.disk.mkdir(st.dir, name); err != nil {
			return err
		}
	}
	stage, err := w.disk.open(st.dir, stageDir)
	if err != nil {
		return err
	}
	defer stage.close()
	durable := make([]string, 0, len(changes)+4)
	for _, c := range changes {
		if c.new == "" {
			continue
		}
		if err := w.disk.write(stage, c.slot, c.content); err != nil {
			return err
		}
		durable = append(durable, path.Join(stageDir, c.slot))
	}
	encoded := encodeJournal(changes, emptied)
	if err := w.disk.mark(stage, sum(encoded)); err != nil {
		return err
	}
	durable = append(durable, path.Join(stageDir, sum(encoded)))
	if err := w.disk.write(st.dir, journalDraft, encoded); err != nil {
		return err
	}
	if err := w.disk.sync(st.dir, append(durable, stageDir, journalDraft, ".")); err != nil {
		return err
	}
	if err := w.disk.rename(st.dir, journalDraft, st.dir, journalFile); err != nil {
		return err
	}
	return w.disk.sync(st.dir, []string{"."})
}

// abandon drops the journal and what was staged, after the old tree is back or
// was never touched.
func (w *writer) abandon(st *state, err error) error {
	if e := w.disk.remove(st.dir, journalFile); e != nil && !errors.Is(e, fs.ErrNotExist) {
		return errors.Join(err, e)
	}
	if e := w.clear(st); e != nil {
		return errors.Join(err, e)
	}
	return err
}

// clear removes what a run without a journal has left.
func (w *writer) clear(st *state) error {
	if err := w.disk.remove(st.dir, journalDraft); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	for _, name := range []string{stageDir, oldDir} {
		d, err := w.disk.open(st.dir, name)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return err
		}
		err = w.removeAll(d)
		d.close()
		if err != nil {
			return err
		}
		if err := w.disk.rmdir(st.dir, name); err != nil {
			return err
		}
	}
	return nil
}

func (w *writer) removeAll(d *dir) error {
	entries, err := d.entries()
	if err != nil {
		return err
	}
	for _, e := range entries {
		remove := w.disk.remove
		if e.IsDir() {
			remove = w.disk.rmdir
		}
		if err := remove(d, e.Name()); err != nil {
			return err
		}
	}
	return nil
}
