package model

import (
	"slices"

	"stillsuit.dev/finding"
)

// Editor is a Lookup that can change what it looks up.
type Editor interface {
	// Replace returns the edits that write a value, or a name, in place of the one at a path;
	// none where that is not written out there, as it is, once.
	Replace(path []string, old, now any) []finding.Edit
	// Remove returns the edits that remove the field at a path, likewise.
	Remove(path []string) []finding.Edit
}

// Replace returns the edits that write now in place of old, a text, a number or a boolean:
// the value at path in the cluster's own files, or the name that path ends with. There are
// none where it is not written out there, as it is.
func (p *Places) Replace(path Path, old, now any) []finding.Edit {
	if editor := p.editor(path); editor != nil {
		return editor.Replace(path, old, now)
	}
	return nil
}

// Remove returns the edits that remove the field at path from the cluster's own files.
func (p *Places) Remove(path Path) []finding.Edit {
	if editor := p.editor(path); editor != nil {
		return editor.Remove(path)
	}
	return nil
}

// editor is what can change the value at path: nil where a catalogue entry gives it too.
func (p *Places) editor(path Path) Editor {
	if p == nil || len(path) < 2 {
		return nil
	}
	for _, l := range p.layers[path[0]+"."+path[1]] {
		if len(path) >= len(l.at) && slices.Equal(path[:len(l.at)], l.at) {
			if _, given := l.in.Place(path[len(l.at):]...); given {
				return nil
			}
		}
	}
	editor, _ := p.cluster.(Editor)
	return editor
}

// Reported is a finding that was reported, to which edits can be added.
type Reported struct {
	in   *Reporter
	i    int
	at   Path
	none bool // a part of the fix is no edit
}

// Instead makes the fix an edit: now in place of old, which is the value at the finding's
// path, or the name that the path ends with. Without now, or where old is not written out
// there, the finding has no edits.
func (r Reported) Instead(old, now any) Reported { return r.At(r.at, old, now) }

// At is Instead for a value at another path. Where one of several cannot be changed, the
// finding has no edits at all.
func (r Reported) At(path Path, old, now any) Reported {
	if now == nil || now == "" || now == old {
		return r
	}
	return r.add(r.in.Places.Replace(path, old, now))
}

// Like makes the fix an edit where a name is without doubt a typo of a known one.
func (r Reported) Like(name string, known []string) Reported {
	return r.Instead(name, finding.Certain(name, known))
}

func (r Reported) add(edits []finding.Edit) Reported {
	f := &r.in.Findings[r.i]
	if r.none = r.none || edits == nil; r.none {
		f.Edits = nil
		return r
	}
	f.Edits = append(f.Edits, edits...)
	return r
}
