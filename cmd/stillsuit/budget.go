package main

import (
	"cmp"
	"context"
	"errors"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/spf13/pflag"
	"k8s.io/apimachinery/pkg/api/resource"

	"stillsuit.dev/generator"
)

// bounds are what evaluating CUE may take in this run, and what the run knows about
// clusters that take more.
type bounds struct {
	cpu    cpuLimit
	memory memoryLimit
	order  order
	// process says that the run is the process, so that it can be replaced, and that the
	// program can be started again.
	process bool

	mu   sync.Mutex // held while a cluster is evaluated, when they come one after another
	once sync.Mutex // held while the process is replaced
}

type boundsKey struct{}

// boundsOf are those of the run that ctx belongs to.
func boundsOf(ctx context.Context) *bounds {
	if b, ok := ctx.Value(boundsKey{}).(*bounds); ok {
		return b
	}
	return &bounds{}
}

func (b *bounds) flags(f *pflag.FlagSet) {
	f.Var(&b.cpu, "cue-timeout", "give up on a cluster whose CUE takes more CPU `TIME` to evaluate")
	f.Var(&b.memory, "cue-memory", "give up on a cluster when evaluating CUE takes more `MEMORY`")
}

// cpuLimit is a flag; 0 is the default.
type cpuLimit time.Duration

func (l *cpuLimit) Type() string { return "time" }

func (l *cpuLimit) String() string {
	return cmp.Or(time.Duration(*l), generator.DefaultCPU).String()
}

// Set reads a time such as 90s or 5m.
func (l *cpuLimit) Set(text string) error {
	d, err := time.ParseDuration(text)
	if err != nil || d <= 0 {
		return errors.New("a time is written like 90s or 5m, and is more than 0")
	}
	*l = cpuLimit(d)
	return nil
}

// memoryLimit is a flag, in bytes; 0 is the default.
type memoryLimit int64

func (l *memoryLimit) Type() string { return "memory" }

func (l *memoryLimit) String() string {
	return generator.Bytes(int64(l.orDefault()))
}

func (l memoryLimit) orDefault() memoryLimit { return cmp.Or(l, generator.DefaultMemory) }

// leastMemory is what any cluster takes; a smaller budget would only refuse.
const leastMemory = 64 << 20

// mostMemory leaves room for twice as much in 64 bits.
const mostMemory = 1 << 50

// Set reads an amount such as 8Gi.
func (l *memoryLimit) Set(text string) error {
	q, err := resource.ParseQuantity(text)
	if err != nil || q.CmpInt64(leastMemory) < 0 || q.CmpInt64(mostMemory) > 0 {
		return errors.New("memory is written like 8Gi, and is 64Mi or more")
	}
	*l = memoryLimit(q.Value())
	return nil
}

// budget is that of the repository in dir. A process that evaluates clusters beside each
// other, and everything else, has a quarter of the memory: the runtime cannot look
// while one operation fills memory, which may be several times what there was before.
// It is then replaced by one that evaluates each cluster in a process of its own first, which
// the system bounds.
func (b *bounds) budget(dir string, opts generator.Options) generator.Budget {
	budget := generator.Budget{CPU: time.Duration(b.cpu), Memory: int64(b.memory.orDefault()), Careful: b.order.Careful}
	for _, k := range b.order.Known {
		if k.Dir == filepath.Clean(dir) {
			budget.Known = append(budget.Known, k.Runaway)
		}
	}
	if !b.process {
		return budget
	}
	budget.Exhausted = func(at generator.Runaway) { b.exhausted(dir, at) }
	budget.Rehearse = func(ctx context.Context, cluster string, parts generator.Parts, cpu time.Duration) *generator.Runaway {
		return rehearsal{Dir: dir, Cluster: cluster, Parts: parts, Suppose: opts.Suppose, CPU: cpu, Memory: budget.Memory}.start(ctx)
	}
	if !b.order.Careful {
		budget.Early = budget.Memory / 4
	}
	return budget
}

// openWithin opens the repository in dir within the budget of the run.
func openWithin(ctx context.Context, dir string, opts generator.Options) (*generator.Repo, error) {
	opts.Budget = boundsOf(ctx).budget(dir, opts)
	return generator.Open(dir, &opts)
}

// turn waits for the turn of a cluster when they come one after another, and returns what
// ends it.
func (b *bounds) turn() (done func()) {
	if !b.order.Careful {
		return func() {}
	}
	b.mu.Lock()
	return b.mu.Unlock
}

// exhausted replaces the process, which gives its memory back, by one that is careful, or
// when it was by one that knows which cluster takes the rest. It returns only when that is
// not possible.
func (b *bounds) exhausted(dir string, at generator.Runaway) {
	b.once.Lock()
	defer b.once.Unlock()
	next := order{Careful: true, Known: b.order.Known}
	if b.order.Careful {
		next.Known = append(slices.Clone(next.Known), known{filepath.Clean(dir), at})
	}
	next.after(b.order).replace()
}

// settle replaces the process when the evaluation of a cluster was given up and goes on.
// Nothing may have been printed.
func settle(ctx context.Context, repo *generator.Repo) {
	b := boundsOf(ctx)
	runaways := repo.Runaways()
	if len(runaways) == 0 || !b.process {
		return
	}
	next := order{Careful: b.order.Careful, Known: slices.Clone(b.order.Known)}
	for _, at := range runaways {
		if !slices.ContainsFunc(next.Known, func(k known) bool { return k.Dir == repo.Dir() && k.Runaway.Cluster == at.Cluster }) {
			next.Known = append(next.Known, known{repo.Dir(), at})
		}
	}
	slices.SortFunc(next.Known, func(a, b known) int { return strings.Compare(a.Runaway.Cluster, b.Runaway.Cluster) })
	b.once.Lock()
	defer b.once.Unlock()
	next.after(b.order).replace()
}
