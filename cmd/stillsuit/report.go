package main

import (
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"stillsuit.dev/crash"
	"stillsuit.dev/finding"
	"stillsuit.dev/generator"
	"stillsuit.dev/generator/tree"
	"stillsuit.dev/report"
)

// tell prints findings, and returns errFindings or errCrashed when they fail the run.
func tell(out io.Writer, findings []finding.Finding) error {
	return tellFrom(out, findings, false, nil)
}

// tellFrom is tell, which on a terminal shows the lines of the files that findings are in.
func tellFrom(out io.Writer, findings []finding.Finding, strict bool, source func(string) []byte) error {
	if isTerminal(out) {
		r := &report.Report{Findings: findings, All: true, Source: sourcesOf(findings, source), Screen: screenOf(out)}
		if err := report.Blocks(out, r); err != nil {
			return err
		}
		return verdictOn(findings, strict)
	}
	for _, f := range findings {
		if _, err := fmt.Fprintln(out, report.Line(f.String())); err != nil {
			return err
		}
	}
	return verdictOn(findings, strict)
}

// verdictOn is the error of findings that were printed: nil when the run passes.
func verdictOn(findings []finding.Finding, strict bool) error {
	switch {
	case crash.Any(findings):
		return errCrashed
	case failed(findings, strict):
		return errFindings
	}
	return nil
}

// failed reports whether findings are more than notes and warnings, which a
// strict run fails on too.
func failed(findings []finding.Finding, strict bool) bool {
	worst, any := finding.Worst(findings)
	return any && (worst == finding.Error || strict)
}

// recoverWrite completes a write that was interrupted, and says so.
func recoverWrite(cmd *cobra.Command, repo *generator.Repo) error {
	recovered, refused, err := repo.Recover()
	if err != nil {
		return err
	}
	if recovered {
		cmd.PrintErrln("stillsuit: completed a write that had been interrupted")
	}
	return tellFrom(cmd.OutOrStdout(), refused, false, repo.Source)
}

// summary says in numbers what a render did.
func summary(out io.Writer, renderings []*generator.Rendering, written *tree.Report) error {
	var b strings.Builder
	for _, r := range renderings {
		fmt.Fprintf(&b, "%s: %d units, %d objects, %d files\n", r.Cluster, len(r.Units), len(r.Objects()), len(r.Tree.Files))
	}
	fmt.Fprintf(&b, "created %d, updated %d, removed %d, unchanged %d\n", len(written.Created), len(written.Updated), len(written.Removed), len(written.Unchanged))
	_, err := io.WriteString(out, b.String())
	return err
}
