package charts

import (
	"encoding/json"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"helm.sh/helm/v4/pkg/chart/v2/loader"

	chart "helm.sh/helm/v4/pkg/chart/v2"
)

// source is the module that a chart comes in. Only the chart's files are read, so it is
// no dependency of this module; the sum is that of go.sum.
type source struct {
	module, sum, dir string
	// unversioned says that the release tool writes the versions into Chart.yaml.
	unversioned bool
}

// sources are the modules of the pinned versions, by chart.
var sources = map[string]source{
	"metallb":      {module: "go.universe.tf/metallb@v0.16.1", sum: "h1:iVtjCslcUFMOEvuNeAyW2ygZxyW+6YjnNcEuCTOZezc=", dir: "charts/metallb"},
	"kyverno":      {module: "github.com/kyverno/kyverno@v1.19.0", sum: "h1:KV42j5lv9lN6WgFlt4X+Mhn0aQD0wLWzlJ/5jdWVdqI=", dir: "charts/kyverno"},
	"cert-manager": {module: "github.com/cert-manager/cert-manager@v1.21.1", sum: "h1:0LttV37Q5c2CBNoHkjuI8sLKTXWZDC2SwQkxrBMKV9w=", dir: "deploy/charts/cert-manager", unversioned: true},
	// The chart is a release behind the module that holds it.
	"external-secrets": {module: "github.com/external-secrets/external-secrets@v1.3.2", sum: "h1:u2J8RjlHIeF0oZCqtl92adI/uZWUwOesJIDkfql6LqQ=", dir: "deploy/charts/external-secrets"},
}

// load reads a chart of the version that a cluster pins. The sub-charts that are not
// in the modules are off (metallb's frr-k8s; kyverno's openreports and reports-server; external-secrets'
// bitwarden-sdk-server)
// or hold definitions only (kyverno-api).
func load(t *testing.T, name, version string) *chart.Chart {
	t.Helper()
	s := sources[name]
	c, err := loader.LoadDir(filepath.Join(download(t, s), filepath.FromSlash(s.dir)))
	require.NoError(t, err)
	if s.unversioned {
		c.Metadata.Version, c.Metadata.AppVersion = version, version
		require.True(t, strings.HasSuffix(s.module, "@"+version), "%s is of version %s: give the module and the sum of that version", name, version)
	}
	require.Equal(t, version, c.Metadata.Version, "%s: give the module and the sum of that version", name)
	return c
}

func download(t *testing.T, s source) string {
	t.Helper()
	out, err := exec.CommandContext(t.Context(), "go", "mod", "download", "-json", s.module).Output()
	require.NoError(t, err, string(out))
	var got struct{ Dir, Sum string }
	require.NoError(t, json.Unmarshal(out, &got))
	require.Equal(t, s.sum, got.Sum)
	return got.Dir
}
