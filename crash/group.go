package crash

import (
	"cmp"
	"sync"
)

// Group is a sync.WaitGroup whose Wait panics where a function of Go did: nobody could
// recover that panic otherwise, and it would end the process.
type Group struct {
	wait  sync.WaitGroup
	mu    sync.Mutex
	first *Error
}

// Go calls the function in a goroutine.
func (g *Group) Go(do func()) {
	g.wait.Go(func() {
		defer func() {
			if p := recover(); p != nil {
				g.keep(New("", p))
			}
		}()
		do()
	})
}

// keep notes the first of several by their texts, so that the same input gives the same.
func (g *Group) keep(e *Error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.first == nil || cmp.Or(cmp.Compare(e.Where, g.first.Where), cmp.Compare(e.What, g.first.What)) < 0 {
		g.first = e
	}
}

// Wait waits for all of the functions. It panics with an *Error if one of them did.
func (g *Group) Wait() {
	g.wait.Wait()
	if g.first != nil {
		panic(g.first)
	}
}
