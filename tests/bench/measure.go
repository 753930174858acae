package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"runtime/metrics"
	"runtime/pprof"
	"strings"
	"time"

	"stillsuit.dev/finding"
	"stillsuit.dev/generator"
	"stillsuit.dev/policies/library"
	"stillsuit.dev/tests/bench/usage"
)

// stages are those that generator.Options.Trace names, in the order in which
// they begin; "other" is the start of the process and what lies between them.
var stages = [...]string{"load", "evaluate", "merge", "render", "write", "other"}

// measurement is one run.
type measurement struct {
	// CPU is the time of all threads, user and system, by stage; what one stage
	// calls another for counts there. Garbage is collected in whatever stage it
	// falls.
	CPU map[string]time.Duration
	// Garbage is what of it the collection of garbage took.
	Garbage time.Duration
	// Peak is the most memory that was resident, in bytes.
	Peak    int64
	Units   int
	Objects int
	Files   int
	Written int
}

// clock splits the process's CPU time by stage.
type clock struct {
	spent map[string]time.Duration
	stack []string
	mark  time.Duration
	err   error
}

// lap gives the time since the last call to the stage that is at work.
func (c *clock) lap() {
	now, err := usage.CPU()
	if err != nil {
		c.err = err
	}
	c.spent[c.stack[len(c.stack)-1]] += now - c.mark
	c.mark = now
}

func (c *clock) trace(stage string) func() {
	c.lap()
	c.stack = append(c.stack, stage)
	return func() {
		c.lap()
		c.stack = c.stack[:len(c.stack)-1]
	}
}

// measure renders the one cluster of the repository at dir as `stillsuit
// render` does.
func measure(ctx context.Context, dir, profile string) (m measurement, err error) {
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(gcPercent)
	}
	if profile != "" {
		stop, err := startProfile(profile)
		if err != nil {
			return m, err
		}
		defer stop()
	}
	c := &clock{spent: map[string]time.Duration{}, stack: []string{"other"}}
	repo, err := generator.Open(dir, &generator.Options{Library: library.FS, Trace: c.trace})
	if err != nil {
		return m, err
	}
	defer func() { _ = repo.Close() }() // nothing more is done with it
	cluster, findings, err := generator.Load(ctx, repo, clusterName)
	if err := refused(findings, err); err != nil {
		return m, err
	}
	rendering, findings, err := generator.Render(cluster)
	if err := refused(findings, err); err != nil {
		return m, err
	}
	written, findings, err := generator.Write(repo, []*generator.Rendering{rendering}, nil)
	if err := refused(findings, err); err != nil {
		return m, err
	}
	c.lap()
	m = measurement{
		CPU: c.spent, Garbage: garbage(), Units: len(rendering.Units), Objects: len(rendering.Objects()),
		Files: len(rendering.Tree.Files), Written: len(written.Created) + len(written.Updated),
	}
	if m.Peak, err = usage.Peak(); err != nil {
		return m, err
	}
	return m, c.err
}

// garbage is the CPU time that the garbage collector has taken, to the end of
// its last cycle.
func garbage() time.Duration {
	sample := []metrics.Sample{{Name: "/cpu/classes/gc/total:cpu-seconds"}}
	metrics.Read(sample)
	return time.Duration(sample[0].Value.Float64() * float64(time.Second))
}

// refused is the error when there are findings of severity Error: what is
// generated must render.
func refused(findings []finding.Finding, err error) error {
	if err != nil {
		return err
	}
	var wrong []string
	for _, f := range findings {
		if f.Severity == finding.Error && len(wrong) < 10 {
			wrong = append(wrong, f.String())
		}
	}
	if len(wrong) > 0 {
		return fmt.Errorf("the generated cluster is refused:\n%s", strings.Join(wrong, "\n"))
	}
	return nil
}

// startProfile writes DIR.cpu, and DIR.heap when it is stopped.
func startProfile(name string) (stop func(), err error) {
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		return nil, err
	}
	cpu, err := os.Create(name + ".cpu")
	if err != nil {
		return nil, err
	}
	heap, err := os.Create(name + ".heap")
	if err != nil {
		return nil, err
	}
	if err := pprof.StartCPUProfile(cpu); err != nil {
		return nil, err
	}
	return func() {
		pprof.StopCPUProfile()
		runtime.GC()                                // what was allocated since the last time is not in the profile before
		_ = pprof.Lookup("allocs").WriteTo(heap, 0) // a profile that is cut short is seen by who reads it
		_ = heap.Close()
		_ = cpu.Close()
	}, nil
}
