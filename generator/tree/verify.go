package tree

import (
	"errors"
	"io/fs"
	"os"

	"stillsuit.dev/finding"
)

// Verify compares the files under root with the trees and returns a finding
// for each difference, sorted: a file that is missing, out of date, stale,
// edited, or foreign and in the way. A checkout with CRLF line ends or byte
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
	lock, fs, err := w.settled(top)
	if err != nil {
		return refused(err)
	}
	if lock != nil {
		defer func() { _ = lock.Close() }() // drops the lock
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
	for _, find := range []func() ([]finding.Finding, error){
		func() ([]finding.Finding, error) { return stops(root, trees, s.drifts) },
		func() ([]finding.Finding, error) { return trackedState(root) },
	} {
		more, err := find()
		if err != nil {
			return nil, err
		}
		fs = append(fs, more...)
	}
	return finding.Sort(fs), nil
}

// settled makes sure that no Write is at work and none was interrupted. It
// returns the lock that keeps the next one away, or nil when none ever ran. A
// journal that this checkout did not write interrupts nothing, and is a finding.
func (w *writer) settled(top *dir) (*os.File, []finding.Finding, error) {
	d, err := w.disk.open(top, stateDir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil, nil
	}
	if err != nil {
		return nil, nil, err
	}
	defer d.close()
	lock, err := w.openLock(d, false)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, nil, err
	}
	journal, ours, err := w.openJournal(d)
	if err == nil && ours {
		err = ErrInterrupted
	}
	if err != nil {
		if lock != nil {
			_ = lock.Close()
		}
		return nil, nil, err
	}
	if journal != nil {
		return lock, []finding.Finding{alienFinding(d, journal)}, nil
	}
	return lock, nil, nil
}
