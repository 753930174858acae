// Package imports tests who may import what: each heavy dependency has one
// owner, and the layers do not know those above them.
package imports

import (
	"encoding/json"
	"errors"
	"io"
	"os/exec"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// rule says that only the owners, and packages below them, may import the paths
// and what is below those; without owners nobody may.
type rule struct {
	paths, owners []string
	// exact are paths of which those below are no matter.
	exact []string
	// from are the packages that the rule is about; none means all.
	from []string
}

func rules() []rule {
	return []rule{
		{paths: []string{"cuelang.org/go"}, owners: []string{"stillsuit.dev/generator/evaluate", "stillsuit.dev/cmd/stillsuit-gen/cuedoc"}},
		{paths: []string{"sigs.k8s.io/kustomize"}, owners: []string{"stillsuit.dev/generator/tree", "stillsuit.dev/sources/flux", "stillsuit.dev/tests"}},
		// Kyverno's types are for whoever makes its objects; its engine is not.
		{paths: []string{"github.com/kyverno/kyverno", "github.com/kyverno/sdk"}, owners: []string{"stillsuit.dev/policies/admission", "stillsuit.dev/cmd/stillsuit-gen/native", "stillsuit.dev/tests"}},
		{paths: []string{"github.com/google/cel-go", "k8s.io/apiserver"}, owners: []string{"stillsuit.dev/policies/admission", "stillsuit.dev/checks/apiserver", "stillsuit.dev/cmd/stillsuit-gen/native", "stillsuit.dev/tests"}},
		// The API server's own code.
		{paths: []string{"k8s.io/kubernetes"}, owners: []string{"stillsuit.dev/checks/apiserver"}},
		{paths: []string{"github.com/kyverno/api"}, owners: []string{"stillsuit.dev/generator/internal/policy", "stillsuit.dev/generator/internal/resolve/policies", "stillsuit.dev/generator/internal/finish", "stillsuit.dev/policies/admission", "stillsuit.dev/cmd/stillsuit-gen/native", "stillsuit.dev/tests"}},
		{paths: []string{"k8s.io/api", "k8s.io/client-go"}, owners: []string{"stillsuit.dev/generator/internal/policy", "stillsuit.dev/generator/internal/resolve", "stillsuit.dev/generator/internal/render", "stillsuit.dev/generator/internal/finish", "stillsuit.dev/generator/valid", "stillsuit.dev/inventory", "stillsuit.dev/placement", "stillsuit.dev/sources/flux", "stillsuit.dev/policies", "stillsuit.dev/checks", "stillsuit.dev/cmd/stillsuit-gen", "stillsuit.dev/tests"}},
		{paths: []string{"github.com/fluxcd/helm-controller", "github.com/fluxcd/kustomize-controller", "github.com/fluxcd/source-controller", "github.com/fluxcd/pkg/apis", "github.com/fluxcd/pkg/kustomize"}, owners: []string{"stillsuit.dev/generator/internal/render", "stillsuit.dev/generator/internal/finish", "stillsuit.dev/sources/flux", "stillsuit.dev/tests"}},
		{paths: []string{"github.com/fluxcd/pkg/sourceignore"}, owners: []string{"stillsuit.dev/generator/tree", "stillsuit.dev/sources/flux"}},
		{paths: []string{"github.com/owenrumney/go-sarif"}, owners: []string{"stillsuit.dev/report"}},
		// They read in tests what report wrote.
		{paths: []string{"github.com/xeipuuv/gojsonschema", "github.com/yuin/goldmark"}},
		// The test kit renders what it is given.
		{paths: []string{"stillsuit.dev/checks/checktest"}, owners: []string{"stillsuit.dev/tests"}},
		{exact: []string{"stillsuit.dev/generator"}, owners: []string{"stillsuit.dev/cmd", "stillsuit.dev/checks/checktest", "stillsuit.dev/tests"}},
		// Nothing reaches the network, but who asks registries; whoever refuses that
		// has to name their types.
		{paths: []string{"net/http", "github.com/google/go-containerregistry/pkg/authn", "github.com/google/go-containerregistry/pkg/v1/remote"}, owners: []string{"stillsuit.dev/sources/registry", "stillsuit.dev/policies/admission/internal/refusal"}},
		{exact: []string{"net", "os/exec"}, from: []string{"stillsuit.dev/generator", "stillsuit.dev/finding"}},
		// What judges sees what was rendered, not how.
		{paths: []string{"stillsuit.dev/generator/evaluate", "stillsuit.dev/generator/internal/resolve", "stillsuit.dev/generator/internal/render", "stillsuit.dev/generator/internal/finish", "stillsuit.dev/generator/tree"}, from: []string{"stillsuit.dev/inventory", "stillsuit.dev/sources", "stillsuit.dev/policies", "stillsuit.dev/placement", "stillsuit.dev/checks", "stillsuit.dev/report"}},
		// The arrows of ARCHITECTURE: nobody imports what stands above.
		{paths: []string{"stillsuit.dev/checks"}, owners: []string{"stillsuit.dev/cmd", "stillsuit.dev/checks", "stillsuit.dev/tests"}},
		{paths: []string{"stillsuit.dev/fix"}, owners: []string{"stillsuit.dev/cmd", "stillsuit.dev/checks", "stillsuit.dev/tests"}},
		{paths: []string{"stillsuit.dev/generator", "stillsuit.dev/inventory", "stillsuit.dev/sources"}, from: []string{"stillsuit.dev/fix"}},
		{paths: []string{"stillsuit.dev/report"}, owners: []string{"stillsuit.dev/cmd", "stillsuit.dev/tests"}},
		{paths: []string{"stillsuit.dev/placement", "stillsuit.dev/sources", "stillsuit.dev/policies"}, owners: []string{"stillsuit.dev/cmd", "stillsuit.dev/checks", "stillsuit.dev/placement", "stillsuit.dev/sources", "stillsuit.dev/policies", "stillsuit.dev/tests"}},
		{paths: []string{"stillsuit.dev/inventory"}, from: []string{"stillsuit.dev/generator", "stillsuit.dev/finding", "stillsuit.dev/report"}},
		// The command line joins the halves, and takes what they embed from them.
		{paths: []string{"stillsuit.dev/apps", "stillsuit.dev/schemas"}, from: []string{"stillsuit.dev/cmd/stillsuit"}},
		{paths: []string{"stillsuit.dev/tests"}, owners: []string{"stillsuit.dev/tests"}},
		// finding is a leaf; the stages of the generator do not know what joins them.
		{paths: []string{"stillsuit.dev"}, from: []string{"stillsuit.dev/finding"}},
		{paths: []string{"stillsuit.dev/cmd/stillsuit-gen"}, from: []string{"stillsuit.dev"}, owners: []string{"stillsuit.dev/cmd/stillsuit-gen", "stillsuit.dev/tests"}},
		{paths: []string{"stillsuit.dev/cmd/stillsuit"}, from: []string{"stillsuit.dev"}, owners: []string{"stillsuit.dev/cmd/stillsuit", "stillsuit.dev/tests"}},
		{paths: []string{"stillsuit.dev/generator/internal/resolve", "stillsuit.dev/generator/internal/render", "stillsuit.dev/generator/internal/finish", "stillsuit.dev/generator/tree"}, from: []string{"stillsuit.dev/generator/model", "stillsuit.dev/generator/internal/policy"}},
		// What decides does not know what makes objects, nor this what finishes them.
		{paths: []string{"stillsuit.dev/generator/internal/render", "stillsuit.dev/generator/internal/finish", "stillsuit.dev/generator/tree"}, from: []string{"stillsuit.dev/generator/internal/resolve"}},
		{paths: []string{"stillsuit.dev/generator/internal/finish", "stillsuit.dev/generator/tree"}, from: []string{"stillsuit.dev/generator/internal/render"}},
		{paths: []string{"stillsuit.dev/generator/tree"}, exact: []string{"stillsuit.dev/generator/internal/render"}, from: []string{"stillsuit.dev/generator/internal/finish"}},
		{paths: []string{"stillsuit.dev/generator/internal/resolve", "stillsuit.dev/generator/internal/render", "stillsuit.dev/generator/internal/finish"}, from: []string{"stillsuit.dev/generator/tree"}},
		// All of resolve stands on scope, which knows none of it.
		{paths: []string{"stillsuit.dev/generator/internal/resolve"}, from: []string{"stillsuit.dev/generator/internal/resolve/scope"}},
		{exact: []string{"stillsuit.dev/generator/internal/resolve"}, from: []string{"stillsuit.dev/generator/internal/resolve/access", "stillsuit.dev/generator/internal/resolve/charts", "stillsuit.dev/generator/internal/resolve/facts", "stillsuit.dev/generator/internal/resolve/policies", "stillsuit.dev/generator/internal/resolve/traffic", "stillsuit.dev/generator/internal/resolve/workload", "stillsuit.dev/generator/internal/resolve/workspaces"}},
		{paths: []string{"stillsuit.dev/generator/evaluate"}, from: []string{"stillsuit.dev/generator/lock", "stillsuit.dev/generator/manifest"}},
		{exact: []string{"stillsuit.dev/generator"}, paths: []string{"stillsuit.dev/generator/lock", "stillsuit.dev/generator/manifest", "stillsuit.dev/generator/model", "stillsuit.dev/generator/internal/resolve", "stillsuit.dev/generator/internal/render", "stillsuit.dev/generator/internal/finish", "stillsuit.dev/generator/tree"}, from: []string{"stillsuit.dev/generator/evaluate", "stillsuit.dev/generator/lock", "stillsuit.dev/generator/manifest"}},
		// What reads CUE's files does not know what explains its errors.
		{paths: []string{"stillsuit.dev/generator/evaluate/internal/explain"}, from: []string{"stillsuit.dev/generator/evaluate/internal"}},
		{paths: []string{"stillsuit.dev/generator/evaluate/internal/places", "stillsuit.dev/generator/evaluate/internal/syntax"}, from: []string{"stillsuit.dev/generator/evaluate/internal/source", "stillsuit.dev/generator/evaluate/internal/words"}},
	}
}

// imported is a package and what its files other than tests import.
type imported struct {
	ImportPath string
	Imports    []string
}

func TestImports(t *testing.T) {
	cmd := exec.Command("go", "list", "-json=ImportPath,Imports", "./...")
	cmd.Dir = "../.."
	out, err := cmd.Output()
	require.NoError(t, err)
	var all []imported
	for d := json.NewDecoder(strings.NewReader(string(out))); ; {
		var p imported
		if err := d.Decode(&p); errors.Is(err, io.EOF) {
			break
		}
		require.NoError(t, err)
		all = append(all, p)
	}
	require.Greater(t, len(all), 8)
	require.Empty(t, offenders(all))

	// Each of these must be noticed.
	for _, mutant := range []imported{
		{"stillsuit.dev/cmd/stillsuit", []string{"cuelang.org/go/cue"}},
		{"stillsuit.dev/generator/evaluated", []string{"cuelang.org/go/cue"}},
		{"stillsuit.dev/generator/internal/render", []string{"sigs.k8s.io/kustomize/api/types"}},
		{"stillsuit.dev/generator/model", []string{"k8s.io/api/core/v1"}},
		{"stillsuit.dev/generator/lock", []string{"net/http"}},
		{"stillsuit.dev/checks/images", []string{"github.com/google/go-containerregistry/pkg/v1/remote/transport"}},
		{"stillsuit.dev/cmd/stillsuit", []string{"net/http"}},
		{"stillsuit.dev/policies/admission", []string{"net/http"}},
		{"stillsuit.dev/policies/admission", []string{"stillsuit.dev/checks"}},
		{"stillsuit.dev/cmd/stillsuit", []string{"stillsuit.dev/cmd/stillsuit-gen/native"}},
		{"stillsuit.dev/finding", []string{"stillsuit.dev/generator/model"}},
		{"stillsuit.dev/generator", []string{"stillsuit.dev/checks/fit"}},
		{"stillsuit.dev/generator/model", []string{"stillsuit.dev/generator/internal/render"}},
		{"stillsuit.dev/generator/evaluate", []string{"stillsuit.dev/generator/model"}},
		{"stillsuit.dev/generator/lock", []string{"stillsuit.dev/generator/evaluate"}},
		{"stillsuit.dev/generator/evaluate/internal/source", []string{"stillsuit.dev/generator/evaluate/internal/explain"}},
		{"stillsuit.dev/generator/evaluate/internal/source", []string{"stillsuit.dev/generator/evaluate/internal/places"}},
		{"stillsuit.dev/generator/tree", []string{"os/exec"}},
		{"stillsuit.dev/generator/internal/render", []string{"net", "net/netip"}},
		{"stillsuit.dev/generator/internal/resolve/traffic", []string{"stillsuit.dev/generator/internal/render/object"}},
		{"stillsuit.dev/generator/internal/resolve/traffic", []string{"stillsuit.dev/generator/internal/resolve"}},
		{"stillsuit.dev/generator/internal/render/facts", []string{"stillsuit.dev/generator/internal/finish"}},
		{"stillsuit.dev/generator/internal/finish", []string{"stillsuit.dev/generator/internal/render"}},
		{"stillsuit.dev/checks/fit", []string{"github.com/fluxcd/pkg/kustomize"}},
		{"stillsuit.dev/generator/tree", []string{"github.com/fluxcd/source-controller/api/v1"}},
		{"stillsuit.dev/generator/internal/render", []string{"github.com/fluxcd/pkg/sourceignore"}},
		{"stillsuit.dev/checks/fit", []string{"github.com/google/cel-go/cel"}},
		{"stillsuit.dev/generator/internal/render", []string{"github.com/kyverno/sdk/extensions/cel/libs/http"}},
		{"stillsuit.dev/placement/validity", []string{"k8s.io/kubernetes/pkg/apis/core/validation"}},
		{"stillsuit.dev/policies/library", []string{"github.com/kyverno/api/api/policies.kyverno.io/v1"}},
		{"stillsuit.dev/checks/fit", []string{"stillsuit.dev/checks/checktest"}},
		{"stillsuit.dev/checks/fit", []string{"stillsuit.dev/generator/internal/render", "stillsuit.dev/generator/manifest"}},
		{"stillsuit.dev/cmd/stillsuit", []string{"github.com/owenrumney/go-sarif/v3/pkg/report/v210/sarif"}},
		{"stillsuit.dev/report", []string{"github.com/yuin/goldmark/ast"}},
		{"stillsuit.dev/cmd/stillsuit", []string{"stillsuit.dev/schemas", "stillsuit.dev/generator"}},
		{"stillsuit.dev/generator/tree", []string{"stillsuit.dev/tests/bench"}},
	} {
		require.Len(t, offenders([]imported{mutant}), 1, mutant)
	}
}

// offenders are the imports that a rule forbids, as "package imports path".
func offenders(all []imported) []string {
	var found []string
	for _, p := range all {
		for _, path := range p.Imports {
			for _, r := range rules() {
				if (within(path, r.paths) || slices.Contains(r.exact, path)) && (r.from == nil || within(p.ImportPath, r.from)) && !within(p.ImportPath, r.owners) {
					found = append(found, p.ImportPath+" imports "+path)
				}
			}
		}
	}
	return found
}

func within(path string, trees []string) bool {
	for _, tree := range trees {
		if path == tree || strings.HasPrefix(path, tree+"/") {
			return true
		}
	}
	return false
}
