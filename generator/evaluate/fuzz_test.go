package evaluate

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"golang.org/x/tools/txtar"

	"stillsuit.dev/generator/evaluate/internal/source"
)

// fuzzBudget is small: what exceeds it goes on beside the inputs that follow.
var fuzzBudget = Budget{CPU: 2 * time.Second, Memory: 512 << 20}

// FuzzCluster loads arbitrary text as a cluster's file: it never panics, what
// it refuses it explains, and a place that it names lies in the file.
func FuzzCluster(f *testing.F) {
	names, err := filepath.Glob("testdata/mistakes/*.txtar")
	require.NoError(f, err)
	for _, name := range names {
		archive, err := txtar.ParseFile(name)
		require.NoError(f, err)
		for _, file := range archive.Files {
			if rest, ok := strings.CutPrefix(string(file.Data), "package turingpi\n\n...\n"); ok {
				f.Add(header + rest)
			}
		}
	}
	f.Add(placesApps)
	f.Add(generated("turingpi", 1))
	f.Fuzz(func(t *testing.T, body string) {
		if len(body) > 4096 || strings.Count(body, "for ") > 2 {
			t.Skip("costly input of CUE's own, which goes on after it is given up")
		}
		_, dir := repository(t, map[string]string{"clusters/turingpi/apps.cue": body})
		r := open(t, dir, Options{Budget: fuzzBudget})
		c, fs, err := r.Cluster(t.Context(), "turingpi")
		if len(r.Runaways()) > 0 {
			require.Contains(t, text(fs), "[cue/budget]")
		}
		if err != nil {
			require.NotContains(t, err.Error(), "internal error in CUE evaluation")
			return
		}
		if c == nil {
			require.NotEmpty(t, fs)
		}
		for _, finding := range fs {
			require.NotEmpty(t, finding.Problem)
			require.NotContains(t, finding.String(), dir)
			require.NotContains(t, finding.String(), "/"+source.RepoMount+"/")
			if finding.Place.File == "clusters/turingpi/apps.cue" {
				require.LessOrEqual(t, finding.Place.Line, strings.Count(body, "\n")+1)
			}
		}
		if c != nil {
			for _, app := range c.Entries("apps").Names {
				c.Nearest("apps", app, "containers", "main", "image")
			}
		}
	})
}

// FuzzModule loads arbitrary text as cue.mod/module.cue.
func FuzzModule(f *testing.F) {
	f.Add(source.ModuleText)
	f.Add(foreign[source.ModuleFile])
	f.Fuzz(func(t *testing.T, body string) {
		dir := t.TempDir()
		require.NoError(t, os.MkdirAll(filepath.Join(dir, "cue.mod"), 0o755))
		require.NoError(t, os.MkdirAll(filepath.Join(dir, "clusters/x"), 0o755))
		require.NoError(t, os.WriteFile(filepath.Join(dir, source.ModuleFile), []byte(body), 0o644))
		require.NoError(t, os.WriteFile(filepath.Join(dir, "clusters/x/x.cue"), []byte("package x\n\nimport \"stillsuit.dev/schemas/v1alpha1\"\n\ncluster: v1alpha1.#Cluster & {name: \"x\"}\n"), 0o644))
		c, fs, err := open(t, dir, Options{Budget: fuzzBudget}).Cluster(t.Context(), "x")
		if err != nil {
			require.NotContains(t, err.Error(), "internal error in CUE evaluation")
		} else if c == nil {
			require.NotEmpty(t, fs)
		}
	})
}
