package main

import (
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"sigs.k8s.io/yaml"

	"stillsuit.dev/checks/policies"
	"stillsuit.dev/finding"
	"stillsuit.dev/policies/admission"
	"stillsuit.dev/policies/library"
	"stillsuit.dev/policies/library/fixture"
	"stillsuit.dev/report"
)

func newPolicyShow(dir *string) *cobra.Command {
	var form string
	cmd := &cobra.Command{
		Use:   "show NAME [CLUSTER]",
		Short: "Show what a policy of the library asks for, and why",
		Long: `Show says what a policy asks for, why, how to mend what it refuses and where it is
judged, and gives an object that it lets pass and one that it refuses. With CLUSTER
the parameters are the cluster's, and it is said what the cluster made of it.
-o yaml writes the policy itself.`,
		Args: cobra.RangeArgs(1, 2),
		ValidArgsFunction: func(cmd *cobra.Command, args []string, text string) ([]cobra.Completion, cobra.ShellCompDirective) {
			if len(args) == 0 {
				return completePolicies(cobra.ShellCompDirectiveNoFileComp)(cmd, args, text)
			}
			return completeClusters(dir)(cmd, args, text)
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			return policyShow(cmd, *dir, args[0], strings.Join(args[1:], ""), form)
		},
	}
	cmd.Flags().StringVarP(&form, "output", "o", "text", "write the policy as `FORM`: text or yaml")
	return cmd
}

func policyShow(cmd *cobra.Command, dir, name, cluster, form string) error {
	write, known := map[string]func(io.Writer, string, policies.Held, fixture.Folder) error{"text": policyText, "yaml": policyYAML}[form]
	if !known {
		return fmt.Errorf("--output is %q; it is text or yaml", form)
	}
	if err := inLibrary(name); err != nil {
		return err
	}
	held, findings, err := policiesOf(cmd.Context(), dir, cluster)
	if err != nil {
		return err
	}
	if findings != nil {
		return tell(cmd.OutOrStdout(), findings)
	}
	folder, err := fixture.One(library.FS, name)
	if err != nil {
		return err
	}
	i := slices.IndexFunc(held, func(h policies.Held) bool { return h.Name == name })
	return write(cmd.OutOrStdout(), cluster, held[i], folder)
}

// policyText writes what a person wants to know of a policy.
func policyText(out io.Writer, cluster string, h policies.Held, f fixture.Folder) error {
	var b strings.Builder
	fmt.Fprintf(&b, "%s: %s\n\nSeverity %s, sets %s.\n", h.Name, h.Title, h.Severity, finding.All(h.Sets))
	fmt.Fprintf(&b, "%s\n", judgedIn(h.Where))
	if cluster != "" {
		fmt.Fprintf(&b, "%s\n", madeOf(cluster, h))
	}
	fmt.Fprintf(&b, "\nWhy\n  %s\n\nWhat to do\n", h.Description)
	for _, number := range slices.Sorted(maps.Keys(h.Mend)) {
		fmt.Fprintf(&b, "  %s\n", h.Mend[number])
	}
	if len(h.Params) > 0 {
		fmt.Fprintf(&b, "\nParameters\n")
	}
	for _, name := range h.Params {
		fmt.Fprintf(&b, "  %s: %s\n", name, parameter(h.Policy, name))
	}
	good := slices.IndexFunc(f.Good, func(c fixture.Case) bool { return c.Skipped == "" })
	if good >= 0 {
		fmt.Fprintf(&b, "\nIt lets pass\n%s", example(f.Good[good].Object))
	}
	if len(f.Bad) > 0 {
		fmt.Fprintf(&b, "\nIt refuses, since %s\n%s", h.Spec.Validations[f.Bad[0].Fails[0]].Message, example(f.Bad[0].Object))
	}
	_, err := io.WriteString(out, report.Lines(b.String()))
	return err
}

// judgedIn says where a policy is judged, and why not elsewhere.
func judgedIn(where admission.Where) string {
	switch where {
	case admission.InCI:
		return "Judged in CI alone: in the cluster it would meet what Git does not hold, or would look for what comes later."
	case admission.InCluster:
		return "Judged in the cluster alone: only there it is known who deploys."
	}
	return "Judged in the cluster and in CI, with the same verdict."
}

// madeOf says what a cluster made of a policy.
func madeOf(cluster string, h policies.Held) string {
	by := askedBy(h)
	switch {
	case h.Off != "":
		return fmt.Sprintf("%s turned it off: %s.", cluster, h.Off)
	case !h.Chosen:
		return fmt.Sprintf("%s has not chosen it: it is in none of its sets.", cluster)
	case len(by) == 0:
		return fmt.Sprintf("%s has chosen it, and nobody asks it there.", cluster)
	}
	text := fmt.Sprintf("In %s it is asked by %s; action %s; ", cluster, finding.All(by), h.Action)
	if len(h.Exceptions) == 0 {
		return text + "no exceptions."
	}
	return text + "exceptions " + finding.All(h.Exceptions) + "."
}

// example is an object as YAML, indented, without what only tests read.
func example(object map[string]any) string {
	if meta, ok := object["metadata"].(map[string]any); ok {
		if marks, ok := meta["annotations"].(map[string]any); ok {
			delete(marks, fixture.Fails)
			delete(marks, fixture.Skipped)
			if len(marks) == 0 {
				delete(meta, "annotations")
			}
		}
	}
	b, err := yaml.Marshal(object)
	if err != nil {
		return "  " + err.Error() + "\n"
	}
	return "  " + strings.ReplaceAll(strings.TrimSuffix(string(b), "\n"), "\n", "\n  ") + "\n"
}

// policyYAML writes the policy itself: as it stands in the library, or with the
// parameters of the cluster.
func policyYAML(out io.Writer, cluster string, h policies.Held, f fixture.Folder) error {
	b := f.Policy
	if cluster != "" && len(h.Params) > 0 {
		var object map[string]any
		if err := yaml.Unmarshal(f.Policy, &object); err != nil {
			return err
		}
		spec, _ := object["spec"].(map[string]any)
		variables, _ := spec["variables"].([]any)
		for _, v := range variables {
			if v, is := v.(map[string]any); is && slices.Contains(h.Params, fmt.Sprint(v["name"])) {
				v["expression"] = parameter(h.Policy, fmt.Sprint(v["name"]))
			}
		}
		var err error
		if b, err = yaml.Marshal(object); err != nil {
			return err
		}
	}
	_, err := out.Write(b)
	return err
}
