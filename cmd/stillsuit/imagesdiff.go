package main

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"stillsuit.dev/files"
	"stillsuit.dev/generator/lock"
)

func newImagesDiff(dir *string) *cobra.Command {
	return &cobra.Command{
		Use:   "diff BASE",
		Short: "Say what images.lock.json has other than a lock before",
		Long: `Diff compares images.lock.json with BASE, an older one: a file, or - for stdin:

  git show main:images.lock.json | stillsuit images diff -`,
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			base, err := readBase(cmd.InOrStdin(), *dir, args[0])
			if err != nil {
				return err
			}
			repo, err := openRepository(cmd.Context(), *dir)
			if err != nil {
				return err
			}
			defer repo.Close()
			return printChanges(cmd.OutOrStdout(), lock.File, lock.Diff(base, repo.Lock()), len(repo.Lock().Images))
		},
	}
}

func readBase(stdin io.Reader, dir, name string) (*lock.Lock, error) {
	var b []byte
	var err error
	if name == "-" {
		b, err = files.ReadAll("stdin", stdin)
	} else {
		name = from(dir, name)
		b, err = files.Read(name)
	}
	if err != nil {
		return nil, err
	}
	l, err := lock.Parse(b)
	if err != nil {
		return nil, fmt.Errorf("read the lock in %s: %w", name, err)
	}
	return l, nil
}

// printChanges prints a line for each change, and their numbers out of all images
// that the lock has now.
func printChanges(out io.Writer, file string, changes []lock.Change, all int) error {
	var b strings.Builder
	var added, removed, changed int
	for _, c := range changes {
		switch {
		case c.Before == nil:
			added++
			fmt.Fprintf(&b, "added %s: %s, %s\n", c.Ref, digestOf(*c.After), strings.Join(c.After.Platforms, ", "))
		case c.After == nil:
			removed++
			fmt.Fprintf(&b, "removed %s: %s\n", c.Ref, digestOf(*c.Before))
		default:
			changed++
			fmt.Fprintf(&b, "changed %s: %s\n", c.Ref, strings.Join(differences(*c.Before, *c.After), "; "))
		}
	}
	fmt.Fprintf(&b, "%s: %d added, %d removed, %d changed, %d unchanged\n", file, added, removed, changed, all-added-changed)
	_, err := io.WriteString(out, b.String())
	return err
}

// differences are those between two states of an image, in words.
func differences(before, after lock.Image) []string {
	var out []string
	say := func(format string, args ...any) { out = append(out, fmt.Sprintf(format, args...)) }
	if before.Digest != after.Digest {
		say("%s became %s", digestOf(before), digestOf(after))
	}
	lost := slices.DeleteFunc(slices.Clone(before.Platforms), func(p string) bool { return slices.Contains(after.Platforms, p) })
	if len(lost) > 0 {
		say("no longer for %s", strings.Join(lost, ", "))
	}
	won := slices.DeleteFunc(slices.Clone(after.Platforms), func(p string) bool { return slices.Contains(before.Platforms, p) })
	if len(won) > 0 {
		say("now for %s too", strings.Join(won, ", "))
	}
	if before.Provenance != after.Provenance {
		say("known from %s, before %s", source(after), source(before))
	}
	for _, p := range after.Platforms {
		now, known := after.Size(p)
		was, knew := before.Size(p)
		switch {
		case known && !knew:
			say("%s has %s", p, amount(now))
		case known && now != was:
			say("%s has %s, before %s", p, amount(now), amount(was))
		}
	}
	for _, p := range after.Platforms {
		now, known := after.User(p)
		was, knew := before.User(p)
		switch {
		case known && !knew:
			say("%s runs as %s", p, userOf(now))
		case known && now != was:
			say("%s runs as %s, before as %s", p, userOf(now), userOf(was))
		}
	}
	if out == nil {
		say("more is known of it")
	}
	return out
}

// digestOf is the start of a digest, as far as it is known.
func digestOf(i lock.Image) string {
	if i.Digest == "" {
		return "no digest"
	}
	return fmt.Sprintf("%.19s…", i.Digest)
}

// userOf names the user of an image that perhaps names none.
func userOf(user string) string {
	if user == "" {
		return "root"
	}
	return user
}

// source says in words how an image is known.
func source(i lock.Image) string {
	if i.Provenance == lock.Registry {
		return "its registry"
	}
	return "what others declare"
}

// amount writes bytes as a person reads them.
func amount(bytes int64) string {
	switch {
	case bytes < 1<<10:
		return fmt.Sprintf("%d B", bytes)
	case bytes < 1<<20:
		return fmt.Sprintf("%.1f KiB", float64(bytes)/(1<<10))
	}
	return fmt.Sprintf("%.1f MiB", float64(bytes)/(1<<20))
}
