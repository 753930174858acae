package main

import (
	"io"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"stillsuit.dev/policies"
	"stillsuit.dev/policies/images"
)

type checkFlags struct {
	only, skip []string
	strict     bool
	output     string
}

func newCheck(dir *string) *cobra.Command {
	var flags checkFlags
	cmd := &cobra.Command{
		Use:   "check [CLUSTER...]",
		Short: "Hold what clusters render to against the checks",
		Long: `Check evaluates and renders clusters/<CLUSTER> in memory, and judges the
objects: whether each image runs where its pod may land. Without CLUSTER it checks
every cluster. It writes nothing, and does not read what was rendered before.

With findings of the rendering that are errors, no check is made: objects are
missing then.`,
		ValidArgsFunction: completeClusters(dir),
		RunE: func(cmd *cobra.Command, args []string) error {
			return flags.run(cmd, *dir, args)
		},
	}
	cmd.Flags().StringSliceVar(&flags.only, "only", nil, "report findings of `CODE` and no other of the checks")
	cmd.Flags().StringSliceVar(&flags.skip, "skip", nil, "do not report findings of `CODE` of the checks")
	cmd.Flags().BoolVar(&flags.strict, "strict", false, "fail on warnings and notes too")
	cmd.Flags().StringVarP(&flags.output, "output", "o", "text", "write findings as `FORM`: text or json")
	for _, name := range []string{"only", "skip"} {
		if err := cmd.RegisterFlagCompletionFunc(name, completeCodes); err != nil {
			panic(err) // the flag is defined above
		}
	}
	return cmd
}

// checkers are all checks.
func checkers() []*policies.Checker { return []*policies.Checker{images.Checker()} }

func (flags checkFlags) run(cmd *cobra.Command, dir string, names []string) error {
	write, err := writer(flags.output)
	if err != nil {
		return err
	}
	options, err := flags.options()
	if err != nil {
		return err
	}
	repo, err := openRepository(dir)
	if err != nil {
		return err
	}
	defer repo.Close()
	findings, err := checkAll(cmd.Context(), repo, names, options)
	if err != nil {
		return err
	}
	if err := write(cmd.OutOrStdout(), findings); err != nil {
		return err
	}
	if failed(findings, flags.strict) {
		return errFindings
	}
	return nil
}

// options are those of the run, on the day that the clock says.
func (flags checkFlags) options() (*policies.Options, error) {
	for _, code := range slices.Concat(flags.only, flags.skip) {
		if err := explain(io.Discard, codes(), code); err != nil {
			return nil, err
		}
	}
	return &policies.Options{Today: time.Now().Format(time.DateOnly), Only: flags.only, Skip: flags.skip}, nil
}
