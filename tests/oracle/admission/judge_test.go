package admission

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

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

	"stillsuit.dev/cmd/stillsuit-gen/native"
	"stillsuit.dev/generator/manifest"
	policies "stillsuit.dev/policies/admission"
	"stillsuit.dev/policies/library"
)

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

// judge is the API server's plugin in a cluster with policies. Objects that say nothing
// else are created on a day of 2026.
type judge struct{ plugin *validating.Plugin }

func today() metav1.Time { return metav1.NewTime(time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC)) }

// bound is a judge by the native form of policies.
func bound(t *testing.T, given []*policies.Policy, namespaces []map[string]any, action admissionv1.ValidationAction) judge {
	t.Helper()
	var objects []runtime.Object
	for _, p := range given {
		all, err := native.Of(p)
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
	for _, o := range objects {
		all = append(all, object(o))
	}
	var beside []*manifest.Object
	for _, n := range namespaces {
		beside = append(beside, object(n))
	}
	return told(t, verdicts(t, by, all, beside), all)
}

// told are the messages of verdicts about objects, each with what to do.
func told(t *testing.T, all []*policies.Verdict, objects []*manifest.Object) []map[string][]string {
	t.Helper()
	index := map[*manifest.Object]int{}
	for i, o := range objects {
		index[o] = i
	}
	out := make([]map[string][]string, len(objects))
	for i := range out {
		out[i] = map[string][]string{}
	}
	for _, v := range all {
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
// is Kubernetes' own, in a namespace, with the time of its creation, and with what every
// namespace is labelled with.
func typed(t *testing.T, o map[string]any) runtime.Object {
	t.Helper()
	u := &unstructured.Unstructured{Object: runtime.DeepCopyJSON(normal(t, o))}
	gvk := u.GroupVersionKind()
	wide := []string{"CustomResourceDefinition", "Namespace", "PriorityClass", "StorageClass", "ValidatingAdmissionPolicy", "ValidatingAdmissionPolicyBinding"}
	if !strings.HasPrefix(gvk.Kind, "Cluster") && !slices.Contains(wide, gvk.Kind) && u.GetNamespace() == "" {
		u.SetNamespace(metav1.NamespaceDefault)
	}
	if created := u.GetCreationTimestamp(); created.IsZero() {
		u.SetCreationTimestamp(today())
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
