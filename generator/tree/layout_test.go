package tree

import (
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"stillsuit.dev/generator/manifest"
)

func service(name string, origin ...string) *manifest.Object {
	return &manifest.Object{
		ID:         manifest.ID{Kind: "Service", Namespace: "home", Name: name},
		APIVersion: "v1", Origin: origin,
		Value: &corev1.Service{
			TypeMeta:   metav1.TypeMeta{APIVersion: "v1", Kind: "Service"},
			ObjectMeta: metav1.ObjectMeta{Name: name, Namespace: "home"},
		},
	}
}

// oneUnit is a cluster with an app of two Services and a secret.
func oneUnit() *manifest.Set {
	flux := map[string]any{"kind": "Kustomization", "metadata": map[string]any{"name": "mosquitto"}}
	return &manifest.Set{
		Cluster: "turingpi",
		Units: []*manifest.Unit{{
			Name: "mosquitto", Dir: "home/mosquitto", Origin: []string{"apps", "mosquitto"},
			Objects: []*manifest.Object{
				{ID: manifest.ID{Kind: "Secret", Namespace: "home", Name: "users"}, Verbatim: []byte("kind: Secret\n"), Source: "clusters/turingpi/users.sops.yaml"},
				service("mosquitto", "apps", "mosquitto"),
				service("mosquitto-lan", "apps", "mosquitto", "expose", "lan"),
			},
			Flux: &manifest.Object{Value: flux},
		}},
		Bootstrap: []manifest.Patch{{Kind: "Deployment", Name: ".*-controller", Value: []map[string]any{{"op": "remove", "path": "/spec/replicas"}}}},
		SOPS:      &manifest.SOPSRule{PathRegex: "^clusters/turingpi/", EncryptedRegex: "^data$", Age: []string{"age1a", "age1b"}},
	}
}

// TestLayoutOfInstance has the Flux Operator install Flux: the directory has its instance,
// and nothing that flux bootstrap would write or patch.
func TestLayoutOfInstance(t *testing.T) {
	set := oneUnit()
	set.Instance = &manifest.Object{
		ID: manifest.ID{Kind: "FluxInstance", Namespace: "flux-system", Name: "flux"}, Origin: []string{"cluster", "flux"},
		Value: map[string]any{"kind": "FluxInstance", "metadata": map[string]any{"name": "flux"}},
	}
	laid, err := Layout(set, origins)
	require.NoError(t, err)
	got := map[string]string{}
	for _, f := range laid.Files {
		require.False(t, f.Once, f.Path)
		if rest, below := strings.CutPrefix(f.Path, "flux-system/turingpi/flux-system/"); below {
			got[rest] = string(f.Content)
		}
	}
	require.Equal(t, map[string]string{
		"fluxinstance.yaml":  "# cluster.flux\nkind: FluxInstance\nmetadata:\n  name: flux\n",
		"kustomization.yaml": "apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\nresources:\n- fluxinstance.yaml\n",
	}, got)
}

// origins names a file by the first key of the CUE path.
func origins(path []string) []string { return append([]string{"clusters/turingpi"}, path...)[:1:1] }

func TestLayout(t *testing.T) {
	laid, err := Layout(oneUnit(), func(path []string) []string {
		if len(path) > 1 {
			return []string{"clusters/turingpi/" + path[1] + ".cue"}
		}
		return origins(path)
	})
	require.NoError(t, err)
	require.Equal(t, []string{"flux-system/turingpi"}, laid.Owned)
	var b strings.Builder
	for _, f := range laid.Files {
		b.WriteString("-- " + f.Path + " " + strings.Join(f.Sources, " "))
		if f.Once {
			b.WriteString("once")
		}
		b.WriteString(" --\n" + string(f.Content))
	}
	require.Equal(t, `-- flux-system/turingpi/flux-system/gotk-components.yaml once --
# flux bootstrap writes this file.
-- flux-system/turingpi/flux-system/gotk-sync.yaml once --
# flux bootstrap writes this file.
-- flux-system/turingpi/flux-system/kustomization.yaml clusters/turingpi --
apiVersion: kustomize.config.k8s.io/v1beta1
kind: Kustomization
patches:
- patch: |
    - op: remove
      path: /spec/replicas
  target:
    kind: Deployment
    name: ".*-controller"
resources:
- gotk-components.yaml
- gotk-sync.yaml
-- flux-system/turingpi/home/mosquitto/app/kustomization.yaml clusters/turingpi/mosquitto.cue --
apiVersion: kustomize.config.k8s.io/v1beta1
kind: Kustomization
resources:
- service.yaml
- users.sops.yaml
-- flux-system/turingpi/home/mosquitto/app/service.yaml clusters/turingpi/mosquitto.cue --
# apps.mosquitto
apiVersion: v1
kind: Service
metadata:
  name: mosquitto
  namespace: home
---
# apps.mosquitto.expose.lan
apiVersion: v1
kind: Service
metadata:
  name: mosquitto-lan
  namespace: home
-- flux-system/turingpi/home/mosquitto/app/users.sops.yaml clusters/turingpi/users.sops.yaml --
kind: Secret
-- flux-system/turingpi/home/mosquitto/ks.yaml clusters/turingpi/mosquitto.cue --
kind: Kustomization
metadata:
  name: mosquitto
-- flux-system/turingpi/kustomization.yaml clusters/turingpi --
apiVersion: kustomize.config.k8s.io/v1beta1
kind: Kustomization
resources:
- flux-system
- home/mosquitto/ks.yaml
`, b.String())
}

// Every file of a layout can be written: none has the path of another.
func TestLayoutHasEachPathOnce(t *testing.T) {
	set := oneUnit()
	raw := service("other", "apps", "mosquitto", "objects", "other")
	raw.Kind = "Kustomization" // one of Flux, which must not replace that of the directory
	set.Units[0].Objects = append(set.Units[0].Objects, raw)
	laid, err := Layout(set, origins)
	require.NoError(t, err)
	require.True(t, slices.ContainsFunc(laid.Files, func(f File) bool { return f.Path == "flux-system/turingpi/home/mosquitto/app/flux-kustomization.yaml" }))
	require.Empty(t, checkNames([]Tree{laid}))
	set.Units = append(set.Units, set.Units[0])
	laid, err = Layout(set, origins)
	require.NoError(t, err)
	require.NotEmpty(t, checkNames([]Tree{laid}))
}

func TestLayoutTellsWhatCannotBeEncoded(t *testing.T) {
	set := oneUnit()
	set.Units[0].Objects[1].Value = func() {}
	_, err := Layout(set, origins)
	require.ErrorContains(t, err, "lay out unit mosquitto: encode Service home/mosquitto: ")
}

func TestSOPS(t *testing.T) {
	first, second, none := oneUnit(), oneUnit(), oneUnit()
	second.Cluster, none.SOPS = "arrakeen", nil
	second.SOPS = &manifest.SOPSRule{PathRegex: "^clusters/arrakeen/", EncryptedRegex: "^data$", Age: []string{"age1c"}}
	laid, err := SOPS([]*manifest.Set{second, none, first}, func(s *manifest.Set) []string { return []string{"clusters/" + s.Cluster} })
	require.NoError(t, err)
	require.Equal(t, Tree{Files: []File{{
		Path: ".sops.yaml", Sources: []string{"clusters/arrakeen", "clusters/turingpi"},
		Content: []byte(`creation_rules:
- age: age1c
  encrypted_regex: "^data$"
  path_regex: "^clusters/arrakeen/"
- age: age1a,age1b
  encrypted_regex: "^data$"
  path_regex: "^clusters/turingpi/"
`),
	}}}, laid)
	laid, err = SOPS([]*manifest.Set{none}, func(*manifest.Set) []string { return nil })
	require.NoError(t, err)
	require.Empty(t, laid)
}
