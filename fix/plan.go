package fix

import (
	"bytes"
	"cmp"
	"fmt"
	"os"
	"slices"
	"strings"

	"stillsuit.dev/finding"
)

// Options are the choices of Make; nil means defaults.
type Options struct {
	// Check returns why a file must not be written: it does not parse.
	Check func(file string, content []byte) error
}

// Plan is what the edits of findings change.
type Plan struct {
	// Fixed are the findings whose edits are made.
	Fixed []finding.Finding
	// Skipped are those whose edits are not made.
	Skipped []Skipped
	// Files are the files that change, by name.
	Files []File
}

// Skipped is a finding whose edits are not made, and why.
type Skipped struct {
	Finding finding.Finding
	Why     string // a clause: "clusters/attic/apps.cue has changed since it was read"
}

// File is a file before and after its edits.
type File struct {
	Name          string
	Before, After []byte
	Edits         []Span // in order
}

// Span is one edit in a file: the bytes of Before that it replaces, by what, and the finding
// that asks for it.
type Span struct {
	From, To int
	New      string
	Finding  finding.Finding
}

// Make plans the edits of all findings that have some. Of two that touch the same bytes the
// first one is made, unless both are the same edit. The edits of one finding are made together or
// not at all.
func Make(root *os.Root, findings []finding.Finding, opts *Options) (*Plan, error) {
	if opts == nil {
		opts = &Options{}
	}
	m := &maker{root: root, check: opts.Check, files: map[string]*draft{}}
	p := m.plan(findings, false)
	for _, f := range m.files {
		if f.err != nil {
			return nil, f.err
		}
	}
	if m.broken() { // one edit is to blame; the others are made
		m = &maker{root: root, check: opts.Check, files: map[string]*draft{}}
		p = m.plan(findings, true)
	}
	for _, f := range m.files {
		if len(f.spans) > 0 {
			p.Files = append(p.Files, File{Name: f.name, Before: f.content, After: f.after(), Edits: f.spans})
		}
	}
	slices.SortFunc(p.Files, func(a, b File) int { return strings.Compare(a.Name, b.Name) })
	return p, nil
}

// maker plans edits.
type maker struct {
	root  *os.Root
	check func(file string, content []byte) error
	files map[string]*draft
}

// draft is a file with the edits that are accepted so far, by their places.
type draft struct {
	name    string
	content []byte
	why     string // it is not to be changed
	err     error  // it could not be read
	spans   []Span
}

// plan accepts the edits of findings, one finding after another. When it is careful, each
// file has to parse after each of them.
func (m *maker) plan(findings []finding.Finding, careful bool) *Plan {
	p := &Plan{}
	for _, f := range findings {
		if len(f.Edits) == 0 {
			continue
		}
		if why := m.accept(f, careful); why != "" {
			p.Skipped = append(p.Skipped, Skipped{f, why})
		} else {
			p.Fixed = append(p.Fixed, f)
		}
	}
	return p
}

// accept adds the edits of a finding, or says why not.
func (m *maker) accept(f finding.Finding, careful bool) string {
	before := map[*draft][]Span{}
	undo := func(why string) string {
		for d, spans := range before {
			d.spans = spans
		}
		return why
	}
	for _, e := range f.Edits {
		d := m.open(e.From.File)
		if _, seen := before[d]; !seen {
			before[d] = slices.Clone(d.spans)
		}
		if why := d.add(e, f); why != "" {
			return undo(why)
		}
	}
	for d := range before {
		if careful && m.check != nil && m.check(d.name, d.after()) != nil {
			return undo(fmt.Sprintf("%s would not parse any more", d.name))
		}
	}
	return ""
}

// broken reports whether a file would not parse any more.
func (m *maker) broken() bool {
	for _, d := range m.files {
		if len(d.spans) > 0 && m.check != nil && m.check(d.name, d.after()) != nil {
			return true
		}
	}
	return false
}

// open reads a file, once.
func (m *maker) open(name string) *draft {
	if m.files[name] == nil {
		d := &draft{name: name}
		d.content, d.why, d.err = read(m.root, name)
		m.files[name] = d
	}
	return m.files[name]
}

// add accepts one edit, or says why not.
func (d *draft) add(e finding.Edit, f finding.Finding) string {
	if d.err != nil {
		return d.err.Error()
	}
	if d.why != "" {
		return d.why
	}
	from, to := offset(d.content, e.From), offset(d.content, e.To)
	if from < 0 || to < from || e.To.File != e.From.File || e.OldText != "" && string(d.content[from:to]) != e.OldText {
		return d.name + " has changed since it was read"
	}
	s := Span{From: from, To: to, New: e.NewText, Finding: f}
	if bytes.Contains(d.content, []byte("\r\n")) {
		s.New = strings.ReplaceAll(strings.ReplaceAll(s.New, "\r\n", "\n"), "\n", "\r\n")
	}
	for _, other := range d.spans {
		switch {
		case other.From == s.From && other.To == s.To && other.New == s.New:
			return "" // for two findings
		case s.From <= other.To && other.From <= s.To: // also beside it: the next round makes it
			return fmt.Sprintf("another fix changes the same place in %s", d.name)
		}
	}
	d.spans = append(d.spans, s)
	slices.SortFunc(d.spans, func(a, b Span) int { return cmp.Compare(a.From, b.From) })
	return ""
}

// after is the file with its edits.
func (d *draft) after() []byte {
	var out []byte
	at := 0
	for _, s := range d.spans {
		out = append(append(out, d.content[at:s.From]...), s.New...)
		at = s.To
	}
	return append(out, d.content[at:]...)
}

// offset is that of a place in a file; -1 when it has no such place.
func offset(b []byte, at finding.Place) int {
	start := 0
	for range at.Line - 1 {
		next := bytes.IndexByte(b[start:], '\n')
		if next < 0 {
			return -1
		}
		start += next + 1
	}
	if at.Line < 1 || at.Column < 1 || start+at.Column-1 > len(b) {
		return -1
	}
	return start + at.Column - 1
}
