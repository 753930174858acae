package main

import (
	"fmt"
	"io"
	"runtime"
	"runtime/debug"

	"github.com/spf13/cobra"

	"stillsuit.dev/generator"
)

func newVersion() *cobra.Command {
	return &cobra.Command{
		Use:               "version",
		Short:             "Say which stillsuit this is",
		Args:              cobra.NoArgs,
		ValidArgsFunction: cobra.NoFileCompletions,
		RunE: func(cmd *cobra.Command, _ []string) error {
			info, _ := debug.ReadBuildInfo()
			return printVersion(cmd.OutOrStdout(), info)
		},
	}
}

// printVersion prints the commit, the version of the CUE module that is
// compiled in, and the compiler. The version that Go makes up for an untagged
// commit holds its time, so it is left out.
func printVersion(out io.Writer, info *debug.BuildInfo) error {
	revision, modified := "unknown", ""
	if info != nil {
		for _, s := range info.Settings {
			switch {
			case s.Key == "vcs.revision":
				revision = s.Value
			case s.Key == "vcs.modified" && s.Value == "true":
				modified = " (modified)"
			}
		}
	}
	_, err := fmt.Fprintf(out, "commit   %s%s\nschemas  %s\ngo       %s %s/%s\n",
		revision, modified, generator.CUEModule, runtime.Version(), runtime.GOOS, runtime.GOARCH)
	return err
}
