package main

import (
	"fmt"
	"path/filepath"

	"github.com/spf13/cobra"

	"stillsuit.dev/cmd/stillsuit/usage"
	"stillsuit.dev/generator"
)

func newCUE() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "cue",
		Short: "Work with CUE's own tools",
	}
	cmd.AddCommand(&cobra.Command{
		Use:   "setup",
		Short: "Put the schemas and the catalogue into CUE's module cache",
		Long: `Setup writes the module stillsuit.dev@v0, which is compiled into this program, to
CUE's module cache ($CUE_CACHE_DIR, else cue below the user's cache directory), so
that "cue vet" and CUE's language server find it offline. It prints what it wrote.`,
		Args:              cobra.NoArgs,
		ValidArgsFunction: cobra.NoFileCompletions,
		RunE: func(cmd *cobra.Command, _ []string) error {
			dir, written, err := generator.SetupCUE()
			if err != nil {
				return err
			}
			for _, name := range written {
				if _, err := fmt.Fprintln(cmd.OutOrStdout(), filepath.Join(dir, filepath.FromSlash(name))); err != nil {
					return err
				}
			}
			return nil
		},
	})
	return usage.Group(cmd, nil)
}
