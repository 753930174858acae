package checks

import (
	"sync"

	"stillsuit.dev/finding"
	"stillsuit.dev/inventory"
)

// inTurn asks a locator once at a time.
type inTurn struct {
	mu     sync.Mutex
	places inventory.Locator
}

func (t *inTurn) Locate(at inventory.Spot) (finding.Place, string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.places.Locate(at)
}

// Replace implements inventory.Editor, where the locator does.
func (t *inTurn) Replace(at inventory.Spot, old, now any) []finding.Edit {
	t.mu.Lock()
	defer t.mu.Unlock()
	if editor, can := t.places.(inventory.Editor); can {
		return editor.Replace(at, old, now)
	}
	return nil
}

// Remove implements inventory.Editor, where the locator does.
func (t *inTurn) Remove(at inventory.Spot) []finding.Edit {
	t.mu.Lock()
	defer t.mu.Unlock()
	if editor, can := t.places.(inventory.Editor); can {
		return editor.Remove(at)
	}
	return nil
}
