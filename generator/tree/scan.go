package tree

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io/fs"
	"path"
	"strings"
)

// want is a directory or a file that the trees ask for.
type want struct {
	file     *File            // nil for a directory
	children map[string]*want // of a directory
	owned    bool             // a sealed file in here that is not wanted is stale
	files    bool             // at least one file is wanted in here
}

// wanted returns the trees as one, from the repository's root down. Their
// paths have passed checkNames.
func wanted(trees []Tree) *want {
	top := &want{children: map[string]*want{}}
	for _, t := range trees {
		for _, dir := range t.Owned {
			top.at(dir, false).owned = true
		}
		var last *want
		lastDir := ""
		for i := range t.Files {
			f := &t.Files[i]
			dir, name := path.Split(f.Path)
			if last == nil || dir != lastDir {
				last, lastDir = top.at(strings.TrimSuffix(dir, "/"), true), dir
			}
			last.children[name] = &want{file: f}
		}
	}
	return top
}

// at returns the directory at a path below w, made when it is not there.
func (w *want) at(p string, files bool) *want {
	w.files = w.files || files
	if p == "" {
		return w
	}
	for name := range strings.SplitSeq(p, "/") {
		next := w.children[name]
		if next == nil {
			next = &want{children: map[string]*want{}}
			w.children[name] = next
		}
		next.files = next.files || files
		w = next
	}
	return w
}

// kind says in what way a place on the disk is not as the trees ask.
type kind int

const (
	missing kind = iota // nothing is there
	changed             // a file is there, with other bytes
	stale               // a sealed file is there that is not wanted
	blocked             // something that is not a file of ours is in the way
	linked              // a symbolic link is there
)

// drift is one difference between the disk and the trees.
type drift struct {
	kind  kind
	path  string
	file  *File       // what is wanted there; nil when stale
	bytes []byte      // the sealed bytes that are wanted; nil when stale
	state State       // of the file that is there
	same  bool        // changed in its line ends only
	old   string      // SHA-256 of the file that is there
	seen  fs.FileInfo // the file that is there
}

// scan compares a repository with trees. It changes nothing.
type scan struct {
	disk      disk
	inspect   func([]byte) State
	drifts    []drift
	unchanged []string
	emptied   []string // directories that hold nothing but stale files, deepest first
	buf       []byte
}

// directory compares d with w, which is nil for a directory that nothing is
// wanted in. It reports whether anything stays in d, and whether anything
// leaves it.
func (s *scan) directory(d *dir, w *want, owned bool) (stays, leaves bool, err error) {
	if w == nil {
		w = &want{}
	}
	owned = owned || w.owned
	note := func(k bool, l bool) { stays, leaves = stays || k, leaves || l }
	if !owned {
		for name, child := range w.children {
			info, err := d.root.Lstat(name)
			if errors.Is(err, fs.ErrNotExist) {
				s.absent(d.join(name), child)
				continue
			}
			if err != nil {
				return false, false, pathError("read", d.join(name), err)
			}
			if _, _, err := s.entry(d, name, info.Mode().Type(), child, false); err != nil {
				return false, false, err
			}
		}
		return true, false, nil
	}
	entries, err := d.entries()
	if err != nil {
		return false, false, err
	}
	found := 0
	for _, e := range entries {
		child := w.children[e.Name()]
		if child != nil {
			found++
		}
		k, l, err := s.entry(d, e.Name(), e.Type(), child, true)
		if err != nil {
			return false, false, err
		}
		note(k, l)
	}
	if found == len(w.children) {
		return stays, leaves, nil
	}
	there := make(map[string]bool, len(entries))
	for _, e := range entries {
		there[e.Name()] = true
	}
	for name, child := range w.children {
		if !there[name] {
			s.absent(d.join(name), child)
			note(child.file != nil || child.files, false)
		}
	}
	return stays, leaves, nil
}

// entry compares one entry of a directory with what is wanted there.
func (s *scan) entry(d *dir, name string, typ fs.FileMode, w *want, owned bool) (stays, leaves bool, err error) {
	p := d.join(name)
	wantsFile := w != nil && w.file != nil
	wantsDir := w != nil && w.file == nil
	switch {
	case wantsFile && w.file.Once:
		return true, false, nil
	case typ == fs.ModeSymlink && wantsFile:
		s.add(drift{kind: linked, path: p})
		return true, false, nil
	case typ == fs.ModeDir && !wantsFile, typ == fs.ModeSymlink && wantsDir:
		if !wantsDir && (!owned || name == ".git" || name == stateDir) {
			return true, false, nil
		}
		return s.enter(d, name, w, owned)
	case typ == fs.ModeDir && owned:
		stays, _, err := s.enter(d, name, nil, true)
		if err == nil && stays {
			s.add(drift{kind: blocked, path: p, file: w.file})
		} else if err == nil {
			s.absent(p, w)
		}
		return true, true, err
	case typ == 0 && wantsFile:
		return true, false, s.compare(d, name, w.file)
	case typ == 0 && owned:
		leaves, err := s.candidate(d, name)
		if wantsDir && w.files && err == nil {
			if leaves {
				s.absent(p, w)
			} else {
				s.add(drift{kind: blocked, path: p})
			}
			return true, leaves, nil
		}
		return !leaves, leaves, err
	case wantsFile || wantsDir && w.files:
		s.add(drift{kind: blocked, path: p})
	}
	return true, false, nil
}

// enter compares a directory below d and notes whether it will be empty.
func (s *scan) enter(d *dir, name string, w *want, owned bool) (stays, leaves bool, err error) {
	sub, err := s.disk.open(d, name)
	if link, e := refused(err); e == nil && link != nil {
		s.add(drift{kind: linked, path: d.join(name)})
		return true, false, nil
	}
	if err != nil {
		return false, false, err
	}
	defer sub.close()
	stays, leaves, err = s.directory(sub, w, owned)
	if err != nil || !leaves || stays {
		return true, leaves, err
	}
	s.emptied = append(s.emptied, sub.path)
	return false, true, nil
}

// absent notes that nothing is where w is wanted.
func (s *scan) absent(p string, w *want) {
	if w.file != nil {
		s.add(drift{kind: missing, path: p, file: w.file, bytes: Seal(*w.file)})
		return
	}
	for name, child := range w.children {
		s.absent(path.Join(p, name), child)
	}
}

// compare compares a regular file with the one that is wanted.
func (s *scan) compare(d *dir, name string, f *File) error {
	sealed := Seal(*f)
	have, info, err := s.read(d, name)
	if err != nil {
		return err
	}
	if bytes.Equal(have, sealed) {
		s.unchanged = append(s.unchanged, d.join(name))
		return nil
	}
	s.add(drift{
		kind: changed, path: d.join(name), file: f, bytes: sealed, state: s.inspect(have),
		same: sameText(have, sealed), old: sum(have), seen: info,
	})
	return nil
}

// candidate looks at a file that is not wanted and reports whether it is
// stale.
func (s *scan) candidate(d *dir, name string) (bool, error) {
	have, info, err := s.read(d, name)
	if err != nil {
		return false, err
	}
	state := s.inspect(have)
	if state == Foreign {
		return false, nil
	}
	s.add(drift{kind: stale, path: d.join(name), state: state, old: sum(have), seen: info})
	return true, nil
}

// read returns the bytes of a file, until the next call; of a file without a
// seal perhaps only the first ones.
func (s *scan) read(d *dir, name string) ([]byte, fs.FileInfo, error) {
	have, info, err := readFile(d, name, true, s.buf)
	if err != nil {
		return nil, nil, err
	}
	s.buf = have
	return have, info, nil
}

func (s *scan) add(dr drift) { s.drifts = append(s.drifts, dr) }

// sum is the SHA-256 of content in hexadecimal.
func sum(content []byte) string {
	h := sha256.Sum256(content)
	return hex.EncodeToString(h[:])
}
