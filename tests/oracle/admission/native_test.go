package admission

import (
	"os"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	admissionv1 "k8s.io/api/admissionregistration/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"

	policies "stillsuit.dev/policies/admission"
	"stillsuit.dev/policies/library/fixture"
)

// TestLibrary gives the native form of each policy the objects of the library, and what
// would make such pods. The API server's plugin refuses what they declare, and the same
// as the check does.
func TestLibrary(t *testing.T) {
	dir := os.DirFS("../../../policies/library")
	folders, err := fixture.Read(dir)
	require.NoError(t, err)
	namespaces, err := fixture.Objects(dir, "namespaces.yaml")
	require.NoError(t, err)
	given := inCluster(t)
	judge := bound(t, given, namespaces, admissionv1.Warn)
	deny := bound(t, given, namespaces, admissionv1.Deny)
	check := evaluator(t, given)
	declared, made, refused := 0, 0, 0
	for _, f := range folders {
		if !slices.ContainsFunc(given, func(p *policies.Policy) bool { return p.Name == f.Name }) {
			continue
		}
		var objects []map[string]any
		for _, c := range slices.Concat(f.Good, f.Bad) {
			said := judge.ask(t, c.Object, "someone")
			failed := len(said[f.Name]) + len(said[f.Name+"-controllers"]) + len(said[f.Name+"-cronjobs"])
			require.Len(t, c.Fails, failed, "%s: %s: %v", f.Name, name(c.Object), said)
			declared++
			if len(c.Fails) > 0 {
				_, err := deny.validate(t, c.Object, nil, "someone")
				require.Error(t, err, "%s: %s", f.Name, name(c.Object))
			}
			objects = append(objects, c.Object)
			if c.Object["kind"] == "Pod" {
				objects = append(objects, around(t, c.Object)...)
			}
		}
		for object, want := range checked(t, check, objects, namespaces) {
			said := judge.ask(t, objects[object], flux)
			require.Equal(t, want, said, "%s: %s", f.Name, name(objects[object]))
			_, err := deny.validate(t, objects[object], nil, flux)
			require.Equal(t, len(want) > 0, err != nil)
			made++
			refused += len(want)
		}
	}
	require.Greater(t, declared, 200)
	require.Greater(t, refused, 200)
	t.Logf("%d objects as declared; %d objects as the check says, with %d refusals", declared, made, refused)
}

// TestWorkspaceHosts shows that the rules which every workspace has hold at least what the
// library's policy workspace-hosts does, which is therefore not rendered beside them.
func TestWorkspaceHosts(t *testing.T) {
	folders, err := fixture.Read(os.DirFS("../../../policies/library"))
	require.NoError(t, err)
	i := slices.IndexFunc(folders, func(f fixture.Folder) bool { return f.Name == "workspace-hosts" })
	workspaces := judge{started(t, rendered(t))}
	ask := func(c fixture.Case) error {
		o := runtime.DeepCopyJSON(normal(t, c.Object))
		unstructured.RemoveNestedField(o, "metadata", "annotations") // those of fixtures are refused too
		if (&unstructured.Unstructured{Object: o}).GetNamespace() == "home" {
			unstructured.SetNestedField(o, "free", "metadata", "namespace")
		}
		_, err := workspaces.validate(t, o, nil, "someone")
		return err
	}
	for _, c := range folders[i].Good {
		require.NoError(t, ask(c))
	}
	for _, c := range folders[i].Bad {
		require.ErrorContains(t, ask(c), "ValidatingAdmissionPolicy 'workspace-sandbox-ingresses'")
	}
}

// TestUpdates changes objects that were there before the policies were.
func TestUpdates(t *testing.T) {
	namespaces, err := fixture.Objects(os.DirFS("../../../policies/library"), "namespaces.yaml")
	require.NoError(t, err)
	deny := bound(t, inCluster(t), namespaces, admissionv1.Deny)
	pod := map[string]any{
		"apiVersion": "v1", "kind": "Pod", "metadata": map[string]any{"name": "old", "namespace": "home", "finalizers": []any{"batch.kubernetes.io/job-tracking"}},
		"spec": map[string]any{"containers": []any{map[string]any{"name": "main", "image": "docker.io/library/busybox:latest"}}},
	}
	replicas := around(t, pod)[0]
	for _, c := range []struct {
		what   string
		before map[string]any
		change func(o map[string]any)
		denied bool
	}{
		{"its finalizer is removed", pod, func(o map[string]any) { delete(o["metadata"].(map[string]any), "finalizers") }, false},
		{"its image is another", pod, func(o map[string]any) {
			o["spec"].(map[string]any)["containers"].([]any)[0].(map[string]any)["image"] = "docker.io/library/alpine:latest"
		}, true},
		{"it shrinks", replicas, func(o map[string]any) { o["spec"].(map[string]any)["replicas"] = int64(0) }, false},
		{"its pods are others", replicas, func(o map[string]any) {
			o["spec"].(map[string]any)["template"].(map[string]any)["spec"].(map[string]any)["hostNetwork"] = true
		}, true},
	} {
		_, err := deny.validate(t, c.before, nil, flux)
		require.Error(t, err, "it could not be made today")
		after := runtime.DeepCopyJSON(c.before)
		c.change(after)
		_, err = deny.validate(t, after, c.before, flux)
		require.Equal(t, c.denied, err != nil, "%s: %v", c.what, err)
	}
}
