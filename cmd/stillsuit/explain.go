package main

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"stillsuit.dev/checks"
	"stillsuit.dev/checks/access"
	"stillsuit.dev/checks/images/locking"
	"stillsuit.dev/finding"
	"stillsuit.dev/generator"
	"stillsuit.dev/inventory"
	"stillsuit.dev/policies/suite"
	"stillsuit.dev/sources/flux"
)

func newExplain() *cobra.Command {
	return &cobra.Command{
		Use:   "explain [CODE|CHECK]",
		Short: "Say why a finding matters and what to do about it",
		Long: `Explain says what a finding's code means, why it matters and how to mend the
input, and of a check what it looks at. Without CODE it lists all codes.`,
		Args:              cobra.MaximumNArgs(1),
		ValidArgsFunction: completeCodes,
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) == 0 {
				return listCodes(cmd.OutOrStdout(), codes())
			}
			var names []string
			for _, c := range documented() {
				if c.Name == args[0] {
					_, err := fmt.Fprintln(cmd.OutOrStdout(), c.Doc)
					return err
				}
				names = append(names, c.Name)
			}
			if like := finding.Suggest(args[0], names); like != "" {
				return fmt.Errorf("there is no code or check %s. Did you mean %s?", args[0], like)
			}
			return explain(cmd.OutOrStdout(), codes(), finding.Code(args[0]))
		},
	}
}

// documented are all checks, and the one that is asked before anything is written.
func documented() []*checks.Checker { return append(checkers(nil, nil, nil), access.Checker()) }

// codes documents every finding, sorted.
func codes() []finding.CodeDoc {
	all := slices.Concat(generator.Codes(), checks.Codes(), inventory.Codes(), flux.Codes(), locking.Codes(), suite.Codes(), baselineCodes())
	for _, c := range documented() {
		all = append(all, c.Codes...)
	}
	slices.SortFunc(all, func(a, b finding.CodeDoc) int { return cmp.Compare(a.Code, b.Code) })
	return all
}

func listCodes(out io.Writer, all []finding.CodeDoc) error {
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	for _, c := range all {
		if _, err := fmt.Fprintf(w, "%s\t%s\n", c.Code, c.Title); err != nil {
			return err
		}
	}
	return w.Flush()
}

func explain(out io.Writer, all []finding.CodeDoc, code finding.Code) error {
	c, err := finding.Lookup(all, code)
	if err != nil {
		return err
	}
	text := fmt.Sprintf("%s: %s\n\n%s\n", c.Code, c.Title, strings.TrimSpace(c.Text))
	if example := strings.TrimSpace(c.Example); example != "" {
		text += "\n  " + strings.ReplaceAll(example, "\n", "\n  ") + "\n"
	}
	switch c.Hiding {
	case finding.ByNothing:
		text += "\nNo flag and no suppression hides it.\n"
	case finding.ByFlags:
		text += "\nNo suppression hides it; --skip leaves it out of one run.\n"
	}
	_, err = io.WriteString(out, text)
	return err
}
