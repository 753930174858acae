// Command stillsuit renders Kustomize trees for Flux from CUE.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"runtime/debug"

	"github.com/spf13/cobra"

	"stillsuit.dev/cmd/stillsuit/usage"
	"stillsuit.dev/crash"
	"stillsuit.dev/report"
)

// The exit codes.
const (
	exitClean    = 0
	exitFindings = 1 // the input is wrong, or the tree is not what it renders to
	exitFailure  = 2 // wrong use, reading or writing did not work, or stillsuit crashed
)

// gcPercent is the garbage collector's target, when the environment says none: a
// fifth of a render's CPU time for a third more memory (docs/performance.md).
const gcPercent = 400

func main() {
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(gcPercent)
	}
	o := received()
	if o.Rehearsal != nil {
		os.Exit(o.Rehearsal.carryOut())
	}
	os.Exit(runWithin(&bounds{order: o, process: true}, os.Args[1:], os.Stdin, os.Stdout, os.Stderr))
}

// errFindings says that findings were printed: nothing more is to be said.
var errFindings = errors.New("findings")

// errCrashed says that findings were printed, and that one of them is of a crash or of a
// check that failed.
var errCrashed = errors.New("crashed")

// run is the program; it returns the exit code.
func run(args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	return runWithin(&bounds{}, args, stdin, stdout, stderr)
}

// runWithin is run, with the bounds that its flags say.
func runWithin(b *bounds, args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	ctx, stop := signal.NotifyContext(context.WithValue(context.Background(), boundsKey{}, b), os.Interrupt)
	defer stop()
	context.AfterFunc(ctx, stop) // a second interrupt ends what does not heed the first
	root := newRoot(b)
	root.SetArgs(args)
	root.SetIn(stdin)
	root.SetOut(stdout)
	root.SetErr(stderr)
	return exitCode(ctx, root, stderr)
}

// exitCode runs the command, and tells an error.
func exitCode(ctx context.Context, root *cobra.Command, stderr io.Writer) int {
	switch err := execute(ctx, root); {
	case err == nil:
		return exitClean
	case errors.Is(err, errFindings):
		return exitFindings
	case errors.Is(err, errCrashed):
		return exitFailure
	default:
		_, _ = fmt.Fprintln(stderr, "stillsuit:", report.Lines(err.Error())) // nowhere else to tell it
		return exitFailure
	}
}

// execute runs the command. What panics where nothing could make a finding of it is an
// error too, and not a stack that may hold values of the input.
func execute(ctx context.Context, root *cobra.Command) (err error) {
	defer crash.Catch(&err, "running the command")
	return root.ExecuteContext(ctx)
}

func newRoot(b *bounds) *cobra.Command {
	dir := "."
	root := &cobra.Command{
		Use:   "stillsuit",
		Short: "Render Kustomize trees for Flux from CUE",
		Long: `Stillsuit renders the Kustomize trees that Flux reconciles from the CUE of a
repository. It works in any directory of the repository, and offline: only "images
lock" and "images verify" ask anybody.

The exit code is 0 when all is well, 1 when the input is wrong or the tree is not
what it renders to, and 2 when the command was used wrongly, could not read or
write, or crashed on some of the input.`,
		SilenceErrors: true,
		SilenceUsage:  true,
	}
	root.PersistentFlags().StringVarP(&dir, "directory", "C", dir, "work in `DIR` instead of the current directory")
	b.flags(root.PersistentFlags())
	root.SetFlagErrorFunc(usage.WrongFlag)
	root.AddCommand(newRender(&dir), newCheck(&dir), newFit(&dir), newImages(&dir), newPolicy(&dir), newExplain(), newCUE(), newVersion())
	return usage.Group(root, func(name string) bool { return isDirectory(dir, name) || isCluster(dir, name) })
}
