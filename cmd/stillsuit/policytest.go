package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path"

	"github.com/spf13/cobra"

	"stillsuit.dev/files"
	"stillsuit.dev/finding"
	"stillsuit.dev/policies/library"
	"stillsuit.dev/policies/suite"
	"stillsuit.dev/report"
)

func newPolicyTest(dir *string) *cobra.Command {
	var form string
	cmd := &cobra.Command{
		Use:   "test [DIR|NAME...]",
		Short: "Run the tests of policies in directories, or of the library",
		Long: `Test runs each kyverno-test.yaml in DIR and below it: it asks the policies that
the test names about its resources, and holds what they say against its results.
NAME is a policy of the library; without an argument all of those are tested.

The format is that of Kyverno's command line (cli.kyverno.io/v1alpha1 Test), as far as
it is about ValidatingPolicies and what is created. A test with anything else is not
run, and is a finding. Files outside of DIR's repository are not read, and nothing is
fetched.`,
		ValidArgsFunction: completePolicies(cobra.ShellCompDirectiveDefault), // files too
		RunE: func(cmd *cobra.Command, args []string) error {
			return policyTest(cmd.OutOrStdout(), *dir, args, form)
		},
	}
	cmd.Flags().StringVarP(&form, "output", "o", "text", "write what is wrong as `FORM`: "+finding.All(report.Forms()))
	if err := cmd.RegisterFlagCompletionFunc("output", cobra.FixedCompletions(report.Forms(), cobra.ShellCompDirectiveNoFileComp)); err != nil {
		panic(err) // the flag is defined above
	}
	return cmd
}

func policyTest(out io.Writer, dir string, args []string, form string) error {
	write, err := report.In(form)
	if err != nil {
		return err
	}
	tests, err := testsOf(dir, args)
	if err != nil {
		return err
	}
	var tally suite.Tally
	var findings []finding.Finding
	for _, t := range tests {
		if t.root != nil {
			defer t.root.Close()
		}
		n, found, err := t.source.Run(t.files...)
		if err != nil {
			return err
		}
		tally.Tests, tally.Results, tally.Wrong = tally.Tests+n.Tests, tally.Results+n.Results, tally.Wrong+n.Wrong
		if findings = append(findings, found...); len(t.files) == 0 {
			findings = append(findings, suite.None(t.dir))
		}
	}
	if findings = finding.Sort(findings); form == "text" {
		return testText(out, findings, tally)
	}
	r := &report.Report{Findings: findings, Codes: suite.Codes(), All: true, Screen: screenOf(out)}
	for _, c := range suite.Codes() {
		r.Checked = append(r.Checked, c.Code)
	}
	if err := write(out, r); err != nil {
		return err
	}
	return verdictOn(findings, false)
}

// tests are some tests of one place.
type tests struct {
	source suite.Source
	dir    string
	files  []string
	root   *os.Root // nil for the library
}

// testsOf finds the tests of directories and of policies of the library; without
// arguments of all of these. What it returns has to be closed.
func testsOf(dir string, args []string) ([]tests, error) {
	own := tests{source: suite.Source{FS: library.FS, Shown: "stillsuit.dev/policies/library"}}
	if len(args) == 0 {
		var err error
		own.files, err = own.source.Find(".")
		return []tests{own}, err
	}
	var out []tests
	for _, arg := range args {
		if !isDirectory(dir, arg) {
			if err := inLibrary(arg); err != nil {
				return nil, err
			}
			own.files = append(own.files, path.Join(arg, suite.File))
			continue
		}
		root, rel, err := rootOf(dir, arg)
		if err != nil {
			return nil, err
		}
		t := tests{source: suite.Source{FS: files.FS(root)}, dir: rel, root: root}
		if t.files, err = t.source.Find(rel); err != nil {
			return nil, err
		}
		out = append(out, t)
	}
	if len(own.files) > 0 {
		out = append(out, own)
	}
	return out, nil
}

// testText writes what is wrong, and how much was tested.
func testText(out io.Writer, findings []finding.Finding, tally suite.Tally) error {
	wrong := tell(out, findings)
	if wrong != nil && !errors.Is(wrong, errFindings) && !errors.Is(wrong, errCrashed) {
		return wrong
	}
	if _, err := fmt.Fprintf(out, "%s, %s: %d as expected, %d not\n", finding.Count(tally.Tests, "test"), finding.Count(tally.Results, "result"), tally.Results-tally.Wrong, tally.Wrong); err != nil {
		return err
	}
	return wrong
}
