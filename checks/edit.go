package checks

import (
	"stillsuit.dev/finding"
	"stillsuit.dev/fix"
	"stillsuit.dev/inventory"
)

// change is a part of a fix: what is to stand in place of a value.
type change struct {
	at       inventory.Spot
	old, now any
	removes  bool
}

// Reported is a finding that was reported, to which the edits of its fix can be added.
type Reported struct {
	in *Pass
	i  int
}

// Instead makes the fix an edit: now in place of old, which is the value at the finding's
// spot, or the name that the spot ends with. Without now, or where old is not written out in
// a file of the user, as it is, the finding has no edits.
func (r Reported) Instead(old, now any) Reported { return r.At(r.in.reports[r.i].at, old, now) }

// At is Instead for a value at another spot. Where one of several changes cannot be made,
// the finding has no edits.
func (r Reported) At(at inventory.Spot, old, now any) Reported {
	if now == nil || now == "" || now == old {
		return r
	}
	return r.add(change{at: at, old: old, now: now})
}

// Like makes the fix an edit where a name is without doubt a typo of a known one.
func (r Reported) Like(name string, known []string) Reported {
	return r.Instead(name, finding.Certain(name, known))
}

// Without makes the fix an edit: it removes the field at the finding's spot.
func (r Reported) Without() Reported {
	return r.add(change{at: r.in.reports[r.i].at, removes: true})
}

func (r Reported) add(c change) Reported {
	report := &r.in.reports[r.i]
	report.changes = append(report.changes, c)
	return r
}

// edits are those of all changes, or none where one of them cannot be made.
func edits(s *inventory.Subject, changes []change) []finding.Edit {
	var out []finding.Edit
	for _, c := range changes {
		made := editsOf(s, c)
		if made == nil {
			return nil
		}
		out = append(out, made...)
	}
	return out
}

// editsOf are those of one change: in CUE as the locator makes them, and in the YAML of a
// tree at the place that it knows.
func editsOf(s *inventory.Subject, c change) []finding.Edit {
	if editor, can := s.Places.(inventory.Editor); can && s.Cluster != nil {
		if c.removes {
			return editor.Remove(c.at)
		}
		return editor.Replace(c.at, c.old, c.now)
	}
	if s.Source == nil || c.removes || c.at.Object == nil || len(c.at.Keys) == 0 {
		return nil
	}
	place, _ := s.Places.Locate(c.at)
	return fix.InYAML(s.Source(place.File), place, c.at.Keys[len(c.at.Keys)-1], c.old, c.now)
}
