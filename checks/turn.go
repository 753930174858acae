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
