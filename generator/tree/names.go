package tree

import (
	"fmt"
	"path"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/cases"
	"golang.org/x/text/unicode/norm"

	"stillsuit.dev/finding"
)

const (
	maxPath      = 1000 // bytes; macOS ends at 1 024 with the repository's own path
	maxComponent = 255  // bytes; ext4, APFS, NTFS
)

// checkNames refuses paths that some file system, or git, would take for
// another file than the one meant, before anything is written.
func checkNames(trees []Tree) []finding.Finding {
	return checkNamesFolded(trees, newFold())
}

// checkNamesFolded is checkNames with the function that brings two spellings
// of one file on a case-insensitive, normalising file system together.
func checkNamesFolded(trees []Tree, fold func(string) string) []finding.Finding {
	var fs []finding.Finding
	seen := places{fold: fold, at: map[string]place{}}
	for _, t := range trees {
		for _, dir := range t.Owned {
			if wrong := badPath(dir); wrong != "" {
				fs = append(fs, badPathFinding(&File{Path: dir}, wrong))
			}
		}
		for i := range t.Files {
			f := &t.Files[i]
			if wrong := badPath(f.Path); wrong != "" {
				fs = append(fs, badPathFinding(f, wrong))
			} else if other := seen.add(f); other.file != nil {
				fs = append(fs, collidingFinding(f, other))
			}
		}
	}
	return finding.Sort(fs)
}

// badPath says what is wrong with a path, or "" when nothing is.
func badPath(p string) string {
	switch {
	case p == "":
		return "a path needs at least one letter"
	case !utf8.ValidString(p):
		return "a path has to be valid UTF-8"
	case strings.HasPrefix(p, "/"):
		return "a path has to be relative to the repository"
	case len(p) > maxPath:
		return fmt.Sprintf("a path may have %d bytes and this one has %d", maxPath, len(p))
	case strings.Contains(p, `\`):
		return `a backslash separates directories on some systems`
	}
	for _, r := range p {
		if r < ' ' || r > '~' && unicode.In(r, unicode.Cc, unicode.Cf, unicode.Zl, unicode.Zp) {
			return "a path may hold no control or invisible characters"
		}
	}
	if !norm.NFC.IsNormalString(p) {
		return "a path has to be in Unicode's normal form C, or macOS changes it"
	}
	for c := range strings.SplitSeq(p, "/") {
		if wrong := badComponent(c); wrong != "" {
			return wrong
		}
	}
	return ""
}

func badComponent(c string) string {
	switch {
	case c == "":
		return "a path may have no empty part"
	case c == "." || c == "..":
		return fmt.Sprintf("a path may have no %q in it", c)
	case len(c) > maxComponent:
		return fmt.Sprintf("a part of a path may have %d bytes and this one has %d", maxComponent, len(c))
	case strings.HasSuffix(c, ".") || strings.HasSuffix(c, " "):
		return fmt.Sprintf("%q ends in a dot or a space, which Windows drops", c)
	case strings.EqualFold(c, ".git") || strings.EqualFold(c, "git~1"):
		return fmt.Sprintf("%q belongs to git", c)
	case strings.EqualFold(c, stateDir):
		return fmt.Sprintf("%q is where stillsuit keeps its lock and journal", c)
	case device(c):
		return fmt.Sprintf("%q is the name of a device on Windows", c)
	}
	return ""
}

// device reports whether Windows takes a file name for a device, whatever
// extension it has.
func device(name string) bool {
	base, _, _ := strings.Cut(name, ".")
	base = strings.ToUpper(strings.TrimRight(base, " "))
	switch base {
	case "CON", "PRN", "AUX", "NUL", "CONIN$", "CONOUT$":
		return true
	}
	port, ok := strings.CutPrefix(base, "COM")
	if !ok {
		port, ok = strings.CutPrefix(base, "LPT")
	}
	return ok && utf8.RuneCountInString(port) == 1 && strings.ContainsAny(port, "0123456789¹²³")
}

// newFold returns Unicode's canonical caseless form. It keeps state: one
// goroutine at a time.
func newFold() func(string) string {
	fold := cases.Fold()
	return func(s string) string {
		for i := range len(s) {
			if s[i] >= utf8.RuneSelf {
				return norm.NFD.String(fold.String(norm.NFD.String(s)))
			}
		}
		return strings.ToLower(s)
	}
}

// place is a file of a tree, or a directory that holds one.
type place struct {
	path string
	file *File
	dir  bool
}

// places holds every path that was taken, under its folded form.
type places struct {
	fold func(string) string
	at   map[string]place
	last string // the directory that was added last
}

// add takes the path of f and of its directories. It returns the place that f
// collides with, if there is one.
func (ps *places) add(f *File) place {
	if dir := path.Dir(f.Path); dir != "." && dir != ps.last {
		for i := range len(f.Path) {
			if f.Path[i] != '/' {
				continue
			}
			if other := ps.take(place{f.Path[:i], f, true}); other.file != nil {
				return other
			}
		}
		ps.last = dir
	}
	return ps.take(place{f.Path, f, false})
}

func (ps *places) take(p place) place {
	key := ps.fold(p.path)
	other, taken := ps.at[key]
	if !taken {
		ps.at[key] = p
		return place{}
	}
	if p.dir && other.dir && p.path == other.path {
		return place{}
	}
	return other
}

func badPathFinding(f *File, wrong string) finding.Finding {
	return finding.Finding{
		Code: codeBadPath, Severity: finding.Error, Place: sourceOf(f),
		Problem: fmt.Sprintf("this would be written to %q", f.Path),
		Detail:  wrong,
		Fix:     "choose another name for what the path is made from",
	}
}

func collidingFinding(f *File, other place) finding.Finding {
	contrast := fmt.Sprintf("%q, made from %s, is the same file where case and accents do not count", other.path, sourceOf(other.file).File)
	switch {
	case other.path == f.Path && !other.dir:
		contrast = fmt.Sprintf("so would something from %s", sourceOf(other.file).File)
	case other.dir && strings.HasPrefix(other.file.Path, f.Path+"/"):
		contrast = fmt.Sprintf("%q, made from %s, needs a directory of that name", other.file.Path, sourceOf(other.file).File)
	case !other.dir && strings.HasPrefix(f.Path, other.path+"/"):
		contrast = fmt.Sprintf("%q, made from %s, is a file and cannot be a directory too", other.path, sourceOf(other.file).File)
	}
	return finding.Finding{
		Code: codeColliding, Severity: finding.Error, Place: sourceOf(f),
		Problem: fmt.Sprintf("this would be written to %q", f.Path), Detail: contrast,
		Fix: "rename one of the two",
	}
}

// sourceOf returns the place where a user can change what f is named after.
func sourceOf(f *File) finding.Place {
	if len(f.Sources) == 0 {
		return finding.Place{File: printable(f.Path)}
	}
	return finding.Place{File: f.Sources[0]}
}
