package git

import (
	"bytes"
	"errors"
	"io/fs"
	"os"
	"path"
	"regexp"
	"strings"
	"syscall"
)

// Ignored is a path that git would not add, and why.
type Ignored struct {
	Path string // as it was given
	File string // of the pattern, from the directory: "../.gitignore", ".git/info/exclude"
	Line int
	Text string // the pattern
}

// Ignored returns those of the files at paths below the directory that git
// ignores, in the order of paths, which should be sorted. It goes by .gitignore at
// every level and by .git/info/exclude, but not by a user's own core.excludesFile,
// which nobody else has. What is tracked is ignored all the same here. A directory
// that is ignored as a whole is taken for one that git has nothing to do with: then
// only its own .gitignore counts, and those below it.
func (c *Checkout) Ignored(paths []string) ([]Ignored, error) {
	e := newExcludes(c)
	scratch, err := e.scratch()
	if err != nil {
		return nil, err
	}
	if scratch {
		e = newExcludes(c)
		e.base = c.prefix
	}
	var out []Ignored
	for _, p := range paths {
		by, err := e.file(path.Join(c.prefix, p))
		if err != nil {
			return nil, err
		}
		if by != nil {
			out = append(out, Ignored{p, by.file, by.line, by.text})
		}
	}
	return out, nil
}

// Scratch reports whether git ignores the directory as a whole.
func (c *Checkout) Scratch() (bool, error) { return newExcludes(c).scratch() }

// pattern is one line of an ignore file.
type pattern struct {
	match   *regexp.Regexp // of a name, or of a path from the file's directory
	name    bool           // it has no slash and is about names
	dir     bool           // it is about directories only
	negated bool
	file    string
	line    int
	text    string
}

// excludes are the patterns of a work tree, read where they are needed.
type excludes struct {
	c     *Checkout
	base  string // what lies above is left out; "" for nothing
	info  []pattern
	lists map[string][]pattern // of .gitignore, by directory from the top
	dirs  map[string]*pattern  // what excludes a directory, nil when nothing does
}

func newExcludes(c *Checkout) *excludes {
	return &excludes{c: c, lists: map[string][]pattern{}, dirs: map[string]*pattern{}}
}

// scratch reads info/exclude, and reports whether the directory is ignored.
func (e *excludes) scratch() (bool, error) {
	if err := e.exclude(); err != nil || e.c.prefix == "." {
		return false, err
	}
	by, err := e.dir(e.c.prefix)
	return by != nil, err
}

func (e *excludes) exclude() error {
	if e.c.common == nil {
		return nil
	}
	const name = ".git/info/exclude"
	b, err := read(e.c.common, "info/exclude", maxIgnore)
	if err != nil && !gone(err) {
		return named(name, err)
	}
	e.info = patterns(b, name)
	return nil
}

// gone reports whether there is no such file. Git reads no .gitignore through a
// symbolic link (since 2.32).
func gone(err error) bool {
	return errors.Is(err, fs.ErrNotExist) || errors.Is(err, syscall.ENOTDIR) || errors.Is(err, syscall.ELOOP)
}

// list is the .gitignore of a directory, a path from the top.
func (e *excludes) list(dir string) ([]pattern, error) {
	if ps, ok := e.lists[dir]; ok {
		return ps, nil
	}
	at := path.Join(dir, ".gitignore")
	shown := e.c.Shown(at)
	var b []byte
	info, err := e.c.top.Lstat(at)
	if err == nil && info.Mode()&os.ModeSymlink == 0 {
		b, err = read(e.c.top, at, maxIgnore)
	}
	if err != nil && !gone(err) {
		return nil, named(shown, err)
	}
	e.lists[dir] = patterns(b, shown)
	return e.lists[dir], nil
}

// dir returns what excludes a directory, or one above it; nil when nothing does.
// Git looks at nothing in an excluded directory, so that no pattern takes a file
// in it back.
func (e *excludes) dir(p string) (*pattern, error) {
	if p == "." || p == e.base {
		return nil, nil
	}
	if by, ok := e.dirs[p]; ok {
		return by, nil
	}
	by, err := e.dir(path.Dir(p))
	if err == nil && by == nil {
		by, err = e.last(p, true)
	}
	e.dirs[p] = by
	return by, err
}

func (e *excludes) file(p string) (*pattern, error) {
	by, err := e.dir(path.Dir(p))
	if err != nil || by != nil {
		return by, err
	}
	return e.last(p, false)
}

// last returns the pattern that decides, when it excludes: the last one that
// matches in the nearest file with one that does.
func (e *excludes) last(p string, isDir bool) (*pattern, error) {
	for dir := path.Dir(p); ; dir = path.Dir(dir) {
		ps, err := e.list(dir)
		if err != nil {
			return nil, err
		}
		rel := p
		if dir != "." {
			rel = p[len(dir)+1:]
		}
		if by := decide(ps, rel, isDir); by != nil {
			return by.excluding(), nil
		}
		if dir == "." || dir == e.base {
			break
		}
	}
	return decide(e.info, p, isDir).excluding(), nil
}

func (p *pattern) excluding() *pattern {
	if p == nil || p.negated {
		return nil
	}
	return p
}

func decide(ps []pattern, p string, isDir bool) *pattern {
	full := bytewise(p)
	name := bytewise(path.Base(p))
	for i := len(ps) - 1; i >= 0; i-- {
		subject := full
		if ps[i].name {
			subject = name
		}
		if (isDir || !ps[i].dir) && ps[i].match.MatchString(subject) {
			return &ps[i]
		}
	}
	return nil
}

// patterns reads an ignore file as git's dir.c does. Lines that can match nothing
// are left out.
func patterns(b []byte, file string) []pattern {
	var out []pattern
	n := 0
	for line := range bytes.SplitSeq(bytes.TrimPrefix(b, []byte("\ufeff")), []byte("\n")) {
		n++
		text := strings.TrimSuffix(string(line), "\r")
		if strings.HasPrefix(text, "#") {
			continue
		}
		text = trimSpaces(text)
		p := pattern{file: file, line: n, text: text}
		glob, negated := strings.CutPrefix(text, "!")
		glob, p.dir = strings.CutSuffix(glob, "/")
		p.negated = negated
		p.name = !strings.Contains(glob, "/")
		if glob = strings.TrimPrefix(glob, "/"); glob == "" {
			continue
		}
		if p.match = glob2regexp(glob); p.match != nil {
			out = append(out, p)
		}
	}
	return out
}

// trimSpaces drops spaces at the end that no backslash stands before.
func trimSpaces(s string) string {
	end := 0
	for i := 0; i < len(s); i++ {
		if s[i] == ' ' {
			continue
		}
		if s[i] == '\\' && i+1 < len(s) {
			i++
		}
		end = i + 1
	}
	return s[:end]
}
