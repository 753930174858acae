package admission

import (
	"context"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	admissionv1 "k8s.io/api/admissionregistration/v1"
	appsv1 "k8s.io/api/apps/v1"
	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	"k8s.io/apimachinery/pkg/api/meta"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apiserver/pkg/admission"
	"k8s.io/apiserver/pkg/admission/initializer"
	"k8s.io/apiserver/pkg/admission/plugin/policy/validating"
	"k8s.io/apiserver/pkg/authentication/user"
	"k8s.io/apiserver/pkg/authorization/authorizer"
	"k8s.io/apiserver/pkg/util/compatibility"
	dynamicfake "k8s.io/client-go/dynamic/fake"
	"k8s.io/client-go/informers"
	"k8s.io/client-go/kubernetes/fake"
	"k8s.io/client-go/kubernetes/scheme"
	"k8s.io/component-base/featuregate"
	"sigs.k8s.io/yaml"

	"stillsuit.dev/finding"
	"stillsuit.dev/generator"
	"stillsuit.dev/policies/library"
)

// request is an entry of testdata/requests.yaml, which says what it means.
type request struct {
	Name    string         `json:"name"`
	As      string         `json:"as"`
	Kind    string         `json:"kind"`
	Before  map[string]any `json:"before"`
	Object  map[string]any `json:"object"`
	Refused string         `json:"refused"`
}

// TestWorkspaces gives every request its answer, and shows each rule at work.
func TestWorkspaces(t *testing.T) {
	b, err := os.ReadFile("testdata/requests.yaml")
	require.NoError(t, err)
	var requests []request
	require.NoError(t, yaml.UnmarshalStrict(b, &requests))
	objects := rendered(t)
	plugin := started(t, objects)
	answers := ""
	for _, r := range requests {
		t.Run(r.Kind+"/"+r.Name, func(t *testing.T) {
			err := plugin.Validate(t.Context(), r.attributes(t), admission.NewObjectInterfacesFromScheme(scheme.Scheme))
			if r.Refused == "" {
				require.NoError(t, err)
				return
			}
			require.ErrorContains(t, err, "denied request: ")
			require.ErrorContains(t, err, r.Refused)
			answers += err.Error() + "\n"
		})
	}
	rules := 0
	for _, o := range objects {
		policy, ok := o.(*admissionv1.ValidatingAdmissionPolicy)
		if !ok || !strings.HasPrefix(policy.Name, "workspace-workspace-") {
			continue
		}
		for _, v := range policy.Spec.Validations {
			rules++
			require.Contains(t, answers, v.Message, "no request shows this rule")
		}
	}
	require.Greater(t, rules, 5)
}

// TestUnboundPolicies makes sure that it is the bindings that are tested too.
func TestUnboundPolicies(t *testing.T) {
	var unbound []runtime.Object
	for _, o := range rendered(t) {
		if _, ok := o.(*admissionv1.ValidatingAdmissionPolicyBinding); !ok {
			unbound = append(unbound, o)
		}
	}
	r := request{Name: "web", Kind: "Service", Object: map[string]any{"spec": map[string]any{"type": "LoadBalancer"}}}
	require.NoError(t, started(t, unbound).Validate(t.Context(), r.attributes(t), admission.NewObjectInterfacesFromScheme(scheme.Scheme)))
}

// rendered are the namespaces of testdata/repo, with the policies for them.
func rendered(t *testing.T) []runtime.Object {
	t.Helper()
	repo, err := generator.Open("testdata/repo", &generator.Options{Library: library.FS})
	require.NoError(t, err)
	defer func() { require.NoError(t, repo.Close()) }()
	cluster, findings, err := generator.Load(t.Context(), repo, "demo")
	require.NoError(t, err)
	require.Empty(t, findings)
	rendering, findings, err := generator.Render(cluster)
	require.NoError(t, err)
	worst, any := finding.Worst(findings)
	require.False(t, any && worst == finding.Error, findings)
	var out []runtime.Object
	for _, u := range rendering.Units {
		for _, o := range u.Objects {
			switch v := o.Value.(type) {
			case *corev1.Namespace:
				v = v.DeepCopy()
				v.Labels[corev1.LabelMetadataName] = v.Name // the API server adds it
				out = append(out, v)
			case *admissionv1.ValidatingAdmissionPolicy:
				out = append(out, v)
			case *admissionv1.ValidatingAdmissionPolicyBinding:
				out = append(out, v)
			}
		}
	}
	require.NotEmpty(t, out)
	return out
}

// started is the API server's plugin, in a cluster that holds the objects.
func started(t *testing.T, objects []runtime.Object) *validating.Plugin {
	t.Helper()
	plugin, err := validating.NewPlugin(nil)
	require.NoError(t, err)
	client := fake.NewClientset(objects...)
	factory := informers.NewSharedInformerFactory(client, 0)
	mapper := meta.NewDefaultRESTMapper(nil)
	initializer.New(client, dynamicfake.NewSimpleDynamicClient(scheme.Scheme), factory, authorizer.AuthorizerFunc(everywhere),
		featuregate.NewFeatureGate(), compatibility.DefaultBuildEffectiveVersion(), t.Context().Done(), mapper).Initialize(plugin)
	require.NoError(t, plugin.ValidateInitialization())
	factory.Start(t.Context().Done())
	factory.WaitForCacheSync(t.Context().Done())
	require.True(t, plugin.WaitForReady())
	return plugin
}

// everywhere lets Flux and the controllers of the system do everything, and others
// nothing, as far as rules ask.
func everywhere(_ context.Context, a authorizer.Attributes) (authorizer.Decision, string, error) {
	for _, of := range []string{"flux-system", "kube-system"} {
		if strings.HasPrefix(a.GetUser().GetName(), "system:serviceaccount:"+of+":") {
			return authorizer.DecisionAllow, "", nil
		}
	}
	return authorizer.DecisionNoOpinion, "", nil
}

// attributes are those of the request when it reaches admission.
func (r request) attributes(t *testing.T) admission.Attributes {
	t.Helper()
	who := &user.DefaultInfo{Name: "system:serviceaccount:agents:agent"}
	if r.As != "" {
		who.Name = r.As
	}
	operation := admission.Create
	var before runtime.Object
	if r.Before != nil {
		operation, before = admission.Update, r.typed(t, r.Before)
	}
	fields := r.Object
	if fields == nil {
		fields = r.Before
	}
	object := r.typed(t, fields)
	gvk := object.GetObjectKind().GroupVersionKind()
	resource, _ := meta.UnsafeGuessKindToResource(gvk)
	m, err := meta.Accessor(object)
	require.NoError(t, err)
	if r.Object == nil {
		object, operation = nil, admission.Delete
	}
	return admission.NewAttributesRecord(object, before, gvk, m.GetNamespace(), m.GetName(), resource, "", operation, nil, false, who)
}

// typed is an object of the request, with the fields that all of them share.
func (r request) typed(t *testing.T, fields map[string]any) runtime.Object {
	t.Helper()
	group := corev1.SchemeGroupVersion
	switch r.Kind {
	case "Ingress":
		group = networkingv1.SchemeGroupVersion
	case "Deployment":
		group = appsv1.SchemeGroupVersion
	case "CronJob":
		group = batchv1.SchemeGroupVersion
	}
	into, err := scheme.Scheme.New(group.WithKind(r.Kind))
	require.NoError(t, err)
	b, err := yaml.Marshal(fields)
	require.NoError(t, err)
	require.NoError(t, yaml.UnmarshalStrict(b, into))
	into.GetObjectKind().SetGroupVersionKind(group.WithKind(r.Kind))
	m, err := meta.Accessor(into)
	require.NoError(t, err)
	m.SetName("web")
	if m.GetNamespace() == "" {
		m.SetNamespace("workspace")
	}
	return into
}
