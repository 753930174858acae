// Command bench measures what it takes to ask 30 policies of the library about many
// objects: by policies/admission, and by `kyverno apply` with the same files. Each is a
// process of its own, and both must come to the same verdicts.
//
// It is run below tests/oracle/kyverno, where its module is, and builds the Kyverno
// command.
package main

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"
)

func main() {
	if err := run(context.Background(), os.Args[1:], os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(2)
	}
}

func run(ctx context.Context, args []string, out io.Writer) error {
	flags := flag.NewFlagSet("bench", flag.ContinueOnError)
	judged := flags.String("judge", "", "judge the objects in `DIR` and print the counts; the command runs itself so")
	sizes := flags.String("sizes", "100,1000,10000", "numbers of objects")
	if err := flags.Parse(args); err != nil {
		return err
	}
	if *judged != "" {
		counts, err := judge(*judged)
		if err != nil {
			return err
		}
		return json.NewEncoder(out).Encode(counts)
	}
	return compare(ctx, *sizes, out)
}

// compare measures each size. What Kyverno takes for 10 000 objects, more than an hour, is
// measured with STILLSUIT_ORACLE=full only.
func compare(ctx context.Context, sizes string, out io.Writer) error {
	dir, err := os.MkdirTemp("", "stillsuit-policies-")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(dir) }() // what is left over is the system's to clear
	self, err := os.Executable()
	if err != nil {
		return err
	}
	kyverno := filepath.Join(dir, "kyverno")
	if _, _, err := used(exec.CommandContext(ctx, "go", "build", "-o", kyverno, "github.com/kyverno/kyverno/cmd/cli/kubectl-kyverno")); err != nil {
		return err
	}
	title := fmt.Sprintf("%d policies; CPU time of one run:\n\n| objects | verdicts | stillsuit, s | peak MiB | kyverno apply, s | peak MiB | times the CPU |\n|---:|---:|---:|---:|---:|---:|---:|\n", policies)
	if _, err := io.WriteString(out, title); err != nil {
		return err
	}
	for field := range strings.SplitSeq(sizes, ",") {
		n, err := strconv.Atoi(field)
		if err != nil {
			return fmt.Errorf("read -sizes: %w", err)
		}
		at := filepath.Join(dir, fmt.Sprint(n))
		if err := prepare(ctx, at, n); err != nil {
			return fmt.Errorf("make %d objects: %w", n, err)
		}
		ours, b, err := used(exec.CommandContext(ctx, self, "-judge", at))
		if err != nil {
			return err
		}
		var counts map[string]int
		if err := json.Unmarshal(b, &counts); err != nil {
			return err
		}
		total := 0
		for _, k := range counts {
			total += k
		}
		others := "| | |"
		if n < 10000 || os.Getenv("STILLSUIT_ORACLE") == "full" {
			theirs, b, err := used(exec.CommandContext(ctx, kyverno, "apply", filepath.Join(at, "policies"), "-r", filepath.Join(at, "objects.yaml"),
				"-f", filepath.Join(at, "values.yaml"), "-u", filepath.Join(at, "user.yaml"), "--policy-report", "--output-format", "json", "--remove-color"))
			if err != nil {
				return err
			}
			if got, err := reported(b); err != nil || !maps.Equal(got, counts) {
				return fmt.Errorf("kyverno apply comes to %v, stillsuit to %v (%w)", got, counts, err)
			}
			others = fmt.Sprintf("| %.2f | %d | %.0f |", theirs.cpu.Seconds(), theirs.peak>>20, theirs.cpu.Seconds()/ours.cpu.Seconds())
		}
		if _, err := fmt.Fprintf(out, "| %d | %d | %.2f | %d %s\n", n, total, ours.cpu.Seconds(), ours.peak>>20, others); err != nil {
			return err
		}
	}
	return nil
}

// measure is what a process took: user and system time, and the most memory that was
// resident, in bytes.
type measure struct {
	cpu  time.Duration
	peak int64
}

// used runs a command, and returns what it took and what it said. Kyverno ends with 1
// when an object was refused.
func used(cmd *exec.Cmd) (measure, []byte, error) {
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	state := cmd.ProcessState
	if err != nil && (state == nil || state.ExitCode() != 1 || len(out) == 0) {
		return measure{}, nil, fmt.Errorf("%s: %w", cmd.Path, err)
	}
	m := measure{cpu: state.UserTime() + state.SystemTime()}
	if usage, ok := state.SysUsage().(*syscall.Rusage); ok {
		m.peak = usage.Maxrss << 10 // of KiB, as on Linux; not below this process's own
	}
	return m, out, nil
}

// reported counts the results of `kyverno apply`.
func reported(b []byte) (map[string]int, error) {
	var report struct {
		Results []struct {
			Result string `json:"result"`
		} `json:"results"`
	}
	if err := json.Unmarshal(b, &report); err != nil {
		return nil, err
	}
	counts := map[string]int{}
	for _, r := range report.Results {
		counts[r.Result]++
	}
	return counts, nil
}
