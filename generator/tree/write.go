package tree

import (
	"errors"
	"io/fs"
	"os"
	"path"
	"slices"
	"strings"

	"stillsuit.dev/finding"
)

// WriteOptions are the choices of a Write.
type WriteOptions struct {
	// DiscardEdits lists files and directories, slash-separated and relative to
	// the repository's root, whose sealed files may be replaced or removed
	// although they were edited, merge conflicts included. Files without a seal
	// stay safe.
	DiscardEdits []string
}

// Report says what a Write did. Paths are relative to the repository's root
// and sorted.
type Report struct {
	Created, Updated, Removed, Unchanged []string
	// Recovered is set when an earlier run had been interrupted and was
	// completed first.
	Recovered bool
}

// Write makes the trees' directories hold exactly the trees' files, and leaves
// what it has not written itself as it is. It changes all that it has to, or
// nothing: findings say what stands in the way (a hand edit, a foreign file, a
// symbolic link, a bad name), and on an error the old tree is intact, unless
// only clearing up .stillsuit failed, after the new one was complete. When
// undoing fails too, or the process dies, the tree stays half written, with a
// journal by which the next Write completes it. The error is ErrBusy when
// another Write is at work. A nil opts means none.
func Write(root *os.Root, trees []Tree, opts *WriteOptions) (*Report, []finding.Finding, error) {
	return newWriter().write(root, trees, opts)
}

// Recover completes or takes back what an interrupted Write left, and reports
// whether there was anything. Write does so itself.
func Recover(root *os.Root) (bool, []finding.Finding, error) {
	if _, err := root.Lstat(stateDir); errors.Is(err, fs.ErrNotExist) {
		return false, nil, nil
	}
	done, err := newWriter().recoverRoot(root)
	findings, err := refused(err)
	return done, findings, err
}

func (w *writer) recoverRoot(root *os.Root) (bool, error) {
	st, err := w.openState(root)
	if err != nil {
		return false, err
	}
	defer st.close()
	return w.recover(st)
}

// writer is Write with the parts that a test replaces to see its own checks
// fail.
type writer struct {
	disk    disk
	names   func([]Tree) []finding.Finding
	inspect func([]byte) State
	lock    func(f *os.File, exclusive bool) error
	wrote   func(state *dir, journal []byte) (bool, error)
	owns    func(path string) bool
	shape   func(root *os.Root) []finding.Finding
	stops   func(root *os.Root, trees []Tree, drifts []drift) ([]finding.Finding, error)
}

func newWriter() *writer {
	return &writer{disk: osDisk{}, names: checkNames, inspect: Inspect, lock: flock, wrote: isMarked, owns: recoverable, shape: oddState, stops: stops}
}

func (w *writer) write(root *os.Root, trees []Tree, opts *WriteOptions) (*Report, []finding.Finding, error) {
	if opts == nil {
		opts = &WriteOptions{}
	}
	report := &Report{}
	if fs := w.names(trees); len(fs) > 0 {
		return report, fs, nil
	}
	st, err := w.openState(root)
	if err == nil {
		defer st.close()
		err = w.writeLocked(st, root, trees, opts, report)
	}
	fs, err := refused(err)
	return report, fs, err
}

func (w *writer) writeLocked(st *state, root *os.Root, trees []Tree, opts *WriteOptions, report *Report) error {
	var err error
	if report.Recovered, err = w.recover(st); err != nil {
		return err
	}
	s, err := w.scan(st.top, trees)
	if err != nil {
		return err
	}
	changes, fs := plan(s.drifts, opts.DiscardEdits)
	stopped, err := w.stops(root, trees, s.drifts)
	if err != nil {
		return err
	}
	fs = finding.Sort(append(fs, stopped...))
	if worst, some := finding.Worst(fs); some && worst == finding.Error {
		return &refusal{fs}
	}
	if len(changes) > 0 {
		if err := w.commit(st, changes, s.emptied); err != nil {
			return err
		}
	}
	report.Unchanged = s.unchanged
	for _, c := range changes {
		switch {
		case c.old == "":
			report.Created = append(report.Created, c.path)
		case c.new == "":
			report.Removed = append(report.Removed, c.path)
		default:
			report.Updated = append(report.Updated, c.path)
		}
	}
	return nil
}

// scan compares the repository with trees, sorted by path.
func (w *writer) scan(top *dir, trees []Tree) (*scan, error) {
	s := &scan{disk: w.disk, inspect: w.inspect}
	if _, _, err := s.directory(top, wanted(trees), false); err != nil {
		return nil, err
	}
	slices.SortFunc(s.drifts, func(a, b drift) int { return strings.Compare(a.path, b.path) })
	slices.Sort(s.unchanged)
	return s, nil
}

// change is one file to be made, replaced or removed.
type change struct {
	path     string
	slot     string // its name in the stage and among the old files
	old, new string // SHA-256 of the bytes before and after, in hexadecimal; "" when there is no file
	content  []byte
	seen     fs.FileInfo // the old file; nil when there is none
}

// plan turns differences into changes, or into findings when one of them would
// destroy what is not ours.
func plan(drifts []drift, discard []string) ([]change, []finding.Finding) {
	var changes []change
	var fs []finding.Finding
	for _, dr := range drifts {
		safe := dr.state == Intact || dr.state == Broken && discards(discard, dr.path)
		c := change{path: dr.path, old: dr.old, seen: dr.seen, content: dr.bytes}
		switch {
		case dr.kind == missing, dr.kind == changed && safe:
			c.new = sum(dr.bytes)
			changes = append(changes, c)
		case dr.kind == stale && safe:
			changes = append(changes, c)
		default:
			fs = append(fs, dr.finding())
		}
	}
	return changes, fs
}

// discards reports whether a path is one of those given, or below one.
func discards(paths []string, p string) bool {
	return slices.ContainsFunc(paths, func(d string) bool {
		d = path.Clean(d)
		return d == "." || d == p || strings.HasPrefix(p, d+"/")
	})
}

// refusal is an obstacle that the user has to clear, on its way up as an error.
type refusal struct{ findings []finding.Finding }

func (r *refusal) Error() string { return r.findings[0].String() }

// refused takes the findings out of an error that is a refusal and nothing
// worse.
func refused(err error) ([]finding.Finding, error) {
	if r, ok := err.(*refusal); ok { //nolint:errorlint // a refusal that was joined with an error is an error
		return r.findings, nil
	}
	return nil, err
}
