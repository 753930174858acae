package tree_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	kustomizev1 "github.com/fluxcd/kustomize-controller/api/v1"
	"github.com/fluxcd/pkg/kustomize"
	"github.com/stretchr/testify/require"
	apiequality "k8s.io/apimachinery/pkg/api/equality"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	kjson "sigs.k8s.io/json"
	"sigs.k8s.io/kustomize/api/krusty"
	"sigs.k8s.io/kustomize/api/resmap"
	"sigs.k8s.io/kustomize/api/types"
	"sigs.k8s.io/kustomize/kyaml/filesys"
	"sigs.k8s.io/yaml"

	"stillsuit.dev/generator"
	"stillsuit.dev/generator/manifest"
)

// write renders a reference cluster into a new directory.
func write(t *testing.T, name string) (string, *manifest.Set) {
	t.Helper()
	repo, _, rendering := render(t, name)
	dir := t.TempDir()
	out, err := repo.At(dir)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, out.Close()) })
	_, findings, err := generator.Write(out, []*generator.Rendering{rendering}, nil)
	require.NoError(t, err)
	require.Empty(t, findings)
	return dir, rendering.Set
}

// builder builds what a Flux Kustomization applies from the repository at root.
type builder func(root string, flux *kustomizev1.Kustomization) (resmap.ResMap, error)

// builders are kustomize with its own restrictions, and Flux's.
func builders() map[string]builder {
	return map[string]builder{"kustomize": withKustomize, "flux": withFlux}
}

func withKustomize(root string, flux *kustomizev1.Kustomization) (resmap.ResMap, error) {
	options := &krusty.Options{LoadRestrictions: types.LoadRestrictionsRootOnly, PluginConfig: types.DisabledPluginConfig()}
	return krusty.MakeKustomizer(options).Run(filesys.MakeFsOnDisk(), filepath.Join(root, flux.Spec.Path))
}

// withFlux does as kustomize-controller: it lays its own fields over the
// kustomization on disk, and builds that without leaving the root. It works on
// a copy.
func withFlux(root string, flux *kustomizev1.Kustomization) (_ resmap.ResMap, err error) {
	work, err := os.MkdirTemp("", "flux")
	if err != nil {
		return nil, err
	}
	defer func() {
		if removed := os.RemoveAll(work); err == nil {
			err = removed
		}
	}()
	if work, err = filepath.EvalSymlinks(work); err != nil {
		return nil, err
	}
	if err := copyTree(work, root); err != nil {
		return nil, err
	}
	o, err := runtime.DefaultUnstructuredConverter.ToUnstructured(flux)
	if err != nil {
		return nil, err
	}
	dir := filepath.Join(work, flux.Spec.Path)
	if _, err := kustomize.NewGenerator(work, unstructured.Unstructured{Object: o}).WriteFile(dir); err != nil {
		return nil, err
	}
	return kustomize.SecureBuild(work, dir, false)
}

// copyTree copies files and, unlike os.CopyFS, links that lead out.
func copyTree(to, from string) error {
	return filepath.WalkDir(from, func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(from, name)
		if err != nil {
			return err
		}
		target := filepath.Join(to, rel)
		switch {
		case d.IsDir():
			return os.MkdirAll(target, 0o755)
		case d.Type()&fs.ModeSymlink != 0:
			link, err := os.Readlink(name)
			if err != nil {
				return err
			}
			return os.Symlink(link, target)
		}
		b, err := os.ReadFile(name)
		if err != nil {
			return err
		}
		return os.WriteFile(target, b, 0o600)
	})
}

// built compares what is built from the tree at root with the objects that were
// rendered, unit by unit.
func built(root string, set *manifest.Set, build builder) []string {
	var out []string
	for _, u := range set.Units {
		got, err := build(root, u.Flux.Value.(*kustomizev1.Kustomization))
		if err != nil {
			out = append(out, fmt.Sprintf("unit %s: %v", u.Name, err))
			continue
		}
		for _, problem := range compare(u.Objects, got) {
			out = append(out, fmt.Sprintf("unit %s: %s", u.Name, problem))
		}
	}
	return out
}

// compare reports objects that are missing, that nobody rendered, or that differ.
func compare(want []*manifest.Object, got resmap.ResMap) []string {
	var out []string
	rest := map[manifest.ID][]byte{}
	for _, r := range got.Resources() {
		id := manifest.ID{Group: r.GetGvk().Group, Kind: r.GetKind(), Namespace: r.GetNamespace(), Name: r.GetName()}
		b, err := r.MarshalJSON()
		if _, twice := rest[id]; err != nil || twice {
			out = append(out, fmt.Sprintf("%s: built twice, or %v", id, err))
		}
		rest[id] = b
	}
	for _, o := range want {
		b, there := rest[o.ID]
		if !there {
			out = append(out, o.ID.String()+" is not built")
			continue
		}
		delete(rest, o.ID)
		if err := equal(o, b); err != nil {
			out = append(out, fmt.Sprintf("%s: %v", o.ID, err))
		}
	}
	for id := range rest {
		out = append(out, id.String()+" is built, but was not rendered")
	}
	slices.Sort(out)
	return out
}

// equal compares an object with built JSON twice: as JSON, by the bytes that we
// write, and as its Go type, by the value that we hold.
func equal(o *manifest.Object, built []byte) error {
	b, err := o.YAML()
	if err != nil {
		return err
	}
	var want, got any
	if err := yaml.Unmarshal(b, &want); err != nil {
		return err
	}
	if err := json.Unmarshal(built, &got); err != nil {
		return err
	}
	if !reflect.DeepEqual(want, got) {
		return fmt.Errorf("differs from what is written")
	}
	if o.Verbatim != nil {
		return nil // what is written is all we have
	}
	if held, ok := o.Value.(map[string]any); ok {
		if b, err = json.Marshal(held); err != nil {
			return err
		}
		if err = json.Unmarshal(b, &want); err != nil {
			return err
		}
		if !reflect.DeepEqual(want, got) {
			return fmt.Errorf("differs from what was rendered")
		}
		return nil
	}
	into := reflect.New(reflect.TypeOf(o.Value).Elem()).Interface()
	strict, err := kjson.UnmarshalStrict(built, into)
	if err := errors.Join(append(strict, err)...); err != nil {
		return fmt.Errorf("decode: %w", err)
	}
	if !apiequality.Semantic.DeepEqual(o.Value, into) {
		return fmt.Errorf("differs from what was rendered")
	}
	return nil
}

func TestUnitsBuildToWhatWasRendered(t *testing.T) {
	each(t, func(t *testing.T, name string) {
		root, set := write(t, name)
		require.NotEmpty(t, set.Units)
		for name, build := range builders() {
			t.Run(name, func(t *testing.T) { require.Empty(t, built(root, set, build)) })
		}
	})
}

func TestBuildNotices(t *testing.T) {
	const app = "flux-system/turingpi/photos/immich/app/"
	root, set := write(t, reference)
	immich := set.Units[slices.IndexFunc(set.Units, func(u *manifest.Unit) bool { return u.Name == "immich" })]
	require.Empty(t, built(root, &manifest.Set{Units: []*manifest.Unit{immich}}, withFlux))
	for _, m := range []struct {
		name   string
		mutate func(t *testing.T, root string, u *manifest.Unit)
		want   string
	}{
		{"a missing file", func(t *testing.T, root string, _ *manifest.Unit) {
			require.NoError(t, os.Remove(filepath.Join(root, app, "service.yaml")))
		}, "service.yaml"},
		{"a file that is not listed", edit(app+"kustomization.yaml", "- service.yaml\n", ""), "unit immich: Service photos/immich-server is not built"},
		{"a changed value", edit(app+"statefulset.yaml", "replicas: 1", "replicas: 2"), "unit immich: StatefulSet.apps photos/immich-postgres: differs from what is written"},
		{"an object of nobody", edit(app+"service.yaml", "# apps.immich.workloads.ml\n", "apiVersion: v1\nkind: Service\nmetadata:\n  name: other\n  namespace: photos\n---\n"), "unit immich: Service photos/other is built, but was not rendered"},
		{"a transformer", edit(app+"kustomization.yaml", "resources:\n", "nameSuffix: -x\nresources:\n"), "unit immich: Service photos/immich-server is not built"},
		{"a changed secret", edit(app+"immich.sops.yaml", "  password: ENC[", "  password: ENC[x"), "unit immich: Secret photos/immich: differs from what is written"},
		{"another unit's path", func(_ *testing.T, _ string, u *manifest.Unit) {
			u.Flux.Value.(*kustomizev1.Kustomization).Spec.Path = "./flux-system/turingpi/office/penpot/app"
		}, "unit immich: StatefulSet.apps office/penpot-postgres is built, but was not rendered"},
		{"a file out of the root", func(t *testing.T, root string, _ *manifest.Unit) {
			outside := filepath.Join(t.TempDir(), "service.yaml")
			require.NoError(t, os.Rename(filepath.Join(root, app, "service.yaml"), outside))
			require.NoError(t, os.Symlink(outside, filepath.Join(root, app, "service.yaml")))
		}, "service.yaml"},
	} {
		t.Run(m.name, func(t *testing.T) {
			for name, build := range builders() {
				dir, unit := t.TempDir(), *immich
				require.NoError(t, copyTree(dir, root))
				flux := *immich.Flux
				flux.Value = immich.Flux.Value.(*kustomizev1.Kustomization).DeepCopy()
				unit.Flux = &flux
				m.mutate(t, dir, &unit)
				require.Contains(t, strings.Join(built(dir, &manifest.Set{Units: []*manifest.Unit{&unit}}, build), "\n"), m.want, name)
			}
		})
	}
}

// edit replaces text that must be in a file.
func edit(name, from, to string) func(t *testing.T, root string, u *manifest.Unit) {
	return func(t *testing.T, root string, _ *manifest.Unit) {
		t.Helper()
		full := filepath.Join(root, filepath.FromSlash(name))
		b, err := os.ReadFile(full)
		require.NoError(t, err)
		require.Contains(t, string(b), from)
		require.NoError(t, os.WriteFile(full, []byte(strings.Replace(string(b), from, to, 1)), 0o600))
	}
}
