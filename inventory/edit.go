package inventory

import (
	"stillsuit.dev/finding"
	"stillsuit.dev/generator/model"
)

// Editor is a Locator that can change what it locates.
type Editor interface {
	// Replace returns the edits that write now in place of old, a text, a number or a
	// boolean: the value at a spot, or the name that the spot ends with. There are none where
	// it is not written out in a file of the user, as it is.
	Replace(at Spot, old, now any) []finding.Edit
	// Remove returns the edits that remove the field at a spot, likewise.
	Remove(at Spot) []finding.Edit
}

// Replace implements Editor.
func (d declared) Replace(at Spot, old, now any) []finding.Edit {
	return d.Places.Replace(d.path(at), old, now)
}

// Remove implements Editor.
func (d declared) Remove(at Spot) []finding.Edit { return d.Places.Remove(d.path(at)) }

// path is the CUE path of a spot.
func (d declared) path(at Spot) model.Path {
	switch {
	case at.Object != nil && at.Object.Raw:
		return at.Object.At(at.Keys...)
	case at.Object != nil:
		return model.Path(at.Object.Origin).Join(at.Path...)
	case at.Entry != nil:
		return model.Path(at.Entry).Join(at.Path...)
	case at.Node != "":
		return model.Path{"cluster", "nodes", at.Node}.Join(at.Path...)
	}
	return model.Path{"cluster"}.Join(at.Path...)
}
