package tree_test

import (
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	kustomizev1 "github.com/fluxcd/kustomize-controller/api/v1"
	"github.com/stretchr/testify/require"
	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	apiequality "k8s.io/apimachinery/pkg/api/equality"
	"k8s.io/apimachinery/pkg/api/resource"
	"sigs.k8s.io/kustomize/api/resmap"
	"sigs.k8s.io/kustomize/api/types"
	"sigs.k8s.io/yaml"

	"stillsuit.dev/generator/manifest"
)

// top is the Kustomization of gotk-sync.yaml, for the directory at a path.
func top(at string) *kustomizev1.Kustomization {
	k := &kustomizev1.Kustomization{}
	k.Name, k.Namespace, k.Spec.Path, k.Spec.Prune = "flux-system", "flux-system", at, true
	return k
}

// fluxObjects are the Flux Kustomizations of a set.
func fluxObjects(set *manifest.Set) []*manifest.Object {
	var out []*manifest.Object
	for _, u := range set.Units {
		out = append(out, u.Flux)
	}
	return out
}

// Before bootstrap the overlay is empty, and the root is the units alone.
func TestRootBuildsToTheUnits(t *testing.T) {
	root, set := write(t, reference)
	for name, build := range builders() {
		t.Run(name, func(t *testing.T) {
			got, err := build(root, top("./flux-system/turingpi"))
			require.NoError(t, err)
			require.Empty(t, compare(fluxObjects(set), got))
			empty, err := build(root, top("./flux-system/turingpi/flux-system"))
			require.NoError(t, err)
			require.Zero(t, empty.Size())
		})
	}
	edit("flux-system/turingpi/kustomization.yaml", "- photos/immich/ks.yaml\n", "")(t, root, nil)
	got, err := withFlux(root, top("./flux-system/turingpi"))
	require.NoError(t, err)
	require.Equal(t, []string{"Kustomization.kustomize.toolkit.fluxcd.io flux-system/immich is not built"}, compare(fluxObjects(set), got))
}

// bootstrapped puts what `flux bootstrap` writes in place of the placeholders.
func bootstrapped(t *testing.T) (string, *manifest.Set) {
	t.Helper()
	root, set := write(t, reference)
	for _, name := range []string{"gotk-components.yaml", "gotk-sync.yaml"} {
		b, err := os.ReadFile(filepath.Join("testdata", name))
		require.NoError(t, err)
		at := filepath.Join(root, "flux-system", reference, "flux-system", name)
		require.FileExists(t, at)
		require.NoError(t, os.WriteFile(at, b, 0o600))
	}
	return root, set
}

// controllers are Flux's own Deployments as they come.
func controllers(t *testing.T) map[string]*appsv1.Deployment {
	t.Helper()
	b, err := os.ReadFile("testdata/gotk-components.yaml")
	require.NoError(t, err)
	out := map[string]*appsv1.Deployment{}
	for _, doc := range strings.Split(string(b), "\n---\n") {
		d := &appsv1.Deployment{}
		require.NoError(t, yaml.Unmarshal([]byte(doc), d))
		if d.Kind == "Deployment" {
			out[d.Name] = d
		}
	}
	require.Len(t, out, 4)
	return out
}

// patched compares each controller that is built with how it should be: as it
// came, with our arguments behind its own, our memory limit and our place.
func patched(original map[string]*appsv1.Deployment, got resmap.ResMap) []string {
	added := map[string][]string{
		"kustomize-controller": {"--concurrent=2", "--requeue-dependency=5s", "--feature-gates=CancelHealthCheckOnNewRevision=true"},
		"helm-controller":      {"--concurrent=2", "--requeue-dependency=5s"},
	}
	var out []string
	seen := 0
	for _, r := range got.Resources() {
		want := original[r.GetName()]
		if r.GetKind() != "Deployment" || want == nil {
			continue
		}
		seen++
		want = want.DeepCopy()
		limit := "256Mi"
		if want.Name == "helm-controller" {
			limit = "512Mi" // said in the cluster
		}
		c := &want.Spec.Template.Spec.Containers[0]
		c.Args = append(c.Args, added[want.Name]...)
		c.Resources.Limits[corev1.ResourceMemory] = resource.MustParse(limit)
		want.Spec.Template.Spec.NodeSelector["kubernetes.io/arch"] = "arm64"
		d := &appsv1.Deployment{}
		y, err := r.AsYAML()
		if err == nil {
			err = yaml.UnmarshalStrict(y, d)
		}
		if err != nil || !apiequality.Semantic.DeepEqual(want, d) {
			out = append(out, fmt.Sprintf("%s is patched otherwise: %v", r.GetName(), err))
		}
	}
	if seen != len(original) {
		out = append(out, fmt.Sprintf("%d controllers of %d are built", seen, len(original)))
	}
	slices.Sort(out)
	return out
}

func TestOverlayPatchesTheControllers(t *testing.T) {
	root, set := bootstrapped(t)
	original := controllers(t)
	for name, build := range builders() {
		t.Run(name, func(t *testing.T) {
			got, err := build(root, top("./flux-system/turingpi"))
			require.NoError(t, err)
			require.Empty(t, patched(original, got))
			// Seven objects of gotk-components.yaml and two of gotk-sync.yaml.
			require.Equal(t, 9+len(set.Units), got.Size())
		})
	}
	const overlay = "flux-system/turingpi/flux-system/kustomization.yaml"
	for _, m := range []struct {
		from, to string
		want     []string
	}{
		{"--requeue-dependency=5s", "--requeue-dependency=30s", []string{"helm-controller", "kustomize-controller"}},
		{"(kustomize-controller|helm-controller)", "kustomize-controller", []string{"helm-controller"}},
		{"    name: kustomize-controller\n", "    name: .*-controller\n", []string{"helm-controller", "notification-controller", "source-controller"}},
		{"512Mi", "256Mi", []string{"helm-controller"}},
		{"kubernetes.io/arch: arm64", "kubernetes.io/arch: amd64", []string{"helm-controller", "kustomize-controller", "notification-controller", "source-controller"}},
	} {
		t.Run(m.to, func(t *testing.T) {
			dir := t.TempDir()
			require.NoError(t, copyTree(dir, root))
			edit(overlay, m.from, m.to)(t, dir, nil)
			got, err := withKustomize(dir, top("./flux-system/turingpi/flux-system"))
			require.NoError(t, err)
			problems := patched(original, got)
			require.Len(t, problems, len(m.want), problems)
			for i, want := range m.want {
				require.Contains(t, problems[i], want)
			}
		})
	}
}

// listed: each kustomization of the tree lists all that is its own, once.
func listed(tree fs.FS) []string {
	var out []string
	units := map[string]bool{}
	err := fs.WalkDir(tree, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || !d.IsDir() {
			return err
		}
		entries, err := fs.ReadDir(tree, name)
		if err != nil {
			return err
		}
		var here []string
		for _, e := range entries {
			if !e.IsDir() && e.Name() != "kustomization.yaml" {
				here = append(here, e.Name())
			}
		}
		if slices.Contains(here, "ks.yaml") {
			units[path.Join(name, "ks.yaml")] = true
			if len(here) != 1 {
				out = append(out, fmt.Sprintf("%s has more than ks.yaml: %v", name, here))
			}
			return nil
		}
		if len(here) == 0 {
			return nil // the root, or a namespace's directory
		}
		resources, err := resourcesOf(tree, name)
		if err != nil {
			return err
		}
		if !slices.Equal(resources, here) {
			out = append(out, fmt.Sprintf("%s lists %v, but has %v", name, resources, here))
		}
		return nil
	})
	if err != nil {
		out = append(out, err.Error())
	}
	resources, err := resourcesOf(tree, ".")
	if err != nil {
		return append(out, err.Error())
	}
	units["flux-system"] = true
	for _, r := range resources {
		if !units[r] {
			out = append(out, fmt.Sprintf("the root lists %s twice, or it is not there", r))
		}
		delete(units, r)
	}
	for name := range units {
		out = append(out, "the root does not list "+name)
	}
	slices.Sort(out)
	return out
}

func resourcesOf(tree fs.FS, dir string) ([]string, error) {
	b, err := fs.ReadFile(tree, path.Join(dir, "kustomization.yaml"))
	if err != nil {
		return nil, err
	}
	k := &types.Kustomization{}
	if err := yaml.UnmarshalStrict(b, k); err != nil {
		return nil, fmt.Errorf("%s: %w", dir, err)
	}
	slices.Sort(k.Resources)
	return k.Resources, nil
}

func TestEverythingIsListedOnce(t *testing.T) {
	root, _ := write(t, reference)
	const immich = "flux-system/turingpi/photos/immich"
	for _, m := range []struct {
		name   string
		mutate func(t *testing.T, root string, u *manifest.Unit)
		want   []string
	}{
		{"nothing", func(*testing.T, string, *manifest.Unit) {}, nil},
		{"a unit left out", edit("flux-system/turingpi/kustomization.yaml", "- photos/immich/ks.yaml\n", ""), []string{"the root does not list photos/immich/ks.yaml"}},
		{"a unit twice", edit("flux-system/turingpi/kustomization.yaml", "- photos/immich/ks.yaml\n", "- photos/immich/ks.yaml\n- photos/immich/ks.yaml\n"), []string{"the root lists photos/immich/ks.yaml twice, or it is not there"}},
		{"a file left out", edit(immich+"/app/kustomization.yaml", "- ingress.yaml\n- ", "- "), []string{"photos/immich/app lists [deployment.yaml immich.sops.yaml"}},
		{"a file beside the unit", func(t *testing.T, root string, _ *manifest.Unit) {
			require.NoError(t, os.WriteFile(filepath.Join(root, immich, "notes.yaml"), nil, 0o600))
		}, []string{"photos/immich has more than ks.yaml"}},
	} {
		t.Run(m.name, func(t *testing.T) {
			dir := t.TempDir()
			require.NoError(t, copyTree(dir, root))
			m.mutate(t, dir, nil)
			got := listed(os.DirFS(filepath.Join(dir, "flux-system", reference)))
			require.Len(t, got, len(m.want), got)
			for i, want := range m.want {
				require.Contains(t, got[i], want)
			}
		})
	}
}
