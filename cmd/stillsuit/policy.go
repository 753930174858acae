package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"stillsuit.dev/cmd/stillsuit/usage"
	"stillsuit.dev/finding"
	"stillsuit.dev/policies/admission"
	"stillsuit.dev/policies/library"
)

func newPolicy(dir *string) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "policy",
		Short: "Show the library of policies, and run their tests",
		Long: `Policy shows the Kyverno policies that come with stillsuit, and what a cluster
made of them, and runs tests of policies as Kyverno's command line does.`,
	}
	cmd.AddCommand(newPolicyList(dir), newPolicyShow(dir), newPolicyTest(dir))
	return usage.Group(cmd, nil)
}

// inLibrary reports that the library has no policy of that name.
func inLibrary(name string) error {
	all, err := admission.Load(library.FS)
	if err != nil {
		return err
	}
	var names []string
	for _, p := range all {
		if p.Name == name {
			return nil
		}
		names = append(names, p.Name)
	}
	return fmt.Errorf("there is no policy %q in the library; %s", name, finding.DidYouMean(name, names, "`stillsuit policy list` shows those that are"))
}

// completePolicies offers the names of the library's policies.
func completePolicies(directive cobra.ShellCompDirective) cobra.CompletionFunc {
	return func(*cobra.Command, []string, string) ([]cobra.Completion, cobra.ShellCompDirective) {
		all, err := admission.Load(library.FS)
		if err != nil {
			return nil, cobra.ShellCompDirectiveError
		}
		return titled(all), directive
	}
}

// titled offers policies by their names, with what each asks for.
func titled(all []*admission.Policy) []cobra.Completion {
	var out []cobra.Completion
	for _, p := range all {
		out = append(out, cobra.CompletionWithDesc(p.Name, p.Title))
	}
	return out
}
