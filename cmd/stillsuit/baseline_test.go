package main

import (
	"bytes"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/tools/txtar"

	"stillsuit.dev/checks"
	"stillsuit.dev/crash"
	"stillsuit.dev/finding"
	"stillsuit.dev/inventory"
)

// nowhere knows no place.
type nowhere struct{}

func (nowhere) Locate(inventory.Spot) (finding.Place, string) {
	return finding.Place{File: "clusters/attic"}, ""
}

// A comparison that fails, or panics, is a finding that no flag hides, and the others are made.
func TestAComparisonThatFails(t *testing.T) {
	odd := finding.Finding{Code: "gate/weakened", Problem: "a ceiling is gone"}
	says := func(fs []finding.Finding, err error) func(_, _ *inventory.Subject) ([]finding.Finding, error) {
		return func(_, _ *inventory.Subject) ([]finding.Finding, error) { return fs, err }
	}
	base, head := &inventory.Subject{Name: "attic"}, &inventory.Subject{Name: "attic", Places: nowhere{}}
	b := &baseline{subjects: map[string]*inventory.Subject{"attic": base}, comparisons: []comparison{
		{"gate", says([]finding.Finding{odd}, errors.Join(errors.New("one object is odd"), errors.New("another too")))},
		{"panics", func(_, _ *inventory.Subject) ([]finding.Finding, error) { panic("canary") }},
		{"change", says([]finding.Finding{{Code: "change/left"}}, nil)},
	}}
	for _, options := range []*checks.Options{{}, {Skip: []finding.Code{crash.Code, crash.CodeFailed}}, {Only: []finding.Code{"gate/weakened", "change/left"}}} {
		got := b.cluster(head, options)
		require.Len(t, got, 4)
		require.Equal(t, odd, got[0])
		require.Equal(t, finding.Code("change/left"), got[1].Code)
		require.Equal(t, "clusters/attic: error: check gate could not be made: one object is odd; another too. [stillsuit/failed]", got[2].String())
		require.Contains(t, got[3].String(), "stillsuit crashed while comparing cluster attic with its base by panics: a panic with a string in cmd/stillsuit/baseline_test.go:")
		require.True(t, crash.Any(got))
	}
	// Mutants: comparisons that are sound say nothing of the kind, and without the guard one
	// that panics ends the run.
	require.Panics(t, func() { _, _ = b.comparisons[1].compare(base, head) })
	b.comparisons = b.comparisons[2:]
	require.False(t, crash.Any(b.cluster(head, &checks.Options{})))
}

// bound runs the program as a user whom permissions bind.
func bound(t *testing.T, dir string, args ...string) (string, int) {
	t.Helper()
	self, err := os.Executable()
	require.NoError(t, err)
	cmd := exec.CommandContext(t.Context(), self)
	if os.Getuid() == 0 {
		const nobody = 65534
		cmd.Path = filepath.Join(dir, "stillsuit") // where it may be run from
		if err := os.Link(self, cmd.Path); err != nil && !errors.Is(err, os.ErrExist) {
			t.Skip("no link to the program can be made")
		}
		cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: nobody, Gid: nobody}}
	}
	cmd.Args = append([]string{"stillsuit", "-C", filepath.Join(dir, "head")}, args...)
	cmd.Env = append(os.Environ(), "HOME="+dir)
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	_ = cmd.Run() // the exit code is what is looked at
	return out.String(), cmd.ProcessState.ExitCode()
}

// A cluster that cannot be read, here or in the base, is a finding: what is found in the
// others is reported, and the exit code is 2.
func TestUnreadableClusters(t *testing.T) {
	dir := t.TempDir()
	require.NoError(t, os.Chmod(filepath.Dir(dir), 0o755))
	require.NoError(t, os.Chmod(dir, 0o755))
	archive, err := txtar.ParseFile("../../tests/scripts/gate.txtar")
	require.NoError(t, err)
	write := func(name string, data []byte) {
		require.NoError(t, os.MkdirAll(filepath.Dir(filepath.Join(dir, name)), 0o755))
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), data, 0o644))
	}
	for _, f := range archive.Files {
		write(f.Name, f.Data)
		if f.Name == "cellar.txt" {
			write("base/clusters/cellar/cluster.cue", f.Data)
			write("head/clusters/cellar/cluster.cue", f.Data)
		}
		if f.Name == "weaker.txt" {
			write("head/clusters/attic/cluster.cue", f.Data)
		}
	}
	args := []string{"check", "--base", "../base", "--only", "gate/weakened"}
	out, code := bound(t, dir, args...)
	require.Equal(t, exitClean, code, out)
	require.Contains(t, out, "gate/weakened")
	for _, c := range []struct{ closed, says, besides string }{
		{"base/clusters/cellar/cluster.cue", "../base/clusters/cellar: error: check of cluster cellar against its base could not be made: read clusters/cellar/cluster.cue: permission denied. [stillsuit/failed]", "clusters/attic/cluster.cue:10:18: warning: "},
		{"base/clusters", "../base/clusters: error: check --base could not be made: ", "1 error"},
		{"head/clusters/cellar/cluster.cue", "clusters/cellar: error: check of cluster cellar could not be made: read clusters/cellar/cluster.cue: permission denied. [stillsuit/failed]", "clusters/attic/cluster.cue:10:18: warning: "},
	} {
		at := filepath.Join(dir, c.closed)
		info, err := os.Stat(at)
		require.NoError(t, err)
		require.NoError(t, os.Chmod(at, 0))
		out, code := bound(t, dir, args...)
		require.NoError(t, os.Chmod(at, info.Mode()))
		require.Equal(t, exitFailure, code, out)
		require.Contains(t, out, c.says)
		require.Contains(t, out, c.besides)
		require.Contains(t, out, "1 error")
	}
}
