package registry

import (
	"context"
	"sync"
)

// limits bound how many references are asked for at a time.
type limits struct {
	all   chan struct{}
	mu    *sync.Mutex
	hosts map[string]chan struct{}
}

func newLimits() limits {
	return limits{all: make(chan struct{}, overall), mu: &sync.Mutex{}, hosts: map[string]chan struct{}{}}
}

// acquire waits for a turn at the host, and then for one of all, so that a slow
// registry does not hold the turns of the others.
func (l limits) acquire(ctx context.Context, host string) (release func(), err error) {
	l.mu.Lock()
	turns, ok := l.hosts[host]
	if !ok {
		turns = make(chan struct{}, perHost)
		l.hosts[host] = turns
	}
	l.mu.Unlock()
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	select {
	case turns <- struct{}{}:
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	select {
	case l.all <- struct{}{}:
	case <-ctx.Done():
		<-turns
		return nil, ctx.Err()
	}
	return func() { <-l.all; <-turns }, nil
}
