package tree

import (
	"bufio"
	"io"
	"os/exec"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// runner is another process that writes.
type runner struct {
	cmd  *exec.Cmd
	in   io.WriteCloser
	says chan string // its first line
}

func start(t *testing.T, role, repo string) *runner {
	t.Helper()
	r := &runner{cmd: child(t, role, repo), says: make(chan string, 1)}
	var err error
	r.in, err = r.cmd.StdinPipe()
	require.NoError(t, err)
	out, err := r.cmd.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, r.cmd.Start())
	go func() {
		line, _ := bufio.NewReader(out).ReadString('\n')
		r.says <- strings.TrimSpace(line)
	}()
	return r
}

// end lets the process finish and returns its exit code.
func (r *runner) end(t *testing.T) int {
	t.Helper()
	require.NoError(t, r.in.Close())
	_ = r.cmd.Wait() // the code says it
	return r.cmd.ProcessState.ExitCode()
}

// RELIABILITY row 19: 50 pairs of processes at once; one wins, and the other
// one says so and does not wait for it. A lock that a killed process leaves is
// free.
func TestTwoWritersAtOnce(t *testing.T) {
	trees := bigTree(2, "one")
	for i := range 50 {
		repo := scratch(t)
		a, b := start(t, "race", repo), start(t, "race", repo)
		// The winner holds the lock until its input ends, so both answer.
		first, second := <-a.says, <-b.says
		winner, loser := a, b
		if second == "won" {
			winner, loser, first, second = b, a, second, first
		}
		require.Equal(t, "won", first)
		require.Equal(t, "busy", second)
		require.Equal(t, 2, loser.end(t))
		root := openRoot(t, repo)
		_, err := Verify(root, trees)
		require.ErrorIs(t, err, ErrBusy)
		if i%2 == 0 {
			require.NoError(t, winner.cmd.Process.Kill())
			require.Equal(t, -1, winner.end(t))
			require.Empty(t, snapshot(t, repo))
			must(t, quick(nil), root, trees, nil)
		} else {
			require.Equal(t, 0, winner.end(t))
		}
		require.Equal(t, rendered(trees), snapshot(t, repo))
	}
	t.Run("mutant without a lock", func(t *testing.T) {
		repo := scratch(t)
		a, b := start(t, "race without lock", repo), start(t, "race without lock", repo)
		require.Equal(t, []string{"won", "won"}, []string{<-a.says, <-b.says})
		a.end(t)
		b.end(t)
	})
}

func TestVerifiersShareTheLock(t *testing.T) {
	repo := scratch(t)
	root := openRoot(t, repo)
	trees := tree(file(ks, "a: 1\n"))
	must(t, quick(nil), root, trees, nil)
	w := newWriter()
	w.disk = &steps{disk: osDisk{}, before: func(_, p string) error {
		if p == stateDir {
			return nil
		}
		fs, err := Verify(root, trees)
		require.NoError(t, err)
		require.Empty(t, fs)
		_, _, err = Write(root, trees, nil)
		require.ErrorIs(t, err, ErrBusy)
		return nil
	}}
	fs, err := w.verify(root, trees)
	require.NoError(t, err)
	require.Empty(t, fs)
}
