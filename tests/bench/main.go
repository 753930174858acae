package main

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
)

func main() {
	if err := run(context.Background(), os.Args[1:], os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(2)
	}
}

type options struct {
	runs    int
	sizes   string
	peers   bool
	profile string
	child   string
}

func run(ctx context.Context, args []string, out io.Writer) error {
	var o options
	flags := flag.NewFlagSet("bench", flag.ContinueOnError)
	flags.IntVar(&o.runs, "runs", 5, "runs of each size, after one that does not count")
	flags.StringVar(&o.sizes, "sizes", "10,100,500,1000", "numbers of apps")
	flags.BoolVar(&o.peers, "peers", true, "compare with sigs.k8s.io/yaml and kustomize")
	flags.StringVar(&o.profile, "profile", "", "write a CPU and a heap profile of the last run of each size to this `DIR`")
	flags.StringVar(&o.child, "child", "", "measure one run in this `DIR` and print it as JSON; the command runs itself so")
	if err := flags.Parse(args); err != nil {
		return err
	}
	if o.child != "" {
		m, err := measure(ctx, o.child, o.profile)
		if err != nil {
			return err
		}
		return json.NewEncoder(out).Encode(m)
	}
	return compare(ctx, o, out)
}

// compare measures every size, each run in a process of its own, so that its
// peak memory is its own.
func compare(ctx context.Context, o options, out io.Writer) error {
	forms, err := readForms(ctx, ".")
	if err != nil {
		return err
	}
	dir, err := os.MkdirTemp(memoryDir(), "stillsuit-bench-")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(dir) }() // what is left over is the system's to clear
	var fresh, again []row
	var last string
	for field := range strings.SplitSeq(o.sizes, ",") {
		apps, err := strconv.Atoi(field)
		if err != nil {
			return fmt.Errorf("read -sizes: %w", err)
		}
		last = filepath.Join(dir, field)
		if err := forms.write(last, apps); err != nil {
			return fmt.Errorf("generate %d apps: %w", apps, err)
		}
		f, a := row{apps: apps}, row{apps: apps}
		for i := range o.runs + 1 {
			if err := os.RemoveAll(filepath.Join(last, "flux-system")); err != nil {
				return err
			}
			for _, r := range []*row{&f, &a} {
				profile := ""
				if i == o.runs && o.profile != "" && r == &f {
					profile = filepath.Join(o.profile, field)
				}
				m, err := child(ctx, last, profile)
				if err != nil {
					return fmt.Errorf("measure %d apps: %w", apps, err)
				}
				if i > 0 { // the first run fills the system's caches
					r.runs = append(r.runs, m)
				}
			}
		}
		fresh, again = append(fresh, f), append(again, a)
	}
	if err := report(out, o.runs, fresh, again); err != nil || !o.peers {
		return err
	}
	return peers(ctx, last, out)
}

// child runs this program again for one measurement.
func child(ctx context.Context, dir, profile string) (m measurement, err error) {
	self, err := os.Executable()
	if err != nil {
		return m, err
	}
	cmd := exec.CommandContext(ctx, self, "-child", dir, "-profile", profile)
	cmd.Stderr = os.Stderr
	b, err := cmd.Output()
	if err != nil {
		return m, err
	}
	return m, json.Unmarshal(b, &m)
}

// memoryDir is a file system in memory, where there is one: the disk is not
// what is measured.
func memoryDir() string {
	if info, err := os.Stat("/dev/shm"); err == nil && info.IsDir() {
		return "/dev/shm"
	}
	return ""
}
