package main

import (
	"fmt"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"stillsuit.dev/checks/images/locking"
	"stillsuit.dev/finding"
	"stillsuit.dev/generator/lock"
	"stillsuit.dev/report"
)

type lockFlags struct {
	selection
	update, sizes, users bool
}

func newImagesLock(dir *string) *cobra.Command {
	var flags lockFlags
	cmd := &cobra.Command{
		Use:   "lock [REF...]",
		Short: "Ask the registries for what images.lock.json lacks, and write it",
		Long: `Lock asks the registries for the images of all clusters, of the tree in DIR, or for
REF, and writes their digests and platforms to images.lock.json. Without --update only
those that are not there, or have no digest, are asked for. What a tag was before stays
in its history.

An image whose registry gives no answer stays as it is, is named on stderr, and
makes the exit code 2. Credentials are those of docker login. A registry with an
address that is not public is asked only if cluster.registries names it with its
port, or --allow-private does. Proxies are not used.`,
		ValidArgsFunction: cobra.NoFileCompletions,
		RunE: func(cmd *cobra.Command, args []string) error {
			return flags.run(cmd, *dir, args)
		},
	}
	flags.flags(cmd, dir)
	cmd.Flags().BoolVar(&flags.update, "update", false, "ask for images that are locked too")
	cmd.Flags().BoolVar(&flags.sizes, "sizes", false, "ask for the sizes of each platform too, one request each")
	cmd.Flags().BoolVar(&flags.users, "users", false, "ask for the user that each platform's image names too, two requests each")
	return cmd
}

func (flags lockFlags) run(cmd *cobra.Command, dir string, refs []string) error {
	repo, err := flags.open(cmd.Context(), dir)
	if err != nil {
		return err
	}
	defer func() { _ = repo.Close() }() // what is written is synced
	if refs, err = references(refs); err != nil {
		return err
	}
	found, client, err := flags.prepare(cmd, repo, len(refs) > 0)
	if err != nil {
		return err
	}
	if len(refs) == 0 {
		refs = locking.RefsOf(found.uses)
	}
	bar := newProgress(cmd.ErrOrStderr())
	answers := locking.Ask(cmd.Context(), client, repo.Lock(), refs, time.Now().UTC().Format(time.DateOnly),
		&locking.Options{Update: flags.update, Sizes: flags.sizes, Users: flags.users, Progress: bar.show})
	bar.clear()
	return flags.write(cmd, repo, found.uses, answers)
}

// write keeps the answers that were had, whatever became of the others.
func (flags lockFlags) write(cmd *cobra.Command, repo lockfile, uses []locking.Use, answers []locking.Answer) error {
	var findings []finding.Finding
	unanswered := 0
	for _, a := range answers {
		switch {
		case a.Definite():
			f := locking.Refused(a.Err)
			if i := slices.IndexFunc(uses, func(u locking.Use) bool { return u.Ref == a.Ref }); i >= 0 {
				f.Place = uses[i].Place
			}
			findings = append(findings, f)
		case a.Err != nil:
			unanswered++
			cmd.PrintErrln("stillsuit: no answer for", report.Line(a.Err.Error()))
		}
	}
	before := repo.Lock()
	err := repo.UpdateLock(func(l *lock.Lock) {
		for _, a := range answers {
			if a.Err == nil {
				l.Images[a.Ref] = a.Image
			}
		}
	})
	if err != nil {
		return err
	}
	if err := printChanges(cmd.OutOrStdout(), lock.File, lock.Diff(before, repo.Lock()), len(repo.Lock().Images)); err != nil {
		return err
	}
	told := tell(cmd.OutOrStdout(), finding.Sort(findings))
	if unanswered > 0 {
		return fmt.Errorf("%d of %d images got no answer; the lock keeps what it had of them", unanswered, len(answers))
	}
	return told
}
