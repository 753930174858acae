package main

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"stillsuit.dev/checks/policies"
	"stillsuit.dev/finding"
	"stillsuit.dev/policies/admission"
	"stillsuit.dev/policies/library"
	"stillsuit.dev/report"
)

func newPolicyList(dir *string) *cobra.Command {
	var form, set string
	cmd := &cobra.Command{
		Use:   "list [CLUSTER]",
		Short: "List the library's policies, or those that a cluster chose",
		Long: `List shows the policies of the library: how severe what they find is, who judges by
them, and the sets that they are in. With CLUSTER it shows those that the cluster
chose: who asks them there, what becomes of what they refuse, and how many exceptions
there are.`,
		Args:              cobra.MaximumNArgs(1),
		ValidArgsFunction: completeClusters(dir),
		RunE: func(cmd *cobra.Command, args []string) error {
			return policyList(cmd, *dir, args, set, form)
		},
	}
	cmd.Flags().StringVar(&set, "set", "", "only the policies of `SET`")
	cmd.Flags().StringVarP(&form, "output", "o", "text", "write the list as `FORM`: text or json")
	return cmd
}

func policyList(cmd *cobra.Command, dir string, args []string, set, form string) error {
	write, known := map[string]func(io.Writer, string, []policies.Held) error{"text": policiesText, "json": policiesJSON}[form]
	if !known {
		return fmt.Errorf("--output is %q; it is text or json", form)
	}
	cluster := ""
	if len(args) > 0 {
		cluster = args[0]
	}
	held, findings, err := policiesOf(cmd.Context(), dir, cluster)
	if err != nil {
		return err
	}
	if findings != nil {
		return tell(cmd.OutOrStdout(), findings)
	}
	if held, err = inSet(held, set); err != nil {
		return err
	}
	if cluster != "" {
		held = slices.DeleteFunc(held, func(h policies.Held) bool { return !h.Chosen })
	}
	return write(cmd.OutOrStdout(), cluster, held)
}

// policiesOf are the library's policies, as a cluster holds itself to them when one is
// named. Findings are errors of its CUE: what it chose is not known then.
func policiesOf(ctx context.Context, dir, cluster string) ([]policies.Held, []finding.Finding, error) {
	all, err := admission.Load(library.FS)
	if err != nil {
		return nil, nil, err
	}
	if cluster == "" {
		var out []policies.Held
		for _, p := range all {
			out = append(out, policies.Held{Policy: p})
		}
		return out, nil, nil
	}
	repo, err := openRepository(ctx, dir)
	if err != nil {
		return nil, nil, err
	}
	defer repo.Close()
	results, err := eachCluster(ctx, repo, []string{cluster}, nil)
	if err != nil {
		return nil, nil, err
	}
	if findings := failing(findingsOf(results)); findings != nil {
		return nil, findings, nil
	}
	return policies.HeldBy(all, results[0].subject), nil, nil
}

// inSet are the policies of a set; all without one.
func inSet(held []policies.Held, set string) ([]policies.Held, error) {
	if set == "" {
		return held, nil
	}
	var all []*admission.Policy
	for _, h := range held {
		all = append(all, h.Policy)
	}
	if sets := admission.Sets(all); !slices.Contains(sets, set) {
		mend := finding.DidYouMean(set, sets, "the sets are "+finding.All(sets))
		return nil, fmt.Errorf("there is no set %q of policies; %s", set, mend)
	}
	return slices.DeleteFunc(held, func(h policies.Held) bool { return !slices.Contains(h.Sets, set) }), nil
}

// policiesText writes the policies as a table.
func policiesText(out io.Writer, cluster string, held []policies.Held) error {
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	if cluster == "" {
		fmt.Fprintln(w, "POLICY\tSEVERITY\tJUDGED IN\tSETS\tWHAT IT ASKS FOR")
	} else {
		fmt.Fprintln(w, "POLICY\tSEVERITY\tASKED BY\tACTION\tEXCEPTIONS\tWHAT IT ASKS FOR")
	}
	for _, h := range held {
		if cluster == "" {
			fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\n", h.Name, h.Severity, h.Where, strings.Join(h.Sets, ", "), h.Title)
			continue
		}
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%d\t%s\n", h.Name, h.Severity, dash(strings.Join(askedBy(h), ", ")), h.Action, len(h.Exceptions), h.Title)
	}
	if err := w.Flush(); err != nil {
		return err
	}
	if cluster != "" {
		_, err := fmt.Fprintf(out, "%s chosen by %s\n", finding.Count(len(held), "policy"), report.Line(cluster))
		return err
	}
	return nil
}

// askedBy are those who ask a policy: the cluster, when the tree holds it, and CI.
func askedBy(h policies.Held) []string {
	var out []string
	if h.Cluster {
		out = append(out, "cluster")
	}
	if h.CI {
		out = append(out, "ci")
	}
	return out
}
