package e2e_test

import (
	"encoding/json"
	"os/exec"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestVersions holds the modules of Kyverno's admission controller against those of its
// engine in tests/oracle/kyverno: where both have the same, it is compiled once.
func TestVersions(t *testing.T) {
	ours, theirs := versions(t, "kyverno"), versions(t, "../oracle/kyverno")
	same := 0
	for module, version := range ours {
		if theirs[module] != "" {
			require.Equal(t, theirs[module], version, "%s: go get it at the version that tests/oracle/kyverno has", module)
			same++
		}
	}
	require.Greater(t, same, len(theirs)/2)
	require.Equal(t, theirs["github.com/kyverno/kyverno"], ours["github.com/kyverno/kyverno"])
}

// versions are what a go.mod requires and replaces.
func versions(t *testing.T, dir string) map[string]string {
	t.Helper()
	cmd := exec.Command("go", "mod", "edit", "-json")
	cmd.Dir = dir
	text, err := cmd.Output()
	require.NoError(t, err)
	type module struct{ Path, Version string }
	var mod struct {
		Require []module
		Replace []struct{ Old, New module }
	}
	require.NoError(t, json.Unmarshal(text, &mod))
	out := map[string]string{}
	for _, m := range mod.Require {
		out[m.Path] = m.Version
	}
	for _, r := range mod.Replace {
		out[r.Old.Path] += " " + r.New.Path + " " + r.New.Version
	}
	return out
}
