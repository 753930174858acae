package main

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"golang.org/x/tools/txtar"
	"stillsuit.dev/generator"
)

// What a runaway gets here, and how much memory its processes may have in all: the program
// itself takes spareMemory.
const (
	testTime    = "1s"
	testMemory  = 192 << 20
	spareMemory = 128 << 20
)

// runaways are repositories with a cluster called big, in testdata/runaways. The comment
// says what the finding names: an entry, or "cluster".
func runaways(t *testing.T) map[string]*txtar.Archive {
	t.Helper()
	names, err := filepath.Glob("testdata/runaways/*.txtar")
	require.NoError(t, err)
	found := map[string]*txtar.Archive{}
	for _, name := range names {
		archive, err := txtar.ParseFile(name)
		require.NoError(t, err)
		found[strings.TrimSuffix(filepath.Base(name), ".txtar")] = archive
	}
	require.GreaterOrEqual(t, len(found), 15)
	return found
}

// runawayRepository writes the files of an archive beside a cluster ok and what big is
// made of besides.
func runawayRepository(t *testing.T, archive *txtar.Archive) string {
	t.Helper()
	dir := t.TempDir()
	sound, err := txtar.ParseFile("testdata/runaways.txtar")
	require.NoError(t, err)
	for _, f := range append(sound.Files, archive.Files...) {
		name := filepath.Join(dir, f.Name)
		require.NoError(t, os.MkdirAll(filepath.Dir(name), 0o755))
		require.NoError(t, os.WriteFile(name, f.Data, 0o644))
	}
	return dir
}

// program runs the program in a process of its own, which ends with the test's deadline.
func program(t *testing.T, args ...string) (out string, code int, memory int64) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	if deadline, ok := t.Deadline(); ok {
		ctx, cancel = context.WithDeadline(t.Context(), deadline.Add(-5*time.Second))
	}
	defer cancel()
	self, err := os.Executable()
	require.NoError(t, err)
	cmd := exec.CommandContext(ctx, self)
	cmd.Args = append([]string{"stillsuit"}, args...)
	var b bytes.Buffer
	cmd.Stdout, cmd.Stderr = &b, &b
	_ = cmd.Run() // the exit code is what is looked at
	require.NoError(t, ctx.Err(), "it did not end: %s", args)
	memory = cmd.ProcessState.SysUsage().(*syscall.Rusage).Maxrss
	if os.Getenv("GOOS") != "darwin" { // getrusage(2): kilobytes, but bytes there
		memory <<= 10
	}
	return b.String(), cmd.ProcessState.ExitCode(), memory
}

// TestRunaways evaluates clusters that would take hours or all memory: six always, and all
// with STILLSUIT_ORACLE=full. Each is reported, with its entry where that can be known, and
// the cluster beside it is checked as usual.
func TestRunaways(t *testing.T) {
	always := []string{"for", "nested", "doubling", "disjunction", "fields", "entry"}
	for name, archive := range runaways(t) {
		t.Run(name, func(t *testing.T) {
			if os.Getenv("STILLSUIT_ORACLE") != "full" && !slices.Contains(always, name) {
				t.Skip("with STILLSUIT_ORACLE=full")
			}
			t.Parallel()
			dir := runawayRepository(t, archive)
			start := time.Now()
			out, code, memory := program(t, "check", "-C", dir, "--cue-timeout", testTime, "--cue-memory", fmt.Sprint(testMemory))
			t.Logf("%v, %d MiB\n%s", time.Since(start).Round(100*time.Millisecond), memory>>20, out)
			require.Equal(t, exitFindings, code, out)
			want, _, _ := strings.Cut(string(archive.Comment), "\n")
			if want != "cluster" {
				want += " of cluster"
			}
			require.Contains(t, out, "error: evaluating "+want+" big takes more than 1s of CPU time or 192Mi of memory")
			require.Equal(t, 1, strings.Count(out, "cue/budget"), out)
			require.Contains(t, out, "clusters/ok/ok.cue:10:3: note: ", "the other cluster is checked")
			require.Less(t, memory, int64(testMemory+testMemory/2+spareMemory))
		})
	}
}

// TestRunawayElsewhere meets a runaway in the checkout that a check compares with, and
// not at all when another cluster is asked for.
func TestRunawayElsewhere(t *testing.T) {
	away := runawayRepository(t, runaways(t)["refused"])
	out, code, _ := program(t, "check", "ok", "-C", away, "--cue-timeout", testTime)
	require.Equal(t, exitClean, code, out)
	require.NotContains(t, out, "cue/budget")
	out, code, _ = program(t, "render", "ok", "-C", away, "--out", t.TempDir(), "--cue-timeout", testTime)
	require.Equal(t, exitClean, code, out)

	sound := runawayRepository(t, &txtar.Archive{})
	out, _, _ = program(t, "check", "-C", sound, "--base", away, "--cue-timeout", testTime)
	require.Contains(t, out, "evaluating apps.away of cluster big takes more than 1s of CPU time", "of the base")
	out, code, _ = program(t, "fit", "-C", away, "--node", "pi9=CM4_8GB", "--orders", "1", "--cue-timeout", testTime)
	require.Equal(t, exitFindings, code, out)
	require.Contains(t, out, "evaluating apps.away of cluster big takes more than 1s of CPU time")
}

// TestRunawayMutant shows that the budget is what is noticed: what ends by itself is
// reported within a small one only.
func TestRunawayMutant(t *testing.T) {
	dir := runawayRepository(t, &txtar.Archive{Files: []txtar.File{{Name: "clusters/big/x.cue", Data: []byte(`package big

import "list"

_slow: len([for i in list.Range(0, 100, 1) for j in list.Range(0, 100, 1) {i}])
`)}}})
	out, code, _ := program(t, "check", "big", "-C", dir)
	require.Equal(t, exitClean, code, out)
	out, code, _ = program(t, "check", "big", "-C", dir, "--cue-timeout", "20ms")
	require.Equal(t, exitFindings, code, out)
	require.Contains(t, out, "takes more than 20ms of CPU time or 4Gi of memory")
}

func TestBudgetFlags(t *testing.T) {
	for _, args := range [][]string{{"--cue-timeout", "0s"}, {"--cue-timeout", "-1m"}, {"--cue-timeout", "60"}, {"--cue-memory", "0"}, {"--cue-memory", "1Mi"}, {"--cue-memory", "-4Gi"}, {"--cue-memory", "99999999999999999999999999999999"}, {"--cue-memory", "much"}} {
		var out, said bytes.Buffer
		require.Equal(t, exitFailure, run(append([]string{"check"}, args...), nil, &out, &said), args)
		require.Contains(t, said.String(), args[0])
	}
}

// TestProcessesInARow shows that processes which take each other's place come to an end:
// none is told what the one before was told.
func TestProcessesInARow(t *testing.T) {
	big := known{"repo", generator.Runaway{Cluster: "big"}}
	require.NotNil(t, order{Careful: true}.after(order{}))
	require.NotNil(t, order{Careful: true, Known: []known{big}}.after(order{Careful: true}))
	require.NotNil(t, order{Known: []known{big}}.after(order{}))
	require.Nil(t, order{}.after(order{}))
	require.Nil(t, order{Known: []known{big}}.after(order{Known: []known{big}}))
	require.Nil(t, order{Careful: true, Known: []known{big}}.after(order{Careful: true, Known: []known{big}}))
}
