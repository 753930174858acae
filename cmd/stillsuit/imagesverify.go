package main

import (
	"errors"
	"fmt"
	"slices"

	"github.com/spf13/cobra"

	"stillsuit.dev/checks/images/locking"
	"stillsuit.dev/files"
	"stillsuit.dev/finding"
	"stillsuit.dev/generator/lock"
	"stillsuit.dev/report"
)

type verifyFlags struct {
	selection
	base string
}

func newImagesVerify(dir *string) *cobra.Command {
	var flags verifyFlags
	cmd := &cobra.Command{
		Use:   "verify [REF...]",
		Short: "Ask whether the registries still say what images.lock.json says",
		Long: `Verify asks the registries for all images in images.lock.json, for those of
CLUSTER or of a tree, or for REF, and reports tags that were pushed again or removed, and
platforms that are gone. It writes nothing.

With --base, DIR is a checkout of the branch that this one is to be merged into: only
the entries that it does not have so are asked for, and all that they say is compared.
That is the proof that no entry was written by hand.

An image whose registry gives no answer is named on stderr, and makes the exit
code 2.`,
		ValidArgsFunction: cobra.NoFileCompletions,
		RunE: func(cmd *cobra.Command, args []string) error {
			return flags.verify(cmd, *dir, args)
		},
	}
	flags.flags(cmd, dir)
	cmd.Flags().StringVar(&flags.base, "base", "", "ask only for the entries that the lock of the repository in `DIR` does not have so")
	return cmd
}

func (flags verifyFlags) verify(cmd *cobra.Command, dir string, refs []string) error {
	if flags.base != "" && len(refs) > 0 {
		return errors.New("--base selects the entries to verify; give either it or references")
	}
	refs, err := references(refs)
	if err != nil {
		return err
	}
	repo, err := flags.open(cmd.Context(), dir)
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
	ofAll := len(flags.clusters) == 0 && flags.tree == ""
	found, client, err := flags.prepare(cmd, repo, len(refs) > 0 || flags.base != "" && ofAll)
	if err != nil {
		return err
	}
	switch {
	case len(refs) > 0:
	case ofAll:
		refs = locking.Refs(known)
	default:
		refs = slices.DeleteFunc(locking.RefsOf(found.uses), func(ref string) bool { _, ok := known.Images[ref]; return !ok })
	}
	if flags.base != "" {
		changed, err := changedSince(dir, flags.base, known)
		if err != nil {
			return err
		}
		refs = slices.DeleteFunc(refs, func(ref string) bool { return !slices.Contains(changed, ref) })
	}
	bar := newProgress(cmd.ErrOrStderr())
	verdicts := locking.Verify(cmd.Context(), client, known, refs, repo.Source(lock.File), &locking.Verifying{All: flags.base != "", Progress: bar.show})
	bar.clear()
	return verdict(cmd, verdicts)
}

// changedSince are the entries that the lock of a checkout does not have so. One without a
// lock has none.
func changedSince(dir, base string, known *lock.Lock) ([]string, error) {
	root, err := files.OpenRoot(from(dir, base))
	if err != nil {
		return nil, fmt.Errorf("open --base: %w", err)
	}
	defer func() { _ = root.Close() }() // it was only read
	before, err := lock.Read(files.FS(root))
	if err != nil {
		return nil, fmt.Errorf("read --base: %w", err)
	}
	return locking.Changed(before, known), nil
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
	told := tell(cmd.OutOrStdout(), finding.Sort(findings))
	if _, err := fmt.Fprintf(cmd.OutOrStdout(), "%s: %d as locked, %d not, %d without an answer\n",
		finding.Count(len(verdicts), "image"), len(verdicts)-len(findings)-unanswered, len(findings), unanswered); err != nil {
		return err
	}
	if unanswered > 0 {
		return fmt.Errorf("%d of %d images got no answer", unanswered, len(verdicts))
	}
	return told
}
