package imports

import (
	"encoding/json"
	"fmt"
	"os/exec"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// requirements is what `go mod edit -json` tells of a go.mod.
type requirements struct {
	Module  struct{ Path string }
	Go      string
	Require []requirement
	Replace []json.RawMessage
	Exclude []json.RawMessage
}

type requirement struct{ Path, Version string }

// apart reports modules of k8s.io that are not released with Kubernetes.
func apart(path string) bool {
	return within(path, []string{"k8s.io/gengo", "k8s.io/klog", "k8s.io/kube-openapi", "k8s.io/utils"})
}

// unsound reports what makes a go.mod unfit for others: replacements do not
// reach them, and Kubernetes' modules fit only those of their own version.
func unsound(m requirements) []string {
	var out []string
	if len(m.Replace)+len(m.Exclude) > 0 {
		out = append(out, fmt.Sprintf("%d replacements and %d exclusions", len(m.Replace), len(m.Exclude)))
	}
	versions, server := map[string][]string{}, ""
	for _, r := range m.Require {
		switch {
		case r.Path == kubernetes:
			server = r.Version
		case strings.HasPrefix(r.Path, "k8s.io/") && !apart(r.Path):
			versions[r.Version] = append(versions[r.Version], r.Path)
		}
	}
	for version := range versions { // v1.36.3 is made with v0.36.3; the patch may differ
		if server != "" && minor(server) != minor(version) {
			out = append(out, fmt.Sprintf("%s %s is of another minor version than %s", kubernetes, server, version))
		}
	}
	if len(versions) != 1 {
		out = append(out, fmt.Sprintf("Kubernetes has %d versions: %v", len(versions), versions))
	}
	return out
}

// kubernetes is the module of the API server itself, whose major version is another one.
const kubernetes = "k8s.io/kubernetes"

// minor is the second number of a version.
func minor(version string) string {
	_, rest, _ := strings.Cut(version, ".")
	number, _, _ := strings.Cut(rest, ".")
	return number
}

func TestModule(t *testing.T) {
	cmd := exec.Command("go", "mod", "edit", "-json")
	cmd.Dir = "../.."
	b, err := cmd.Output()
	require.NoError(t, err)
	var m requirements
	require.NoError(t, json.Unmarshal(b, &m))
	require.Equal(t, "stillsuit.dev", m.Module.Path)
	require.Empty(t, unsound(m))

	other := m
	other.Replace = []json.RawMessage{[]byte("{}")}
	require.Equal(t, []string{"1 replacements and 0 exclusions"}, unsound(other))
	other = m
	other.Require = append(slices.Clone(m.Require), requirement{"k8s.io/metrics", "v0.37.0"})
	require.Contains(t, strings.Join(unsound(other), "\n"), "Kubernetes has 2 versions")
	other.Require = append(slices.Clone(m.Require), requirement{kubernetes, "v1.37.0"})
	require.Contains(t, unsound(other)[0], "is of another minor version")
}
