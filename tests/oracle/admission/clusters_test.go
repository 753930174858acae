package admission

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	admissionv1 "k8s.io/api/admissionregistration/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	"sigs.k8s.io/yaml"

	"stillsuit.dev/finding"
	"stillsuit.dev/generator"
	"stillsuit.dev/generator/manifest"
	"stillsuit.dev/generator/model"
	policies "stillsuit.dev/policies/admission"
	"stillsuit.dev/policies/library"
)

// TestClusters renders the reference clusters with pods: "none" and gives the API
// server's plugin their own objects. With the exceptions all get in; without them the
// plugin refuses what the check says without exceptions, which is something.
func TestClusters(t *testing.T) {
	refused := 0
	for _, name := range []string{"arrakeen", "turingpi"} {
		tree := natively(t, name)
		within, bare := judge{started(t, tree.rules(true))}, judge{started(t, tree.rules(false))}
		var given []*policies.Policy
		for _, p := range inCluster(t) {
			if tree.chose.Chose(model.PolicyMarks{Name: p.Name, Sets: p.Sets}) && p.Name != "workspace-hosts" {
				given = append(given, p.With(tree.params))
			}
		}
		require.Greater(t, len(given), 35)
		want := told(t, verdicts(t, evaluator(t, given), tree.objects, nil), tree.objects)
		judged := 0
		for i, o := range tree.objects {
			if o.Kind == "Secret" {
				require.Empty(t, want[i])
				continue // encrypted, it is none for the API server, and no policy is about it
			}
			content := contentOf(t, o)
			_, err := within.validate(t, content, nil, flux)
			require.NoError(t, err, "%s: %s", name, o.ID)
			require.Equal(t, want[i], bare.ask(t, content, flux), "%s: %s", name, o.ID)
			judged++
			refused += len(want[i])
		}
		t.Logf("%s: %d objects, %d policies", name, judged, len(given))
	}
	require.Positive(t, refused, "nothing shows that exceptions are needed")
}

// TestExceptionsEnd creates what an exception is about on its last day, and on the next.
// What was there before may be changed.
func TestExceptionsEnd(t *testing.T) {
	tree := natively(t, "arrakeen")
	within := judge{started(t, tree.rules(true))}
	until, err := time.Parse(time.DateOnly, tree.chose.Exceptions["traefik-ports"].Until)
	require.NoError(t, err)
	service := func(change func(u *unstructured.Unstructured)) map[string]any {
		for _, o := range tree.objects {
			if o.Kind == "Service" && o.Name == "traefik-lan" {
				u := &unstructured.Unstructured{Object: contentOf(t, o)}
				u.SetCreationTimestamp(metav1.NewTime(until))
				change(u)
				return u.Object
			}
		}
		require.Fail(t, "there is no such Service")
		return nil
	}
	last := func(u *unstructured.Unstructured) {
		u.SetCreationTimestamp(metav1.NewTime(until.Add(24*time.Hour - time.Second)))
	}
	_, err = within.validate(t, service(last), nil, flux)
	require.NoError(t, err)
	_, err = within.validate(t, service(func(u *unstructured.Unstructured) {
		last(u)
		require.NoError(t, unstructured.SetNestedField(u.Object, "Cluster", "spec", "externalTrafficPolicy"))
	}), service(last), flux)
	require.NoError(t, err)
	for _, change := range []func(u *unstructured.Unstructured){
		func(u *unstructured.Unstructured) { u.SetCreationTimestamp(metav1.NewTime(until.Add(24 * time.Hour))) },
		func(u *unstructured.Unstructured) { u.SetNamespace("voice") },
		func(u *unstructured.Unstructured) { u.SetLabels(nil) },
	} {
		_, err = within.validate(t, service(change), nil, flux)
		require.ErrorContains(t, err, "ValidatingAdmissionPolicy 'node-ports'")
		require.ErrorContains(t, err, "a load balancer must not open a port of the nodes. ")
	}
}

// tree is a cluster that the API server itself holds to what it chose.
type tree struct {
	chose   *model.Policies
	params  map[string]string
	objects []*manifest.Object
}

// natively renders a reference cluster, whatever asks its policies, and as if it denied.
func natively(t *testing.T, name string) tree {
	t.Helper()
	repo, err := generator.Open("../../..", &generator.Options{Library: library.FS})
	require.NoError(t, err)
	defer func() { require.NoError(t, repo.Close()) }()
	cluster, findings, err := generator.Load(t.Context(), repo, name)
	require.NoError(t, err)
	require.Empty(t, findings)
	chose := cluster.Cluster.Policies
	chose.Pods, chose.Action = "none", "Deny"
	rendering, findings, err := generator.Render(cluster)
	require.NoError(t, err)
	worst, some := finding.Worst(findings)
	require.False(t, some && worst == finding.Error, findings)
	return tree{chose, model.Parameters(cluster.Desired, repo.Lock()), rendering.Set.Objects()}
}

// rules are the namespaces of the tree, and the policies with their bindings: with their
// exceptions and refusing, or without exceptions and warning.
func (tr tree) rules(excepting bool) []runtime.Object {
	var out []runtime.Object
	for _, name := range []string{"flux-system", "kube-system"} { // they are there before the tree is
		out = append(out, &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: name, Labels: map[string]string{corev1.LabelMetadataName: name}}})
	}
	for _, o := range tr.objects {
		switch v := o.Value.(type) {
		case *corev1.Namespace:
			v = v.DeepCopy()
			v.Labels[corev1.LabelMetadataName] = v.Name // the API server adds it
			out = append(out, v)
		case *admissionv1.ValidatingAdmissionPolicy:
			v = v.DeepCopy()
			if !excepting {
				var rest []admissionv1.MatchCondition
				for _, c := range v.Spec.MatchConditions {
					if !strings.HasPrefix(c.Name, "except/") {
						rest = append(rest, c)
					}
				}
				v.Spec.MatchConditions = rest
			}
			out = append(out, v)
		case *admissionv1.ValidatingAdmissionPolicyBinding:
			v = v.DeepCopy()
			if !excepting {
				v.Spec.ValidationActions = []admissionv1.ValidationAction{admissionv1.Warn}
			}
			out = append(out, v)
		}
	}
	return out
}

// contentOf is an object as JSON has it.
func contentOf(t *testing.T, o *manifest.Object) map[string]any {
	t.Helper()
	b, err := o.YAML()
	require.NoError(t, err)
	var content map[string]any
	require.NoError(t, yaml.Unmarshal(b, &content))
	return normal(t, content)
}
