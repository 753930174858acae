package admission_test

import (
	"maps"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/tools/txtar"
	appsv1 "k8s.io/api/apps/v1"
	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"stillsuit.dev/generator"
	"stillsuit.dev/generator/manifest"
	"stillsuit.dev/policies"
	"stillsuit.dev/policies/admission"
)

// rendered renders an archive of testdata, laid over the base, with the library.
func rendered(t *testing.T, file string) *policies.Subject {
	t.Helper()
	dir, library := t.TempDir(), os.DirFS("testdata/library")
	for _, name := range []string{"testdata/base/base.txtar", file} {
		archive, err := txtar.ParseFile(name)
		require.NoError(t, err)
		for _, f := range archive.Files {
			at := filepath.Join(dir, filepath.FromSlash(f.Name))
			require.NoError(t, os.MkdirAll(filepath.Dir(at), 0o755))
			require.NoError(t, os.WriteFile(at, f.Data, 0o644))
		}
	}
	repo, err := generator.Open(dir, &generator.Options{Library: library})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, repo.Close()) })
	cluster, _, err := generator.Load(t.Context(), repo, "demo")
	require.NoError(t, err)
	rendering, _, err := generator.Render(cluster)
	require.NoError(t, err)
	return policies.Declared(cluster.Desired, rendering.Set, repo.Lock(), repo.Source)
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
	subject := rendered(t, "testdata/exempt.txtar")
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
		require.LessOrEqual(t, len(v.Exceptions), 1)
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
