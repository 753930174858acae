package main

import (
	"fmt"
	"slices"

	"github.com/spf13/cobra"

	"stillsuit.dev/checks/images/locking"
	"stillsuit.dev/finding"
	"stillsuit.dev/generator/lock"
	"stillsuit.dev/report"
)

func newImagesVerify(dir *string) *cobra.Command {
	var flags selection
	cmd := &cobra.Command{
		Use:   "verify [REF...]",
		Short: "Ask whether the registries still say what images.lock.json says",
		Long: `Verify asks the registries for all images in images.lock.json, for those of
CLUSTER or of a tree, or for REF, and reports tags that were pushed again or removed, and
platforms that are gone. It writes nothing.

An image whose registry gives no answer is named on stderr, and makes the exit
code 2.`,
		ValidArgsFunction: cobra.NoFileCompletions,
		RunE: func(cmd *cobra.Command, args []string) error {
			return flags.verify(cmd, *dir, args)
		},
	}
	flags.flags(cmd, dir)
	return cmd
}

func (s *selection) verify(cmd *cobra.Command, dir string, refs []string) error {
	repo, err := s.open(cmd.Context(), dir)
	if err != nil {
		return err
	}
	defer func() { _ = repo.Close() }() // it was only read
	known := repo.Lock()
	for _, ref := range refs {
		if _, ok := known.Images[ref]; !ok {
			return fmt.Errorf("%s is not in %s", ref, lock.File)
		}
	}
	found, client, err := s.prepare(cmd, repo, len(refs) > 0)
	if err != nil {
		return err
	}
	switch {
	case len(refs) > 0:
	case len(s.clusters) > 0 || s.tree != "":
		refs = slices.DeleteFunc(locking.RefsOf(found.uses), func(ref string) bool { return known.Images[ref].Digest == "" })
	default:
		refs = locking.Refs(known)
	}
	bar := newProgress(cmd.ErrOrStderr())
	verdicts := locking.Verify(cmd.Context(), client, known, refs, repo.Source(lock.File), bar.show)
	bar.clear()
	return verdict(cmd, verdicts)
}

// verdict tells what no longer holds, and what could not be told.
func verdict(cmd *cobra.Command, verdicts []locking.Verdict) error {
	var findings []finding.Finding
	unanswered := 0
	for _, v := range verdicts {
		switch {
		case v.Err != nil:
			unanswered++
			cmd.PrintErrln("stillsuit: no answer for", report.Line(v.Err.Error()))
		case v.Finding != nil:
			findings = append(findings, *v.Finding)
		}
	}
	told := tell(cmd.OutOrStdout(), finding.Sort(findings), false)
	if _, err := fmt.Fprintf(cmd.OutOrStdout(), "%s: %d as locked, %d not, %d without an answer\n",
		finding.Count(len(verdicts), "image"), len(verdicts)-len(findings)-unanswered, len(findings), unanswered); err != nil {
		return err
	}
	if unanswered > 0 {
		return fmt.Errorf("%d of %d images got no answer", unanswered, len(verdicts))
	}
	return told
}
