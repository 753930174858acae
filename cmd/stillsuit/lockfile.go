package main

import (
	"io/fs"
	"os"

	"stillsuit.dev/checks/images/locking"
	"stillsuit.dev/files"
	"stillsuit.dev/finding"
	"stillsuit.dev/generator/lock"
	"stillsuit.dev/sources/flux"
)

// lockfile is a repository with a lock: one with clusters, or that of a tree that no
// CUE produced.
type lockfile interface {
	Lock() *lock.Lock
	UpdateLock(change func(*lock.Lock)) error
	Source(file string) []byte
	Close() error
}

// treeLock is the lock of the repository that a tree is in.
type treeLock struct {
	root *os.Root
	dir  string // of the tree, relative to the root
	lock *lock.Lock
}

func openTree(dir, tree string) (*treeLock, error) {
	root, rel, err := rootOf(dir, tree)
	if err != nil {
		return nil, err
	}
	locked, err := lock.Read(files.FS(root))
	if err != nil {
		_ = root.Close() // nothing was written
		return nil, err
	}
	return &treeLock{root, rel, locked}, nil
}

// Lock implements lockfile.
func (t *treeLock) Lock() *lock.Lock { return t.lock }

// UpdateLock implements lockfile.
func (t *treeLock) UpdateLock(change func(*lock.Lock)) error {
	l, err := lock.Update(t.root, change)
	if err == nil {
		t.lock = l
	}
	return err
}

// Source implements lockfile.
func (t *treeLock) Source(file string) []byte {
	b, err := fs.ReadFile(files.FS(t.root), file)
	if err != nil {
		return nil
	}
	return b
}

// Close implements lockfile.
func (t *treeLock) Close() error { return t.root.Close() }

// find reads the tree. Findings that are errors mean that images may be missing.
func (t *treeLock) find() (*used, []finding.Finding, error) {
	subject, findings, err := flux.Read(t.root, t.dir, nil)
	if err != nil {
		return nil, nil, err
	}
	if findings := failing(findings); findings != nil {
		return nil, findings, nil
	}
	uses, err := locking.Uses(subject)
	return &used{uses: uses}, nil, err
}
