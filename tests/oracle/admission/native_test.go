package admission

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	admissionv1 "k8s.io/api/admissionregistration/v1"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apiserver/pkg/admission"
	"k8s.io/apiserver/pkg/admission/plugin/policy/validating"
	"k8s.io/apiserver/pkg/authentication/user"
	"k8s.io/apiserver/pkg/warning"
	"k8s.io/client-go/kubernetes/scheme"

	"stillsuit.dev/generator/manifest"
	policies "stillsuit.dev/policies/admission"
	"stillsuit.dev/policies/library"
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

// flux is who applies the tree.
const flux = "system:serviceaccount:flux-system:kustomize-controller"

// inCluster are the policies of the library that a cluster may be asked.
func inCluster(t *testing.T) []*policies.Policy {
	t.Helper()
	all, err := policies.Load(library.FS)
	require.NoError(t, err)
	all = slices.DeleteFunc(all, func(p *policies.Policy) bool { return p.Where == policies.InCI })
	require.Greater(t, len(all), 30)
	return all
}

// judge is the API server's plugin in a cluster with policies.
type judge struct{ plugin *validating.Plugin }

// bound is a judge by the native form of policies.
func bound(t *testing.T, given []*policies.Policy, namespaces []map[string]any, action admissionv1.ValidationAction) judge {
	t.Helper()
	var objects []runtime.Object
	for _, p := range given {
		all, err := policies.Native(p)
		require.NoError(t, err)
		for _, v := range all {
			objects = append(objects, v, &admissionv1.ValidatingAdmissionPolicyBinding{
				ObjectMeta: metav1.ObjectMeta{Name: v.Name},
				Spec:       admissionv1.ValidatingAdmissionPolicyBindingSpec{PolicyName: v.Name, ValidationActions: []admissionv1.ValidationAction{action}},
			})
		}
	}
	for _, n := range namespaces {
		objects = append(objects, typed(t, n))
	}
	return judge{started(t, objects)}
}

// ask gives what each policy says of an object that is created, a message for each
// validation that fails.
func (j judge) ask(t *testing.T, o map[string]any, as string) map[string][]string {
	t.Helper()
	said, err := j.validate(t, o, nil, as)
	require.NoError(t, err)
	return said
}

func (j judge) validate(t *testing.T, o, before map[string]any, as string) (map[string][]string, error) {
	t.Helper()
	object, operation := typed(t, o), admission.Create
	var old runtime.Object
	if before != nil {
		operation, old = admission.Update, typed(t, before)
	}
	gvk := object.GetObjectKind().GroupVersionKind()
	resource, _ := meta.UnsafeGuessKindToResource(gvk)
	m, err := meta.Accessor(object)
	require.NoError(t, err)
	namespace := m.GetNamespace()
	if gvk.Kind == "Namespace" {
		namespace = m.GetName() // as the API server has it
	}
	said := recorder{}
	err = j.plugin.Validate(warning.WithWarningRecorder(t.Context(), said),
		admission.NewAttributesRecord(object, old, gvk, namespace, m.GetName(), resource, "", operation, nil, false, &user.DefaultInfo{Name: as}),
		admission.NewObjectInterfacesFromScheme(scheme.Scheme))
	for _, messages := range said {
		slices.Sort(messages)
	}
	return said, err
}

// recorder holds the messages of warnings by policy.
type recorder map[string][]string

// AddWarning reads how the plugin words a failure.
func (r recorder) AddWarning(_, text string) {
	head, message, _ := strings.Cut(text, "': ")
	_, policy, _ := strings.Cut(head, "ValidatingAdmissionPolicy '")
	policy, _, _ = strings.Cut(policy, "' with binding '")
	r[policy] = append(r[policy], message)
}

var _ warning.Recorder = recorder{}

// checked is what the check says of objects, in the words of the native form.
func checked(t *testing.T, by *policies.Evaluator, objects, namespaces []map[string]any) []map[string][]string {
	t.Helper()
	all := make([]*manifest.Object, 0, len(objects))
	index := map[*manifest.Object]int{}
	for i, o := range objects {
		m := object(o)
		all, index[m] = append(all, m), i
	}
	var beside []*manifest.Object
	for _, n := range namespaces {
		beside = append(beside, object(n))
	}
	out := make([]map[string][]string, len(objects))
	for i := range out {
		out[i] = map[string][]string{}
	}
	for _, v := range verdicts(t, by, all, beside) {
		if v.Outcome != policies.Fail {
			require.NotEqual(t, policies.Error, v.Outcome, "%s: %s", v.Policy.Name, v.Object.ID)
			continue
		}
		form := v.Policy.Name + map[string]string{"": "", "defaults": "-controllers", "cronjobs": "-cronjobs"}[v.Form]
		said := out[index[v.Object]]
		for i, r := range v.Results {
			if r.Outcome == policies.Fail {
				said[form] = append(said[form], r.Message+". "+mend(v.Policy, i))
			}
		}
		slices.Sort(said[form])
	}
	return out
}

func mend(p *policies.Policy, validation int) string {
	if said, ok := p.Mend[validation]; ok {
		return said
	}
	return p.Mend[-1]
}

func evaluator(t *testing.T, given []*policies.Policy) *policies.Evaluator {
	t.Helper()
	out, unasked, err := policies.NewEvaluator(given)
	require.NoError(t, err)
	require.Empty(t, unasked)
	return out
}

func verdicts(t *testing.T, by *policies.Evaluator, objects, beside []*manifest.Object) []*policies.Verdict {
	t.Helper()
	world, err := policies.NewWorld(objects, beside)
	require.NoError(t, err)
	out, unasked, err := by.Ask(world, nil)
	require.NoError(t, err)
	require.Empty(t, unasked)
	return out
}

// object is an object of a tree.
func object(o map[string]any) *manifest.Object {
	u := unstructured.Unstructured{Object: o}
	gvk := u.GroupVersionKind()
	return &manifest.Object{
		ID:         manifest.ID{Group: gvk.Group, Kind: gvk.Kind, Namespace: u.GetNamespace(), Name: u.GetName()},
		APIVersion: u.GetAPIVersion(), Value: o,
	}
}

func name(o map[string]any) string {
	u := unstructured.Unstructured{Object: o}
	return u.GetKind() + " " + u.GetNamespace() + "/" + u.GetName()
}

// typed is an object as the API server has it at admission: of its Go type, where that
// is Kubernetes' own, in a namespace, and with what every namespace is labelled with.
func typed(t *testing.T, o map[string]any) runtime.Object {
	t.Helper()
	u := &unstructured.Unstructured{Object: runtime.DeepCopyJSON(normal(t, o))}
	gvk := u.GroupVersionKind()
	if !strings.HasPrefix(gvk.Kind, "Cluster") && gvk.Kind != "Namespace" && u.GetNamespace() == "" {
		u.SetNamespace(metav1.NamespaceDefault)
	}
	if gvk.Kind == "Namespace" {
		labels := maps.Clone(u.GetLabels())
		if labels == nil {
			labels = map[string]string{}
		}
		labels[corev1.LabelMetadataName] = u.GetName()
		u.SetLabels(labels)
	}
	into, err := scheme.Scheme.New(gvk)
	if runtime.IsNotRegisteredError(err) {
		return u
	}
	require.NoError(t, err)
	require.NoError(t, runtime.DefaultUnstructuredConverter.FromUnstructured(u.Object, into))
	into.GetObjectKind().SetGroupVersionKind(gvk)
	return into
}

// normal is an object with JSON's types.
func normal(t *testing.T, o map[string]any) map[string]any {
	t.Helper()
	b, err := json.Marshal(o)
	require.NoError(t, err)
	u := &unstructured.Unstructured{}
	require.NoError(t, u.UnmarshalJSON(b))
	return u.Object
}

// around are what makes a pod: a ReplicaSet, a Deployment, a Job and a CronJob.
func around(t *testing.T, pod map[string]any) []map[string]any {
	t.Helper()
	pod = normal(t, pod)
	u := unstructured.Unstructured{Object: pod}
	template := map[string]any{"metadata": map[string]any{"labels": map[string]any{"app": "x"}}, "spec": pod["spec"]}
	if labels := u.GetLabels(); len(labels) > 0 {
		template["metadata"] = map[string]any{"labels": pod["metadata"].(map[string]any)["labels"]}
	}
	made := func(version, kind string, spec map[string]any) map[string]any {
		return runtime.DeepCopyJSON(map[string]any{
			"apiVersion": version, "kind": kind, "metadata": map[string]any{"name": fmt.Sprintf("%s-%s", u.GetName(), strings.ToLower(kind)), "namespace": u.GetNamespace()}, "spec": spec,
		})
	}
	selector := map[string]any{"matchLabels": map[string]any{"app": "x"}}
	return []map[string]any{
		made("apps/v1", "ReplicaSet", map[string]any{"replicas": int64(1), "selector": selector, "template": template}),
		made("apps/v1", "Deployment", map[string]any{"selector": selector, "template": template}),
		made("batch/v1", "Job", map[string]any{"template": template}),
		made("batch/v1", "CronJob", map[string]any{"schedule": "0 3 * * *", "concurrencyPolicy": "Forbid", "jobTemplate": map[string]any{"spec": map[string]any{"activeDeadlineSeconds": int64(60), "template": template}}}),
	}
}
