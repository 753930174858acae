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

	"stillsuit.dev/policies/report"
)

// The exit codes.
const (
	exitClean    = 0
	exitFindings = 1 // the input is wrong, or the tree is not what it renders to
	exitFailure  = 2 // wrong use, or reading or writing did not work
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

// run is the program; it returns the exit code.
func run(args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	return runWithin(&bounds{}, args, stdin, stdout, stderr)
}

// runWithin is run, with the bounds that its flags say.
func runWithin(b *bounds, args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	ctx, stop := signal.NotifyContext(context.WithValue(context.Background(), boundsKey{}, b), os.Interrupt)
	defer stop()
	root := newRoot(b)
	root.SetArgs(args)
	root.SetIn(stdin)
	root.SetOut(stdout)
	root.SetErr(stderr)
	switch err := root.ExecuteContext(ctx); {
	case err == nil:
		return exitClean
	case errors.Is(err, errFindings):
		return exitFindings
	default:
		_, _ = fmt.Fprintln(stderr, "stillsuit:", report.Lines(err.Error())) // nowhere else to tell it
		return exitFailure
	}
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
what it renders to, and 2 when the command was used wrongly or could not read or
write.`,
		SilenceErrors: true,
		SilenceUsage:  true,
	}
	root.PersistentFlags().StringVarP(&dir, "directory", "C", dir, "work in `DIR` instead of the current directory")
	b.flags(root.PersistentFlags())
	root.AddCommand(newRender(&dir), newCheck(&dir), newFit(&dir), newImages(&dir), newPolicy(&dir), newExplain(), newCUE(), newVersion())
	return root
}
