package main

import (
	"slices"

	"github.com/spf13/cobra"

	"stillsuit.dev/policies/admission"
	"stillsuit.dev/policies/library"
)

// completeClusters offers the clusters that are not on the line yet.
func completeClusters(dir *string) cobra.CompletionFunc {
	return func(cmd *cobra.Command, args []string, _ string) ([]cobra.Completion, cobra.ShellCompDirective) {
		repo, err := openRepository(cmd.Context(), *dir)
		if err != nil {
			return nil, cobra.ShellCompDirectiveError
		}
		defer repo.Close()
		names, err := repo.Clusters()
		if err != nil {
			return nil, cobra.ShellCompDirectiveError
		}
		names = slices.DeleteFunc(names, func(n string) bool { return slices.Contains(args, n) })
		return names, cobra.ShellCompDirectiveNoFileComp
	}
}

// completeSets offers the sets of the library's policies, and the policies.
func completeSets(*cobra.Command, []string, string) ([]cobra.Completion, cobra.ShellCompDirective) {
	all, err := admission.Load(library.FS)
	if err != nil {
		return nil, cobra.ShellCompDirectiveError
	}
	return slices.Concat(admission.Sets(all), titled(all)), cobra.ShellCompDirectiveNoFileComp
}

// completeCodes offers the codes of findings.
func completeCodes(_ *cobra.Command, args []string, _ string) ([]cobra.Completion, cobra.ShellCompDirective) {
	if len(args) > 0 {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	var completions []cobra.Completion
	for _, c := range codes() {
		completions = append(completions, cobra.CompletionWithDesc(string(c.Code), c.Title))
	}
	return completions, cobra.ShellCompDirectiveNoFileComp
}
