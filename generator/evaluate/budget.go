package evaluate

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"stillsuit.dev/finding"
	"stillsuit.dev/generator/evaluate/internal/words"
)

// What evaluating CUE may take when nobody says otherwise: fifty times the CPU
// time and ten times the memory of a cluster of 1 000 apps (docs/performance.md).
const (
	DefaultCPU    = time.Minute
	DefaultMemory = 4 << 30
)

// maxJSON is the most that a cluster's values may be when they are written as
// JSON, in bytes. A cluster of 1 000 apps is about one thirtieth of it.
const maxJSON = 64 << 20

// Budget bounds what evaluating the CUE of a cluster may take. CUE has no way to
// stop an evaluation: one that exceeds its budget is given up and reported, but
// goes on in a goroutine of its own until the process ends. A program that goes
// on for long, or whose memory matters, replaces itself when Exhausted is called.
type Budget struct {
	// CPU is the most CPU time that one cluster takes: on Linux of the thread that
	// evaluates it, so that neither a busy machine nor another cluster counts; elsewhere
	// of the process. Default: DefaultCPU.
	CPU time.Duration
	// Memory is by how many bytes the memory of the process may grow, from Open on.
	// Default: DefaultMemory.
	Memory int64
	// Known are runaways of an earlier process. They are reported and not evaluated.
	Known []Runaway
	// Exhausted is called when the memory has grown by Early, by default Memory, while
	// clusters are evaluated, which need not be at fault. When it returns, the one that noticed is
	// given up. It may be nil.
	Exhausted func(Runaway)
	Early     int64
	// Rehearse evaluates parts of a cluster, or all of it with its catalogue entries when
	// parts is nil, in a process of its own that takes so much CPU time and Memory at most.
	// It returns nil when that came to an end, and else what the process knows of the
	// runaway. With it a runaway's entry is found, and clusters are rehearsed that could end
	// the process by an allocation that the system refuses. It may be nil.
	Rehearse func(ctx context.Context, cluster string, parts Parts, cpu time.Duration) *Runaway
	// Careful says that every cluster is rehearsed before it is evaluated.
	Careful bool
}

// Runaway is a cluster whose evaluation exceeded its budget.
type Runaway struct {
	Cluster string
	// Loaded says that its files were read and parsed within the budget.
	Loaded bool
	// Entry is the path of what was evaluated, such as apps, immich; nil when it is not known.
	Entry []string
	// With is the path of another declaration without which Entry comes to an end; nil when
	// there is none.
	With []string
	// Place is where Entry is written, or the cluster's first file.
	Place finding.Place
}

// defaults are b with its defaults.
func (b Budget) defaults() Budget {
	if b.CPU == 0 {
		b.CPU = DefaultCPU
	}
	if b.Memory == 0 {
		b.Memory = DefaultMemory
	}
	if b.Early == 0 || b.Exhausted == nil {
		b.Early = b.Memory
	}
	return b
}

// Runaways are the clusters that were given up and whose evaluation goes on.
func (r *Repo) Runaways() []Runaway {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.Clone(r.runaways)
}

// told is the finding about a runaway that a watch gave up, or its error when there is none
// to report.
func (r *Repo) told(gone error) ([]finding.Finding, error) {
	var over *overBudget
	switch {
	case errors.As(gone, &over):
		return []finding.Finding{r.exceeded(over.at)}, nil
	case errors.Is(gone, errGone):
		return nil, nil // reported before
	}
	return nil, gone
}

// exceeded reports a runaway. Which of the two limits was met first may differ from run to
// run, so the finding names both.
func (r *Repo) exceeded(at Runaway) finding.Finding {
	what := "cluster " + at.Cluster
	switch {
	case at.With != nil:
		what = words.Dotted(at.Entry) + " and " + words.Dotted(at.With) + " of " + what
	case at.Entry != nil:
		what = words.Dotted(at.Entry) + " of " + what
	}
	return finding.Finding{
		Code: "cue/budget", Severity: finding.Error, Place: at.Place, Path: words.Dotted(at.Entry),
		Problem: fmt.Sprintf("evaluating %s takes more than %v of CPU time or %s of memory", what, r.budget.CPU, Bytes(r.budget.Memory)),
		Fix: fmt.Sprintf("look for a loop, a list, a text or alternatives that multiply; if all of it is meant, allow more with --cue-timeout %v --cue-memory %s",
			2*r.budget.CPU, Bytes(2*r.budget.Memory)),
	}
}

// tooMuch reports an entry, or the cluster's own field, whose values cannot be rendered.
func tooMuch(cluster string, at []string, place finding.Place) finding.Finding {
	return finding.Finding{
		Code: "cue/budget", Severity: finding.Error, Place: place, Path: words.Dotted(at),
		Problem: fmt.Sprintf("with %s the values of cluster %s are more than %s of JSON", words.Dotted(at), cluster, Bytes(maxJSON)),
		Fix:     "look for a loop, a list or a text that multiplies, and keep large data out of CUE",
	}
}

// Bytes writes an amount of memory as Kubernetes does: 4Gi, 512Mi.
func Bytes(n int64) string {
	unit := 0
	for unit < 4 && n != 0 && n%1024 == 0 {
		n /= 1024
		unit++
	}
	return fmt.Sprint(n) + [...]string{"", "Ki", "Mi", "Gi", "Ti"}[unit]
}
