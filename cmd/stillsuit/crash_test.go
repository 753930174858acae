package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/spf13/cobra"
	"github.com/stretchr/testify/require"

	"stillsuit.dev/checks"
	"stillsuit.dev/checks/fit"
	"stillsuit.dev/checks/images"
	"stillsuit.dev/crash"
	"stillsuit.dev/finding"
	"stillsuit.dev/report"
)

// A check that panics is told in every form, on the object's line, beside what the others
// found, and the exit code is 2.
func TestACrashIsToldAndExitsWith2(t *testing.T) {
	dir := t.TempDir()
	yaml := "kind: ConfigMap\napiVersion: v1\nmetadata: {name: a}\n---\nkind: ConfigMap\napiVersion: v1\nmetadata: {name: b}\n---\n" +
		"kind: Pod\napiVersion: v1\nmetadata: {name: c}\nspec: {containers: [{name: c, image: \"docker.io/library/redis\"}]}\n"
	require.NoError(t, os.WriteFile(filepath.Join(dir, "a.yaml"), []byte(yaml), 0o644))
	broken := &checks.Checker{Name: "broken", Doc: "It breaks.", Codes: []finding.CodeDoc{{Code: "broken/bad", Title: "bad", Text: "Bad."}}, Run: func(p *checks.Pass) error {
		for _, o := range p.Objects {
			if o.Name == "b" {
				panic("canary")
			}
		}
		return nil
	}}
	for _, form := range report.Forms() {
		for _, only := range []string{"", "images/unlocked"} {
			flags := checkFlags{output: form, checkers: []*checks.Checker{images.Checker(), fit.Checker(nil), broken}, skip: []string{"images/no-platform"}}
			if only != "" {
				flags.only = []string{only}
			}
			var out bytes.Buffer
			cmd := &cobra.Command{}
			cmd.SetOut(&out)
			cmd.SetContext(t.Context())
			require.ErrorIs(t, flags.run(cmd, dir, []string{"."}), errCrashed, form)
			require.Contains(t, out.String(), string(crash.Code), form)
			require.Contains(t, strings.Join(strings.Fields(out.String()), " "), "while checking ConfigMap b with broken", form)
			require.Contains(t, out.String(), "images/unlocked", form)
			require.NotContains(t, out.String(), "canary", form)
			switch form {
			case "text":
				require.Regexp(t, `a.yaml:5:1: error: .*\[stillsuit/crash\]\n`, out.String())
			case "junit":
				require.Contains(t, out.String(), `errors="1"`)
				require.NotContains(t, out.String(), `<testcase classname="broken/bad" name="nothing found"></testcase>`, "no check that crashed is a pass")
			case "json":
				var found struct{ Findings []report.Finding }
				require.NoError(t, json.Unmarshal(out.Bytes(), &found))
				require.NotEmpty(t, found.Findings)
			}
		}
	}
	// With nothing that panics it is no crash.
	flags := checkFlags{output: "text", checkers: []*checks.Checker{images.Checker()}}
	cmd := &cobra.Command{}
	cmd.SetOut(io.Discard)
	cmd.SetContext(t.Context())
	require.NotErrorIs(t, flags.run(cmd, dir, []string{"."}), errCrashed)
}

// So is a check that fails.
func TestACheckThatFailsIsToldAndExitsWith2(t *testing.T) {
	dir := t.TempDir()
	yaml := "kind: Pod\napiVersion: v1\nmetadata: {name: c}\nspec: {containers: [{name: c, image: \"docker.io/library/redis\"}]}\n"
	require.NoError(t, os.WriteFile(filepath.Join(dir, "a.yaml"), []byte(yaml), 0o644))
	failing := &checks.Checker{
		Name: "failing", Doc: "It fails.", Codes: []finding.CodeDoc{{Code: "failing/bad", Title: "bad", Text: "Bad."}},
		Run: func(*checks.Pass) error { return errors.New("no disk") },
	}
	for _, form := range report.Forms() {
		flags := checkFlags{output: form, checkers: []*checks.Checker{images.Checker(), failing}, skip: []string{"images/no-platform"}}
		var out bytes.Buffer
		cmd := &cobra.Command{}
		cmd.SetOut(&out)
		cmd.SetContext(t.Context())
		require.ErrorIs(t, flags.run(cmd, dir, []string{"."}), errCrashed, form)
		require.Contains(t, out.String(), "check failing could not be made: no disk", form)
		require.Contains(t, out.String(), "images/unlocked", form)
		if form == "junit" {
			require.Contains(t, out.String(), `errors="1"`)
			require.NotContains(t, out.String(), `<testcase classname="failing/bad" name="nothing found"></testcase>`, "no check that failed is a pass")
		}
	}
}

// What nothing makes a finding of is told in a line, without a stack.
func TestACrashOfACommand(t *testing.T) {
	var errs bytes.Buffer
	root := &cobra.Command{SilenceErrors: true, SilenceUsage: true, RunE: func(*cobra.Command, []string) error { panic("canary") }}
	root.SetArgs(nil)
	require.Equal(t, exitFailure, exitCode(t.Context(), root, &errs))
	require.True(t, strings.HasPrefix(errs.String(), "stillsuit: stillsuit crashed while running the command: a panic with a string in cmd/stillsuit/crash_test.go:"), errs.String())
	require.Equal(t, 1, strings.Count(errs.String(), "\n"))
	root.RunE = func(*cobra.Command, []string) error { return errCrashed }
	require.Equal(t, exitFailure, exitCode(t.Context(), root, &errs))
	require.Panics(t, func() {
		root.RunE = func(*cobra.Command, []string) error { panic("canary") }
		_ = root.ExecuteContext(t.Context()) // without the guard
	})
}
