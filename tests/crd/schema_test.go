package crd

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	apiextensions "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions"
	apiextensionsv1 "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
	structuralschema "k8s.io/apiextensions-apiserver/pkg/apiserver/schema"
	structuralpruning "k8s.io/apiextensions-apiserver/pkg/apiserver/schema/pruning"
	apiservervalidation "k8s.io/apiextensions-apiserver/pkg/apiserver/validation"
	"k8s.io/apimachinery/pkg/runtime"
	"sigs.k8s.io/yaml"
)

// Those whose types cannot be had as a dependency, so that only their definitions are read,
// from their modules: traefik is the release that the catalogue's chart installs, the others
// are the helm-controller of K3s 1.34 and a Cilium.
const (
	traefik    = "github.com/traefik/traefik/v3@v3.7.11"
	traefikSum = "h1:AdGIts8MRFqWMjXhZFisrbLseB7vjikUL1q9H9DSvrM="
	k3sHelm    = "github.com/k3s-io/helm-controller@v0.16.13"
	k3sHelmSum = "h1:jMD5lI4Mzo9uclZjLgJ8Yak6wSnXaL/tuTU+dEEx69Q="
	cilium     = "github.com/cilium/cilium@v1.18.4"
	ciliumSum  = "h1:/HrbeMmk46UDkJs4uJemIqxB7wuZ+QRMNVscNYua5C8="
)

// fluxOperator has the definition of FluxInstance. Its go.mod wants a newer Go than this
// one, and its licence is not one to depend on, so only its definitions are read.
const (
	fluxOperator    = "github.com/controlplaneio-fluxcd/flux-operator@v0.59.0"
	fluxOperatorSum = "h1:jByuiWYtjSJxucGHuz68tV0DeVFz5CYrKQYfxAwE7lE="
)

// schema is the structural schema of a kind, as the API server reads it.
type schema struct {
	structural *structuralschema.Structural
	validator  apiservervalidation.SchemaValidator
}

// check reports what the API server would say of an object, unknown fields included.
func (s schema) check(o map[string]any) error {
	pruned := runtime.DeepCopyJSON(o)
	unknown := structuralpruning.PruneWithOptions(pruned, s.structural, true, structuralschema.UnknownFieldPathOptions{TrackUnknownFieldPaths: true})
	if len(unknown) > 0 {
		return fmt.Errorf("unknown fields %s", strings.Join(unknown, ", "))
	}
	return apiservervalidation.ValidateCustomResource(nil, o, s.validator).ToAggregate()
}

// schemas reads the definitions of those whose modules hold them, by apiVersion
// and kind.
func schemas(t *testing.T) map[string]schema {
	t.Helper()
	out := map[string]schema{}
	for _, files := range []string{
		filepath.Join(moduleDir(t, "github.com/cert-manager/cert-manager"), "deploy/crds/*.yaml"),
		filepath.Join(moduleDir(t, "github.com/kyverno/api"), "config/crds/policies.kyverno.io_*.yaml"),
		filepath.Join(moduleDir(t, "go.universe.tf/metallb"), "config/crd/bases/*.yaml"),
		filepath.Join(moduleDir(t, "github.com/vmware-tanzu/velero"), "config/crd/v1/bases/*.yaml"),
		filepath.Join(downloaded(t, k3sHelm, k3sHelmSum), "pkg/crds/yaml/generated/helm.cattle.io_helmchartconfigs.yaml"),
		filepath.Join(downloaded(t, cilium, ciliumSum), "pkg/k8s/apis/cilium.io/client/crds/v2/ciliumnetworkpolicies.yaml"),
		filepath.Join(moduleDir(t, "github.com/backube/volsync"), "config/crd/bases/*.yaml"),
		filepath.Join(downloaded(t, fluxOperator, fluxOperatorSum), "config/crd/bases/*.yaml"),
		filepath.Join(downloaded(t, traefik, traefikSum), "docs/content/reference/dynamic-configuration/traefik.io_*.yaml"),
	} {
		names, err := filepath.Glob(files)
		require.NoError(t, err)
		require.NotEmpty(t, names, files)
		for _, name := range names {
			b, err := os.ReadFile(name)
			require.NoError(t, err)
			var crd apiextensionsv1.CustomResourceDefinition
			require.NoError(t, yaml.Unmarshal(b, &crd), name)
			for _, version := range crd.Spec.Versions {
				out[crd.Spec.Group+"/"+version.Name+" "+crd.Spec.Names.Kind] = schemaOf(t, version.Schema)
			}
		}
	}
	return out
}

func schemaOf(t *testing.T, declared *apiextensionsv1.CustomResourceValidation) schema {
	t.Helper()
	var internal apiextensions.CustomResourceValidation
	require.NoError(t, apiextensionsv1.Convert_v1_CustomResourceValidation_To_apiextensions_CustomResourceValidation(declared, &internal, nil))
	structural, err := structuralschema.NewStructural(internal.OpenAPIV3Schema)
	require.NoError(t, err)
	validator, _, err := apiservervalidation.NewSchemaValidator(internal.OpenAPIV3Schema)
	require.NoError(t, err)
	return schema{structural, validator}
}

// moduleDir is where a module of go.mod lies.
func moduleDir(t *testing.T, path string) string {
	t.Helper()
	out, err := exec.CommandContext(t.Context(), "go", "list", "-m", "-f", "{{.Dir}}", path).Output()
	require.NoError(t, err)
	return strings.TrimSpace(string(out))
}

// downloaded is where a module lies that go.mod does not name, once Go has it.
func downloaded(t *testing.T, module, sum string) string {
	t.Helper()
	out, err := exec.CommandContext(t.Context(), "go", "mod", "download", "-json", module).Output()
	var got struct{ Dir, Sum, Error string }
	require.NoError(t, json.Unmarshal(out, &got), string(out))
	require.Equal(t, sum, got.Sum, got.Error)
	if got.Dir != "" {
		require.NoError(t, err, string(out))
		return got.Dir
	}
	// Go has it, and refuses to build it.
	require.Contains(t, got.Error, "requires go >= ")
	cache, err := exec.CommandContext(t.Context(), "go", "env", "GOMODCACHE").Output()
	require.NoError(t, err)
	return filepath.Join(strings.TrimSpace(string(cache)), filepath.FromSlash(module))
}
