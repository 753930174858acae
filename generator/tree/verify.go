package tree

import (
	"errors"
	"io/fs"
	"os"
	"slices"

	"stillsuit.dev/finding"
)

// Verify compares the files under root with the trees and returns what differs, sorted: a
// finding for each file that is edited, or foreign and in the way, and one for the files of a
// cluster that are missing, out of date or stale. A checkout with CRLF line ends or byte
// order marks is no difference. Verify writes nothing. The error is
// ErrInterrupted when a Write was stopped half-way, and ErrBusy when one is at
// work.
func Verify(root *os.Root, trees []Tree) ([]finding.Finding, error) {
	return newWriter().verify(root, trees)
}

func (w *writer) verify(root *os.Root, trees []Tree) ([]finding.Finding, error) {
	if fs := w.names(trees); len(fs) > 0 {
		return fs, nil
	}
	top := &dir{path: ".", root: root, caller: true}
	defer top.close()
	if odd := w.shape(root); len(odd) > 0 {
		return w.state(root)
	}
	lock, err := w.settled(top)
	if err != nil {
		return refused(err)
	}
	if lock != nil {
		defer func() { _ = lock.Close() }() // drops the lock
	}
	fs, err := w.state(root)
	if err != nil {
		return nil, err
	}
	s, err := w.scan(top, trees)
	if err != nil {
		return refused(err)
	}
	for _, dr := range s.drifts {
		if !dr.same {
			fs = append(fs, dr.finding())
		}
	}
	stopped, err := w.stops(root, trees, s.drifts)
	if err != nil {
		return nil, err
	}
	return finding.Sort(drifted(slices.Concat(fs, stopped))), nil
}

// settled makes sure that no Write is at work and none was interrupted. It
// returns the lock that keeps the next one away, or nil when none ever ran. A
// journal that this checkout did not write interrupts nothing.
func (w *writer) settled(top *dir) (*os.File, error) {
	d, err := w.disk.open(top, stateDir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	defer d.close()
	lock, err := w.openLock(d, false)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	if _, ours, e := w.openJournal(d); e != nil || ours {
		if lock != nil {
			_ = lock.Close()
		}
		if e == nil {
			e = ErrInterrupted
		}
		return nil, e
	}
	return lock, nil
}
