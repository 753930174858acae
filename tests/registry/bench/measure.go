package main

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"syscall"
	"time"
)

// measure is what asking for all references took.
type measure struct {
	requests int64
	cpu      time.Duration // user and system time of all processes
	peak     int64         // the most memory of one process that was resident, in bytes
}

// measure lets both ask for all references, in turn, and returns the median of each
// figure.
func (p *programs) measure(ctx context.Context, s *server, references, runs int) (ours, theirs measure, err error) {
	var all, others []measure
	for i := range runs {
		one, err := p.lock(ctx, s, references, i)
		if err != nil {
			return ours, theirs, err
		}
		other, err := p.manifests(ctx, s, references)
		if err != nil {
			return ours, theirs, err
		}
		all, others = append(all, one), append(others, other)
	}
	return median(all), median(others), nil
}

// lock runs `stillsuit images lock` for all references in a repository without a lock.
func (p *programs) lock(ctx context.Context, s *server, references, run int) (measure, error) {
	dir := filepath.Join(p.dir, fmt.Sprint("repository", run))
	if err := os.MkdirAll(filepath.Join(dir, "cue.mod"), 0o755); err != nil {
		return measure{}, err
	}
	const module = "module: \"example.com@v0\"\nlanguage: version: \"v0.17.0\"\n"
	if err := os.WriteFile(filepath.Join(dir, "cue.mod", "module.cue"), []byte(module), 0o600); err != nil {
		return measure{}, err
	}
	args := []string{"images", "lock", "-C", dir, "--allow-private", "http://" + s.host}
	for i := range references {
		args = append(args, reference(s.host, i))
	}
	m, out, err := used(exec.CommandContext(ctx, p.stillsuit, args...))
	if err != nil {
		return m, err
	}
	if want := fmt.Sprintf("%d added, 0 removed, 0 changed, 0 unchanged\n", references); !bytes.HasSuffix(out, []byte(want)) {
		return m, fmt.Errorf("the lock has not all references: %s", out)
	}
	m.requests, err = s.requests(ctx)
	return m, err
}

// manifests runs `crane manifest` for each reference.
func (p *programs) manifests(ctx context.Context, s *server, references int) (measure, error) {
	var all measure
	for i := range references {
		m, out, err := used(exec.CommandContext(ctx, p.crane, "manifest", reference(s.host, i)))
		if err != nil {
			return all, err
		}
		if !bytes.Contains(out, []byte("arm64")) {
			return all, fmt.Errorf("this is no index: %s", out)
		}
		all.cpu += m.cpu
		all.peak = max(all.peak, m.peak)
	}
	var err error
	all.requests, err = s.requests(ctx)
	return all, err
}

// used runs a command, and returns what it took and what it said.
func used(cmd *exec.Cmd) (measure, []byte, error) {
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		return measure{}, nil, fmt.Errorf("%s: %w\n%s", cmd.Path, err, stderr.String())
	}
	state := cmd.ProcessState
	m := measure{cpu: state.UserTime() + state.SystemTime()}
	if usage, ok := state.SysUsage().(*syscall.Rusage); ok {
		m.peak = int64(usage.Maxrss) << 10 // of KiB, as on Linux; not below this process's own
	}
	return m, out, nil
}

func median(all []measure) measure {
	return measure{
		middle(all, func(m measure) int64 { return m.requests }),
		middle(all, func(m measure) time.Duration { return m.cpu }),
		middle(all, func(m measure) int64 { return m.peak }),
	}
}

func middle[T cmp.Ordered](all []measure, of func(measure) T) T {
	var values []T
	for _, m := range all {
		values = append(values, of(m))
	}
	slices.Sort(values)
	return values[len(values)/2]
}
