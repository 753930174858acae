package kyverno

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"

	policiesv1beta1 "github.com/kyverno/api/api/policies.kyverno.io/v1beta1"
	celengine "github.com/kyverno/kyverno/pkg/cel/engine"
	"github.com/kyverno/kyverno/pkg/cel/libs"
	"github.com/kyverno/kyverno/pkg/cel/matching"
	vpolcompiler "github.com/kyverno/kyverno/pkg/cel/policies/vpol/compiler"
	vpolengine "github.com/kyverno/kyverno/pkg/cel/policies/vpol/engine"
	engineapi "github.com/kyverno/kyverno/pkg/engine/api"
	admissionv1 "k8s.io/api/admission/v1"
	authenticationv1 "k8s.io/api/authentication/v1"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	"sigs.k8s.io/yaml"
)

// Skip is the verdict of a validation that was not asked: the policy does not match
// the object, its match conditions say no, or an exception holds. The other verdicts
// are Kyverno's own: pass, fail and error.
const Skip = "skip"

// Row is what one validation says of an object.
type Row struct {
	Policy string
	// Validation is the position in the policy's list, from 0.
	Validation int
	// Verdict is pass, fail, error or skip.
	Verdict string
	// Message says why it is not pass.
	Message string
}

// Engine judges objects as Kyverno's admission controller does.
type Engine struct {
	// User is who creates the objects; the zero value is nobody in particular.
	User authenticationv1.UserInfo

	validations []validation
	namespaces  map[string]*corev1.Namespace
	lookup      *cluster
}

// validation is a policy with one validation, compiled: Kyverno's engine stops at the
// first that fails.
type validation struct {
	policy   string
	position int
	engine   vpolengine.Engine
}

// New compiles policies and exceptions, given as YAML or JSON. cluster holds the
// objects that policies can look up, and the Namespaces that their selectors go by;
// other namespaces have no labels but their name.
//
// It sets what Kyverno keeps for a whole process: policies that look objects up ask
// the Engine that was made last.
func New(policies, exceptions [][]byte, objects []map[string]any) (*Engine, error) {
	e := &Engine{namespaces: map[string]*corev1.Namespace{}, lookup: &cluster{FakeContextProvider: libs.NewFakeContextProvider()}}
	for _, o := range objects {
		u, err := normal(o)
		if err != nil {
			return nil, err
		}
		e.lookup.objects = append(e.lookup.objects, u)
		if u.GetKind() == "Namespace" {
			ns := &corev1.Namespace{}
			if err := runtime.DefaultUnstructuredConverter.FromUnstructured(u.Object, ns); err != nil {
				return nil, err
			}
			e.namespaces[ns.Name] = ns
		}
	}
	libs.LibraryContext = e.lookup
	var excepted []*policiesv1beta1.PolicyException
	for _, b := range exceptions {
		x := &policiesv1beta1.PolicyException{}
		if err := yaml.UnmarshalStrict(b, x); err != nil {
			return nil, fmt.Errorf("read an exception: %w", err)
		}
		excepted = append(excepted, x)
	}
	for _, b := range policies {
		p := &policiesv1beta1.ValidatingPolicy{}
		if err := yaml.UnmarshalStrict(b, p); err != nil {
			return nil, fmt.Errorf("read a policy: %w", err)
		}
		for i, v := range p.Spec.Validations {
			one := p.DeepCopy()
			one.Spec.Validations = append(one.Spec.Validations[:0:0], v)
			provider, err := vpolengine.NewProvider(vpolcompiler.NewCompiler(), []policiesv1beta1.ValidatingPolicyLike{one}, excepted)
			if err != nil {
				return nil, err
			}
			e.validations = append(e.validations, validation{p.Name, i, vpolengine.NewEngine(provider, e.namespace, matching.NewMatcher())})
		}
	}
	return e, nil
}

// Judge says what each validation of each policy says of an object that is created.
// One without a namespace is taken to be in default, if its kind has namespaces.
func (e *Engine) Judge(ctx context.Context, object map[string]any) ([]Row, error) {
	u, err := normal(object)
	if err != nil {
		return nil, err
	}
	raw, err := u.MarshalJSON()
	if err != nil {
		return nil, err
	}
	gvk := u.GroupVersionKind()
	resource, _ := meta.UnsafeGuessKindToResource(gvk)
	request := celengine.RequestFromAdmission(e.lookup, admissionv1.AdmissionRequest{
		UID:  "00000000-0000-0000-0000-000000000000",
		Kind: metav1.GroupVersionKind(gvk), Resource: metav1.GroupVersionResource(resource),
		Name: u.GetName(), Namespace: u.GetNamespace(), Operation: admissionv1.Create, UserInfo: e.User, Object: runtime.RawExtension{Raw: raw},
	})
	var rows []Row
	for _, v := range e.validations {
		row := Row{Policy: v.policy, Validation: v.position, Verdict: Skip}
		response, err := v.engine.Handle(ctx, request, nil)
		if err != nil {
			return nil, fmt.Errorf("judge %s %s by %s: %w", u.GetKind(), u.GetName(), v.policy, err)
		}
		// A policy about pods stands for others about what makes pods; one matches at most.
		for _, p := range response.Policies {
			for _, rule := range p.Rules {
				if rule.Status() == engineapi.RuleStatusSkip {
					continue
				}
				row.Verdict = string(rule.Status())
				if rule.Status() != engineapi.RuleStatusPass {
					row.Message = rule.Message()
				}
			}
		}
		rows = append(rows, row)
	}
	return rows, nil
}

// namespace is a namespace as the API server knows it: labelled with its name.
func (e *Engine) namespace(name string) *corev1.Namespace {
	ns := e.namespaces[name].DeepCopy()
	if ns == nil {
		ns = &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: name}}
	}
	if ns.Labels == nil {
		ns.Labels = map[string]string{}
	}
	ns.Labels[corev1.LabelMetadataName] = name
	return ns
}

// normal is a copy of an object with numbers as JSON has them, in its namespace.
func normal(object map[string]any) (*unstructured.Unstructured, error) {
	b, err := json.Marshal(object)
	if err != nil {
		return nil, err
	}
	u := &unstructured.Unstructured{}
	if err := u.UnmarshalJSON(b); err != nil {
		return nil, err
	}
	if u.GetNamespace() == "" && !slices.Contains(clusterKinds(), u.GetKind()) {
		u.SetNamespace(metav1.NamespaceDefault)
	}
	return u, nil
}

// clusterKinds are the kinds without namespaces that the library and the clusters have.
func clusterKinds() []string {
	return []string{
		"Namespace", "Node", "PersistentVolume", "StorageClass", "PriorityClass", "RuntimeClass", "IngressClass", "ClusterRole", "ClusterRoleBinding",
		"CustomResourceDefinition", "ValidatingAdmissionPolicy", "ValidatingAdmissionPolicyBinding", "ClusterIssuer",
	}
}
