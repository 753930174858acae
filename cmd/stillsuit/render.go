package main

import (
	"errors"
	"fmt"
	"slices"

	"github.com/spf13/cobra"

	"stillsuit.dev/checks/images"
	"stillsuit.dev/finding"
	"stillsuit.dev/generator"
)

type renderFlags struct {
	check        bool
	out          string
	discardEdits []string
	strict       bool
	fix          bool
}

func newRender(dir *string) *cobra.Command {
	var flags renderFlags
	cmd := &cobra.Command{
		Use:   "render [CLUSTER...]",
		Short: "Render the trees of clusters, or of all of them",
		Long: `Render evaluates clusters/<CLUSTER>, and writes what Flux reconciles to
flux-system/<CLUSTER>. Without CLUSTER it renders every cluster. Only files that
carry stillsuit's unbroken seal are replaced or removed; with findings that are errors
nothing is written. An image that images.lock.json lacks and has under another tag is
written without a digest, on the nodes that the other tag can run on, and then fails
the command.`,
		ValidArgsFunction: completeClusters(dir),
		RunE: func(cmd *cobra.Command, args []string) error {
			return flags.run(cmd, *dir, args)
		},
	}
	cmd.Flags().BoolVar(&flags.check, "check", false, "write nothing; say where the tree differs from what is rendered")
	cmd.Flags().StringVar(&flags.out, "out", "", "write below `DIR`, which exists, instead of in the repository")
	cmd.Flags().StringSliceVar(&flags.discardEdits, "discard-edits", nil, "replace or remove the edited files at or below `PATH`, relative to the repository's root")
	cmd.Flags().BoolVar(&flags.strict, "strict", false, "fail on warnings and notes too")
	cmd.Flags().BoolVar(&flags.fix, "fix", false, "change CUE files where the fix of a finding is an edit, then render")
	cmd.MarkFlagsMutuallyExclusive("check", "discard-edits")
	cmd.MarkFlagsMutuallyExclusive("check", "fix")
	return cmd
}

func (flags renderFlags) run(cmd *cobra.Command, dir string, names []string) error {
	if flags.fix {
		if err := flags.mend(cmd, dir, names); err != nil {
			return err
		}
	}
	repo, err := openRepository(cmd.Context(), dir)
	if err != nil {
		return err
	}
	defer repo.Close()
	target := repo
	if flags.out != "" {
		if target, err = repo.At(from(dir, flags.out)); err != nil {
			return fmt.Errorf("open --out: %w", err)
		}
		defer target.Close()
	}
	if !flags.check { // even when what is declared now cannot be rendered
		if err := recoverWrite(cmd, target); err != nil {
			return err
		}
	}
	renderings, findings, err := renderAll(cmd.Context(), repo, names)
	if err != nil {
		return err
	}
	if len(names) == 0 {
		orphans, err := generator.Orphans(target)
		if err != nil {
			return err
		}
		findings = finding.Sort(slices.Concat(findings, orphans))
	}
	if flags.check {
		if failed(findings, flags.strict) {
			return tellFrom(cmd.OutOrStdout(), findings, flags.strict, repo.Source)
		}
		drift, err := generator.Verify(target, renderings)
		if err != nil {
			return err
		}
		return tellFrom(cmd.OutOrStdout(), finding.Sort(slices.Concat(findings, drift)), flags.strict, repo.Source)
	}
	verdict := tellFrom(cmd.OutOrStdout(), findings, flags.strict, repo.Source)
	if verdict != nil && (!errors.Is(verdict, errFindings) || failed(slices.DeleteFunc(findings, images.Unlocked), flags.strict)) {
		return verdict
	}
	written, refused, err := generator.Write(target, renderings, &generator.WriteOptions{DiscardEdits: flags.discardEdits})
	if err != nil {
		return err
	}
	if err := tellFrom(cmd.OutOrStdout(), refused, flags.strict, repo.Source); err != nil {
		return err
	}
	if err := summary(cmd.OutOrStdout(), renderings, written); err != nil {
		return err
	}
	return verdict
}

// mend makes the edits of findings, until there are none to make.
func (flags renderFlags) mend(cmd *cobra.Command, dir string, names []string) error {
	at, err := repositoryOf(cmd.Context(), dir, nil)
	if err != nil {
		return err
	}
	var left []finding.Finding
	look := func() ([]finding.Finding, error) {
		repo, err := openRepository(cmd.Context(), dir)
		if err != nil {
			return nil, err
		}
		defer repo.Close()
		_, left, err = renderAll(cmd.Context(), repo, names)
		return left, err
	}
	first, err := look()
	if err != nil {
		return err
	}
	s := fixing(at, cmd.ErrOrStderr())
	if err := s.Run(first, look); err != nil {
		return err
	}
	return s.Say(s.Summary(len(left)))
}
