package e2e_test

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"time"

	"github.com/stretchr/testify/require"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/client-go/kubernetes/scheme"

	"stillsuit.dev/checks/change"
	"stillsuit.dev/finding"
	"stillsuit.dev/generator"
	"stillsuit.dev/generator/manifest"
	"stillsuit.dev/inventory"
	"stillsuit.dev/policies/library"
)

// edits renders each input of tests/golden/changes as it was and as it is, gives the API
// server the one and asks for the other, and wants those objects refused of which
// package change says so, and no others: what is changed every day is among them.
func (s *scenario) edits() {
	s.Helper()
	began := time.Now()
	archives, err := filepath.Glob(filepath.Join(repository, "tests", "golden", "changes", "*.txtar"))
	require.NoError(s, err)
	asked, refused := 0, 0
	var wrong []string
	made := map[string]*unstructured.Unstructured{}
	for _, name := range archives {
		text, err := os.ReadFile(name)
		require.NoError(s, err)
		files := archived(string(text))
		base, head := s.side(files, true), s.side(files, false)
		found, err := change.Compare(base, head)
		require.NoError(s, err)
		suffix := "-" + strings.TrimSuffix(filepath.Base(name), ".txtar")
		before := inventory.ByID(base.Objects)
		var were, are []*unstructured.Unstructured // those that are given, and asked for
		for _, o := range slices.Concat(base.Objects, head.Objects) {
			if o.Kind == "Namespace" || o.Kind == "StorageClass" {
				were = append(were, s.own(o, suffix))
			}
		}
		for _, o := range head.Objects {
			u, was := s.own(o, suffix), before[o.ID]
			if u == nil || was != nil && reflect.DeepEqual(u, s.own(was, suffix)) {
				continue
			}
			if was != nil {
				were = append(were, s.own(was, suffix))
			}
			are = append(are, u)
		}
		s.give(were)
		for _, u := range were {
			made[called(u)] = u
		}
		for _, u := range are {
			called := manifest.ID{Kind: u.GetKind(), Namespace: strings.TrimSuffix(u.GetNamespace(), suffix), Name: strings.TrimSuffix(u.GetName(), suffix)}.DisplayName()
			about := slices.DeleteFunc(slices.Clone(found), func(f finding.Finding) bool { return !strings.Contains(f.Problem+" ", called+" ") })
			told := slices.ContainsFunc(about, func(f finding.Finding) bool { return f.Code == "change/refused" })
			anew := u.GetAnnotations()["kustomize.toolkit.fluxcd.io/force"] != ""
			err := s.Apply(u, true)
			asked++
			if err != nil {
				refused++
			}
			switch {
			case err != nil && !apierrors.IsInvalid(err) && !apierrors.IsForbidden(err),
				!anew && told != (err != nil) && (told || len(about) == 0): // others are those that may be
				wrong = append(wrong, fmt.Sprintf("%s: %s: check says %v and the API server %v", suffix, called, about, err))
			}
		}
	}
	for _, u := range made {
		if u.GetNamespace() == "" { // with a namespace goes what is in it
			require.NoError(s, s.Remove(u))
		}
	}
	require.Empty(s, wrong, strings.Join(wrong, "\n"))
	require.Greater(s, refused, len(archives))
	s.figures.add("edits of CUE", "%d objects asked for in %.0f s: %d refused, as `stillsuit check --base` says", asked, time.Since(began).Seconds(), refused)
}

// archived are the files of a txtar archive, by name.
func archived(text string) map[string]string {
	out := map[string]string{}
	name := ""
	for line := range strings.Lines(text) {
		if marker, is := strings.CutPrefix(strings.TrimSpace(line), "-- "); is && strings.HasSuffix(marker, " --") {
			name = strings.TrimSuffix(marker, " --")
			continue
		}
		out[name] += line
	}
	delete(out, "") // what is said about it
	return out
}

// side renders what an archive was, or is.
func (s *scenario) side(files map[string]string, before bool) *inventory.Subject {
	s.Helper()
	dir := s.TempDir()
	require.NoError(s, os.CopyFS(dir, os.DirFS(filepath.Join(repository, "tests", "golden", "base"))))
	for _, file := range slices.Sorted(maps.Keys(files)) {
		name, was := strings.CutPrefix(file, "was/")
		if was == before && name != "want" {
			require.NoError(s, os.WriteFile(filepath.Join(dir, filepath.FromSlash(name)), []byte(files[file]), 0o600))
		}
	}
	repo, err := generator.Open(dir, &generator.Options{Library: library.FS})
	require.NoError(s, err)
	defer repo.Close()
	loaded, findings, err := generator.Load(s.Context(), repo, "demo")
	require.NoError(s, err)
	s.noErrors(findings)
	rendered, findings, err := generator.Render(loaded)
	require.NoError(s, err)
	s.noErrors(findings)
	return &inventory.Subject{Objects: rendered.Objects(), Cluster: &loaded.Cluster, Places: nowhere{}}
}

// give makes objects, namespaces first, with a volume for each claim, and waits until the
// claims have them.
func (s *scenario) give(objects []*unstructured.Unstructured) {
	s.Helper()
	for _, first := range []bool{true, false} {
		for _, u := range objects {
			if first == (u.GetKind() == "Namespace") {
				require.NoError(s, s.Apply(u, false), called(u))
			}
			if !first && u.GetKind() == "PersistentVolumeClaim" {
				require.NoError(s, s.Apply(volumeOf(u), false), called(u))
			}
		}
	}
	s.bound(objects)
}

// own is a rendered object of Kubernetes' own kinds, in namespaces of an archive's own;
// nil for one of another kind.
func (s *scenario) own(o *manifest.Object, suffix string) *unstructured.Unstructured {
	s.Helper()
	if o.Verbatim != nil || !scheme.Scheme.IsGroupRegistered(o.Group) {
		return nil
	}
	u := s.object(o)
	if u.GetNamespace() != "" {
		u.SetNamespace(u.GetNamespace() + suffix)
	}
	if u.GetKind() == "Namespace" {
		u.SetName(u.GetName() + suffix)
	}
	return u
}

// volumeOf is a volume for one claim and no other.
func volumeOf(claim *unstructured.Unstructured) *unstructured.Unstructured {
	spec, _, _ := unstructured.NestedMap(claim.Object, "spec")
	size, _, _ := unstructured.NestedFieldNoCopy(spec, "resources", "requests", "storage")
	return &unstructured.Unstructured{Object: map[string]any{
		"apiVersion": "v1", "kind": "PersistentVolume", "metadata": map[string]any{"name": claim.GetNamespace() + "-" + claim.GetName()},
		"spec": map[string]any{
			"capacity": map[string]any{"storage": size}, "accessModes": spec["accessModes"], "storageClassName": spec["storageClassName"],
			"claimRef": map[string]any{"namespace": claim.GetNamespace(), "name": claim.GetName()}, "nfs": map[string]any{"server": "nas.example", "path": "/"},
		},
	}}
}
