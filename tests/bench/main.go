package main

import (
	"context"
	"encoding/json"
	"errors"
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
	if o.runs < 1 {
		return errors.New("-runs is at least 1")
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
	tables := []table{
		{title: "A tree that is not there yet", fresh: true},
		{title: "The same again, nothing changed"},
		{title: "A tree that is not there yet, without garbage collection: what each stage takes itself", fresh: true, gc: "off"},
		{title: "A tree that is not there yet, each app written as v1alpha1.#App & {…}", fresh: true, typing: typedApps},
		{title: "A tree that is not there yet, each block of an app written with its definition too", fresh: true, typing: typedBlocks},
	}
	var last string
	for field := range strings.SplitSeq(o.sizes, ",") {
		apps, err := strconv.Atoi(field)
		if err != nil {
			return fmt.Errorf("read -sizes: %w", err)
		}
		last = filepath.Join(dir, field)
		in := map[typing]string{untyped: last, typedApps: last + "-typed", typedBlocks: last + "-blocks"}
		for typed, name := range in {
			if err := forms.write(name, apps, typed); err != nil {
				return fmt.Errorf("generate %d apps: %w", apps, err)
			}
		}
		for t := range tables {
			tables[t].rows = append(tables[t].rows, row{apps: apps})
		}
		for i := range o.runs + 1 {
			for t := range tables {
				profile := ""
				if i == o.runs && o.profile != "" && t == 0 {
					profile = filepath.Join(o.profile, field)
				}
				m, err := child(ctx, in[tables[t].typing], tables[t], profile)
				if err != nil {
					return fmt.Errorf("measure %d apps: %w", apps, err)
				}
				if i > 0 { // the first run fills the system's caches
					r := &tables[t].rows[len(tables[t].rows)-1]
					r.runs = append(r.runs, m)
				}
			}
		}
	}
	if err := report(out, o.runs, tables); err != nil || !o.peers {
		return err
	}
	cmd := exec.CommandContext(ctx, "go", "run", "./tests/bench/peers", last, clusterName, strconv.Itoa(o.runs))
	cmd.Stdout, cmd.Stderr = out, os.Stderr
	return cmd.Run()
}

// child runs this program again for one measurement.
func child(ctx context.Context, dir string, t table, profile string) (m measurement, err error) {
	if t.fresh {
		if err := os.RemoveAll(filepath.Join(dir, "flux-system")); err != nil {
			return m, err
		}
	}
	self, err := os.Executable()
	if err != nil {
		return m, err
	}
	cmd := exec.CommandContext(ctx, self, "-child", dir, "-profile", profile)
	cmd.Stderr = os.Stderr
	if t.gc != "" {
		cmd.Env = append(os.Environ(), "GOGC="+t.gc)
	}
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
