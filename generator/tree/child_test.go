package tree

import (
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"
)

const roleVar = "STILLSUIT_TREE_TEST_ROLE"

// TestMain lets the test binary play the other process: some tests start it
// again with a role, and kill it.
func TestMain(m *testing.M) {
	if role := os.Getenv(roleVar); role != "" {
		os.Exit(play(role, os.Args[1:]))
	}
	os.Exit(m.Run())
}

// errTorn has a write stop in the middle, with the process.
var errTorn = errors.New("torn")

// die ends the process as a power button would.
func die() {
	_ = syscall.Kill(os.Getpid(), syscall.SIGKILL)
	select {}
}

// play is the other process.
func play(role string, args []string) int {
	root, err := os.OpenRoot(args[0])
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 3
	}
	numbers := make([]int, len(args)-1)
	for i, a := range args[1:] {
		if numbers[i], err = strconv.Atoi(a); err != nil {
			fmt.Fprintln(os.Stderr, err)
			return 3
		}
	}
	switch role {
	case "crash", "crash without journal":
		_, next := crashTrees(numbers[0])
		w := quick(dieAt(numbers[1]))
		if role != "crash" {
			w.disk = forgetful{w.disk}
		}
		_, _, err = w.write(root, next, nil)
	case "crash at the tree":
		w := quick(func(op, p string) error {
			if op == "rename" && strings.HasSuffix(p, " "+ks) {
				die()
			}
			return nil
		})
		_, _, err = w.write(root, tree(file(ks, "b: 2\n")), nil)
	case "crash in recovery":
		_, err = quick(dieAt(numbers[1])).recoverRoot(root)
	case "race", "race without lock":
		w := newWriter()
		if role != "race" {
			w.lock = func(*os.File, bool) error { return nil }
		}
		flock := w.lock
		w.lock = func(f *os.File, exclusive bool) error {
			err := flock(f, exclusive)
			if err == nil {
				fmt.Println("won")
				_, _ = io.Copy(io.Discard, os.Stdin) // until the other one is done
			}
			return err
		}
		_, _, err = w.write(root, bigTree(2, "one"), nil)
	}
	if role == "full disk" {
		err = fullDisk(args[0])
	}
	if errors.Is(err, ErrBusy) {
		fmt.Println("busy")
		return 2
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 2
	}
	return 0
}

// child returns the command that plays a role in dir.
func child(tb testing.TB, role, dir string, args ...int) *exec.Cmd {
	tb.Helper()
	self, err := os.Executable()
	require.NoError(tb, err)
	cmd := exec.Command(self, dir)
	for _, a := range args {
		cmd.Args = append(cmd.Args, strconv.Itoa(a))
	}
	cmd.Env = append(os.Environ(), roleVar+"="+role)
	return cmd
}
