// Command bench measures what `stillsuit images lock` takes for many references, and
// what `crane manifest`, run for each of them, does: requests, CPU time and memory,
// against one registry on loopback, in turn.
//
// It is run below tests/registry, where its module is, and builds both commands.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

func main() {
	if err := run(context.Background(), os.Args[1:], os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(2)
	}
}

func run(ctx context.Context, args []string, out io.Writer) error {
	flags := flag.NewFlagSet("bench", flag.ContinueOnError)
	references := flags.Int("references", 1000, "how many references there are")
	runs := flags.Int("runs", 3, "runs of each, of which the median counts")
	serving := flags.Int("serve", 0, "be the registry, with so many references; the command runs itself so")
	if err := flags.Parse(args); err != nil {
		return err
	}
	if *serving > 0 {
		return serve(*serving, out)
	}
	if *references < 1 || *runs < 1 {
		return errors.New("-references and -runs are at least 1")
	}
	dir, err := os.MkdirTemp("", "stillsuit-registry-")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(dir) }() // what is left over is the system's to clear
	programs, err := build(ctx, dir)
	if err != nil {
		return err
	}
	server, err := start(ctx, *references)
	if err != nil {
		return err
	}
	defer server.stop()
	ours, theirs, err := programs.measure(ctx, server, *references, *runs)
	if err != nil {
		return err
	}
	return write(out, *references, *runs, ours, theirs)
}

// programs are the two that are measured.
type programs struct{ stillsuit, crane, dir string }

func build(ctx context.Context, dir string) (*programs, error) {
	p := &programs{filepath.Join(dir, "stillsuit"), filepath.Join(dir, "crane"), dir}
	root, err := exec.CommandContext(ctx, "go", "list", "-m", "-f", "{{.Dir}}", "stillsuit.dev").Output()
	if err != nil {
		return nil, fmt.Errorf("go list: %w", err)
	}
	for _, args := range [][]string{
		{"-C", strings.TrimSpace(string(root)), "build", "-o", p.stillsuit, "./cmd/stillsuit"},
		{"build", "-o", p.crane, "github.com/google/go-containerregistry/cmd/crane"},
	} {
		cmd := exec.CommandContext(ctx, "go", args...)
		cmd.Stderr = os.Stderr
		if err := cmd.Run(); err != nil {
			return nil, fmt.Errorf("go %v: %w", args, err)
		}
	}
	return p, nil
}

// write writes the medians as a table, and how many times as much the other takes.
func write(out io.Writer, references, runs int, ours, theirs measure) error {
	each := func(m measure) (float64, float64) {
		return float64(m.requests) / float64(references), m.cpu.Seconds() * 1000 / float64(references)
	}
	ourRequests, ourCPU := each(ours)
	theirRequests, theirCPU := each(theirs)
	_, err := fmt.Fprintf(out, `%d references, an index for two platforms each; medians of %d runs:

| | requests a reference | CPU, ms a reference | peak MiB of a process |
|---|---:|---:|---:|
| stillsuit images lock | %.3f | %.2f | %d |
| crane manifest, for each | %.3f | %.2f | %d |
| times as much | %.1f | %.1f | %.1f |
`, references, runs, ourRequests, ourCPU, ours.peak>>20, theirRequests, theirCPU, theirs.peak>>20,
		theirRequests/ourRequests, theirCPU/ourCPU, float64(theirs.peak)/float64(ours.peak))
	return err
}
