package evaluate

import (
	"context"
	"errors"
	"runtime"
	"runtime/debug"
	"runtime/metrics"
	"sync/atomic"
	"time"

	"stillsuit.dev/finding"
	"stillsuit.dev/generator/evaluate/internal/places"
)

// watchEvery is how often a watch looks: memory grows by some ten megabytes meanwhile.
const watchEvery = 10 * time.Millisecond

// Why a watch gave up.
var (
	errCPU    = errors.New("the CPU time is spent")
	errMemory = errors.New("the memory is spent")
	errGone   = errors.New("given up before")
)

// watch holds the evaluation of one cluster to its budget. It is for one goroutine.
type watch struct {
	repo    *Repo
	cluster string
	loaded  atomic.Bool   // its files were parsed
	spent   time.Duration // by work that came to an end
	gone    bool          // given up: the work goes on, and what it touches must not be touched
}

// do waits for work about an entry of the cluster, or about all of it, which runs in a
// goroutine and on a thread of its own. With an error the work goes on, unless it panicked:
// nothing that it uses may be used again.
func (w *watch) do(ctx context.Context, entry []string, at finding.Place, work func()) error {
	if w.gone {
		return errGone
	}
	var clock atomic.Pointer[cpuClock]
	done := make(chan time.Duration, 1)
	go func() {
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		clock.Store(startClock())
		work()
		done <- clock.Load().read()
	}()
	tick := time.NewTicker(watchEvery)
	defer tick.Stop()
	for {
		select {
		case took := <-done:
			w.spent += took
			return nil
		case <-ctx.Done():
			w.gone = true
			return ctx.Err()
		case <-tick.C:
		}
		var err error
		if c := clock.Load(); c != nil && w.spent+c.read() > w.repo.budget.CPU {
			err = errCPU
		} else if w.repo.exhausted() {
			err = errMemory
		}
		if err != nil {
			w.gone = true
			return &overBudget{w.repo.gaveUp(Runaway{Cluster: w.cluster, Loaded: w.loaded.Load(), Entry: entry, Place: at}, err), err}
		}
	}
}

// overBudget is the error of a watch that gave up.
type overBudget struct {
	at  Runaway
	why error
}

func (e *overBudget) Error() string { return e.at.Cluster + ": " + e.why.Error() }
func (e *overBudget) Unwrap() error { return e.why }

// gaveUp remembers a runaway, and calls Exhausted when memory is spent.
func (r *Repo) gaveUp(at Runaway, why error) Runaway {
	if at.Place.IsZero() {
		at.Place = r.firstFile(at.Cluster)
	}
	r.mu.Lock()
	r.runaways = append(r.runaways, at)
	r.mu.Unlock()
	if errors.Is(why, errMemory) && r.budget.Exhausted != nil {
		r.budget.Exhausted(at)
	}
	return at
}

// find is p.Find, of values that may have to be evaluated for it.
func (w *watch) find(p places.Finder, path []string) (at finding.Place, ok bool) {
	if at, ok := p.Cheap(path); ok {
		return at, true
	}
	if len(path) == 0 {
		return p.Find(path)
	}
	var found finding.Place
	var exists bool
	if w.do(context.Background(), path, finding.Place{}, func() { found, exists = p.Find(path) }) != nil {
		return finding.Place{}, false
	}
	return found, exists
}

// nearest is p.Nearest, likewise.
func (w *watch) nearest(p places.Finder, path []string) finding.Place {
	for n := len(path); n > 0; n-- {
		if found, ok := w.find(p, path[:n]); ok {
			return found
		}
	}
	return p.First
}

// exhausted reports whether the process holds more memory than the budget allows. What
// only waits to be collected does not count, unless it is too much to wait for.
func (r *Repo) exhausted() bool {
	limit := r.base + r.budget.Early
	held, live := memoryHeld()
	if held <= limit {
		return false
	}
	if live > limit || held > limit+r.budget.Early/4 {
		return true
	}
	if r.collecting.CompareAndSwap(false, true) {
		go func() { // and the watch goes on: memory grows meanwhile
			debug.FreeOSMemory()
			r.collecting.Store(false)
		}()
	}
	return false
}

// memoryHeld returns how many bytes the process has from the system, and how many of
// them were in use after the last collection, stacks included.
func memoryHeld() (held, live int64) {
	s := []metrics.Sample{
		{Name: "/memory/classes/total:bytes"}, {Name: "/memory/classes/heap/released:bytes"},
		{Name: "/gc/heap/live:bytes"}, {Name: "/memory/classes/heap/stacks:bytes"},
	}
	metrics.Read(s)
	n := func(i int) int64 { return int64(s[i].Value.Uint64()) } //nolint:gosec // below 2^63 on any machine
	return n(0) - n(1), n(2) + n(3)
}
