package policies_test

import (
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/tools/txtar"
	appsv1 "k8s.io/api/apps/v1"
	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"stillsuit.dev/generator"
	"stillsuit.dev/generator/manifest"
	"stillsuit.dev/inventory"
	"stillsuit.dev/policies/admission"
	lib "stillsuit.dev/policies/library"
)

// rendered renders an archive, laid over the base, with a library.
func rendered(t *testing.T, library fs.FS, over *txtar.Archive) *inventory.Subject {
	t.Helper()
	dir := t.TempDir()
	base, err := txtar.ParseFile("testdata/base/base.txtar")
	require.NoError(t, err)
	for _, archive := range []*txtar.Archive{base, over} {
		for _, f := range archive.Files {
			at := filepath.Join(dir, filepath.FromSlash(f.Name))
			require.NoError(t, os.MkdirAll(filepath.Dir(at), 0o755))
			require.NoError(t, os.WriteFile(at, f.Data, 0o644))
		}
	}
	repo, err := generator.Open(dir, &generator.Options{Library: library})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, repo.Close()) })
	cluster, findings, err := generator.Load(t.Context(), repo, "demo")
	require.NoError(t, err)
	require.NotNil(t, cluster, findings)
	rendering, _, err := generator.Render(cluster)
	require.NoError(t, err)
	return inventory.Declared(cluster.Desired, rendering.Set, repo.Lock(), repo.Source)
}

// made is an object that a controller makes from a template, in the cluster.
func made(kind, apiVersion, name string, value any) *manifest.Object {
	group := ""
	if apiVersion != "v1" {
		group = filepath.Dir(apiVersion)
	}
	return &manifest.Object{ID: manifest.ID{Group: group, Kind: kind, Namespace: "home", Name: name}, APIVersion: apiVersion, Value: value}
}

// ofPods are what the controllers make for an object of the tree: their labels are
// those of the pods (kubernetes v1.36, pkg/controller; for a Job, pkg/apis/batch/v1).
func ofPods(o *manifest.Object) []*manifest.Object {
	meta := func(template corev1.PodTemplateSpec, hash string) metav1.ObjectMeta {
		m := metav1.ObjectMeta{Name: o.Name + "-x7k2p", Namespace: o.Namespace, Labels: maps.Clone(template.Labels)}
		m.Labels[hash] = "x7k2p"
		return m
	}
	pod := func(template corev1.PodTemplateSpec, hash string) *manifest.Object {
		m := meta(template, hash)
		return made("Pod", "v1", m.Name, &corev1.Pod{TypeMeta: metav1.TypeMeta{APIVersion: "v1", Kind: "Pod"}, ObjectMeta: m, Spec: template.Spec})
	}
	switch v := o.Value.(type) {
	case *appsv1.Deployment:
		m := meta(v.Spec.Template, "pod-template-hash")
		return []*manifest.Object{pod(v.Spec.Template, "pod-template-hash"), made("ReplicaSet", "apps/v1", m.Name, &appsv1.ReplicaSet{
			TypeMeta: metav1.TypeMeta{APIVersion: "apps/v1", Kind: "ReplicaSet"}, ObjectMeta: m, Spec: appsv1.ReplicaSetSpec{Template: v.Spec.Template},
		})}
	case *batchv1.CronJob:
		template := v.Spec.JobTemplate.Spec.Template
		m := meta(template, "batch.kubernetes.io/controller-uid")
		return []*manifest.Object{pod(template, "batch.kubernetes.io/controller-uid"), made("Job", "batch/v1", m.Name, &batchv1.Job{
			TypeMeta: metav1.TypeMeta{APIVersion: "batch/v1", Kind: "Job"}, ObjectMeta: m, Spec: v.Spec.JobTemplate.Spec,
		})}
	}
	return nil
}

// TestExceptionsInTheCluster asks the rendered policies about what controllers make of
// the tree, with nothing but the PolicyExceptions that are rendered.
func TestExceptionsInTheCluster(t *testing.T) {
	archive, err := txtar.ParseFile("testdata/exempt.txtar")
	require.NoError(t, err)
	subject := rendered(t, os.DirFS(library), archive)
	var asked []*manifest.Object
	var given []*admission.Policy
	var exceptions []*admission.Exception
	for _, o := range subject.Objects {
		switch b, err := o.YAML(); o.Kind {
		case "ValidatingPolicy":
			require.NoError(t, err)
			p, err := admission.Parse(b)
			require.NoError(t, err)
			given = append(given, p)
		case "PolicyException":
			require.NoError(t, err)
			e, err := admission.ParseException(o)
			require.NoError(t, err)
			exceptions = append(exceptions, e)
		}
		asked = append(asked, ofPods(o)...)
	}
	require.Len(t, given, 1, "what the check asks alone is not rendered")
	evaluator, unasked, err := admission.NewEvaluator(given)
	require.NoError(t, err)
	require.Empty(t, unasked)
	stranger := made("Pod", "v1", "stranger", &corev1.Pod{
		TypeMeta:   metav1.TypeMeta{APIVersion: "v1", Kind: "Pod"},
		ObjectMeta: metav1.ObjectMeta{Name: "stranger", Namespace: "home", Labels: map[string]string{"app.kubernetes.io/name": "two"}},
		Spec:       corev1.PodSpec{Containers: []corev1.Container{{Name: "main"}}},
	})
	elsewhere := made("Pod", "v1", "one-x7k2p", &corev1.Pod{
		TypeMeta:   metav1.TypeMeta{APIVersion: "v1", Kind: "Pod"},
		ObjectMeta: metav1.ObjectMeta{Name: "one-x7k2p", Namespace: "elsewhere", Labels: map[string]string{"app.kubernetes.io/name": "one"}},
		Spec:       corev1.PodSpec{Containers: []corev1.Container{{Name: "main"}}},
	})
	elsewhere.Namespace = "elsewhere"
	world, err := admission.NewWorld(append(asked, stranger, elsewhere), nil)
	require.NoError(t, err)
	verdicts, _, err := evaluator.Ask(world, exceptions)
	require.NoError(t, err)
	got := map[string]admission.Outcome{}
	for _, v := range verdicts {
		got[v.Object.String()] = v.Outcome
	}
	require.Equal(t, map[string]admission.Outcome{
		"Pod home/one-x7k2p": admission.Skip, "ReplicaSet.apps home/one-x7k2p": admission.Skip,
		"Pod home/raw-x7k2p": admission.Skip, "ReplicaSet.apps home/raw-x7k2p": admission.Skip,
		"Pod home/two-exempt-x7k2p": admission.Skip, "Job.batch home/two-exempt-x7k2p": admission.Skip,
		"Pod home/two-patched-x7k2p": admission.Fail, "ReplicaSet.apps home/two-patched-x7k2p": admission.Fail,
		"Pod home/stranger": admission.Fail, "Pod elsewhere/one-x7k2p": admission.Fail,
	}, got)
}

// TestExemptionsAreExact renders an app with each exemption, and asks all policies of
// the library: those that it fails by that, and no others, are those that it is let off.
func TestExemptionsAreExact(t *testing.T) {
	all, err := admission.Load(lib.FS)
	require.NoError(t, err)
	exempt := map[string]string{
		"plain": "", "writableRoot": `exempt: writableRoot: "x"`, "imageUser": `exempt: imageUser: "x"`, "escalation": `exempt: escalation: "x"`,
		"capabilities": `exempt: capabilities: "x"`, "seccomp": `exempt: seccomp: "x"`, "privileged": `exempt: privileged: "x"`, "ready": `ready: off: "x"`,
	}
	cue := "package demo\n"
	for i, field := range slices.Sorted(maps.Keys(exempt)) {
		cue += fmt.Sprintf("apps: a%d: {namespace: \"n%[1]d\", containers: main: {image: \"docker.io/library/redis:8\", ports: redis: 6379, requests: memory: \"8Mi\", limits: memory: \"16Mi\"\n%s}}\n", i, exempt[field])
	}
	subject := rendered(t, lib.FS, &txtar.Archive{Files: []txtar.File{{Name: "clusters/demo/apps.cue", Data: []byte(cue)}}})
	for i, p := range all {
		all[i] = p.With(subject.Parameters)
	}
	evaluator, unasked, err := admission.NewEvaluator(all)
	require.NoError(t, err)
	require.Empty(t, unasked)
	world, err := admission.NewWorld(subject.Objects, nil)
	require.NoError(t, err)
	verdicts, _, err := evaluator.Ask(world, nil)
	require.NoError(t, err)
	fails := map[string][]string{}
	for _, v := range verdicts {
		if v.Outcome != admission.Pass && len(v.Object.Origin) > 1 {
			fails[v.Object.Origin[1]] = append(fails[v.Object.Origin[1]], v.Policy.Name)
		}
	}
	plain := slices.Sorted(maps.Keys(exempt))
	for i, field := range plain {
		want := slices.Clone(fails[fmt.Sprintf("a%d", slices.Index(plain, "plain"))])
		for _, p := range all {
			if slices.Contains(p.Exempt, field) {
				want = append(want, p.Name)
			}
		}
		require.ElementsMatch(t, want, fails[fmt.Sprintf("a%d", i)], field)
	}
	require.Contains(t, fails[fmt.Sprintf("a%d", slices.Index(plain, "writableRoot"))], "read-only-root")
}
