package kyverno

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"

	policiesv1beta1 "github.com/kyverno/api/api/policies.kyverno.io/v1beta1"
	"github.com/kyverno/kyverno/pkg/cel/compiler"
	celengine "github.com/kyverno/kyverno/pkg/cel/engine"
	"github.com/kyverno/kyverno/pkg/cel/libs"
	"github.com/kyverno/kyverno/pkg/cel/matching"
	"github.com/kyverno/kyverno/pkg/cel/policies/vpol"
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

// Whole is the Validation of a Row that is about a policy as it stands.
const Whole = -1

// Row is what one validation says of an object, or a whole policy.
type Row struct {
	Policy string
	// Validation is the position in the policy's list, from 0, or Whole.
	Validation int
	// About says that the policy's constraints match the object; else Verdict is skip.
	About bool
	// Verdict is pass, fail, error or skip.
	Verdict string
	// First is the first validation that does not hold, of a whole policy that fails or
	// errs.
	First int
	// Message says why it is not pass.
	Message string
	// Annotations are the policy's own, for the audit log.
	Annotations map[string]string
}

// Engine judges objects as Kyverno's admission controller does.
type Engine struct {
	// User is who creates the objects; the zero value is nobody in particular.
	User authenticationv1.UserInfo

	questions  []question
	namespaces map[string]*corev1.Namespace
	lookup     *cluster
}

// question is a policy, compiled, whole or with one validation: Kyverno's engine stops
// at the first that fails.
type question struct {
	policy, namespace string
	validation        int
	compiled          vpolengine.Provider
}

// New compiles policies and exceptions, given as YAML or JSON. cluster holds the
// objects that policies can look up, and the Namespaces that their selectors go by;
// other namespaces have no labels but their name.
//
// It sets what Kyverno keeps for a whole process: policies that look objects up ask
// the Engine that was made last.
func New(policies, exceptions [][]byte, objects []map[string]any) (*Engine, error) {
	e, refused, err := compileAll(policies, exceptions, objects)
	if err != nil {
		return nil, err
	}
	for _, name := range slices.Sorted(maps.Keys(refused)) {
		return nil, refused[name]
	}
	return e, nil
}

// compileAll returns apart why policies and exceptions are refused, by name.
func compileAll(policies, exceptions [][]byte, objects []map[string]any) (*Engine, map[string]error, error) {
	e := &Engine{lookup: &cluster{FakeContextProvider: libs.NewFakeContextProvider()}}
	if err := e.Hold(objects); err != nil {
		return nil, nil, err
	}
	libs.LibraryContext = e.lookup
	var excepted []*policiesv1beta1.PolicyException
	refused := map[string]error{}
	for _, b := range exceptions {
		x := &policiesv1beta1.PolicyException{}
		if err := yaml.UnmarshalStrict(b, x); err != nil {
			return nil, nil, fmt.Errorf("read an exception: %w", err)
		}
		// As its webhook does: pkg/webhooks/celexception.
		if errs := append(x.Validate(), compiler.CompilePolicyExceptionMatchConditions(x.Spec.MatchConditions, nil)...); len(errs) > 0 {
			refused[x.Name] = errs.ToAggregate()
			continue
		}
		excepted = append(excepted, x)
	}
	for _, b := range policies {
		p, err := parse(b)
		if err != nil {
			return nil, nil, fmt.Errorf("read a policy: %w", err)
		}
		if _, err := vpol.Validate(p); err != nil { // as its webhook does
			refused[p.GetName()] = err
		}
		all := p.GetValidatingPolicySpec().Validations
		for i := Whole; i < len(all) && refused[p.GetName()] == nil; i++ {
			one, ok := p.DeepCopyObject().(policiesv1beta1.ValidatingPolicyLike)
			if !ok {
				return nil, nil, fmt.Errorf("a copy of policy %s is no policy", p.GetName())
			}
			if i != Whole {
				one.GetValidatingPolicySpec().Validations = slices.Clone(all[i : i+1])
			}
			compiled, err := vpolengine.NewProvider(vpolcompiler.NewCompiler(), []policiesv1beta1.ValidatingPolicyLike{one}, excepted)
			if err != nil {
				refused[p.GetName()] = err
				continue
			}
			e.questions = append(e.questions, question{p.GetName(), p.GetNamespace(), i, compiled})
		}
	}
	return e, refused, nil
}

func parse(b []byte) (policiesv1beta1.ValidatingPolicyLike, error) {
	var kind metav1.TypeMeta
	if err := yaml.Unmarshal(b, &kind); err != nil {
		return nil, err
	}
	if kind.Kind == "NamespacedValidatingPolicy" {
		p := &policiesv1beta1.NamespacedValidatingPolicy{}
		return p, yaml.UnmarshalStrict(b, p)
	}
	p := &policiesv1beta1.ValidatingPolicy{}
	return p, yaml.UnmarshalStrict(b, p)
}

// Hold replaces the objects that policies can look up, and the Namespaces.
func (e *Engine) Hold(objects []map[string]any) error {
	e.lookup.objects, e.namespaces = nil, map[string]*corev1.Namespace{}
	for _, o := range objects {
		u, err := normal(o)
		if err != nil {
			return err
		}
		if u.GetKind() == "Namespace" {
			ns := &corev1.Namespace{}
			if err := runtime.DefaultUnstructuredConverter.FromUnstructured(u.Object, ns); err != nil {
				return err
			}
			e.namespaces[ns.Name] = ns
			if u.Object, err = runtime.DefaultUnstructuredConverter.ToUnstructured(e.namespace(ns.Name)); err != nil {
				return err
			}
		}
		e.lookup.objects = append(e.lookup.objects, u)
	}
	return nil
}

// Judge says what each validation of each policy says of an object that is created.
// One without a namespace is taken to be in default, if its kind has namespaces.
func (e *Engine) Judge(ctx context.Context, object map[string]any) ([]Row, error) {
	rows, err := e.All(ctx, object)
	return slices.DeleteFunc(rows, func(r Row) bool { return r.Validation == Whole }), err
}

// All says what Judge says, and before the validations of a policy what it says as it
// stands.
func (e *Engine) All(ctx context.Context, object map[string]any) ([]Row, error) {
	u, err := normal(object)
	if err != nil {
		return nil, err
	}
	request, err := e.request(u)
	if err != nil {
		return nil, err
	}
	namespace := e.cached
	if u.GetKind() == "Namespace" { // it is not there yet
		namespace = func(string) *corev1.Namespace { return nil }
	}
	var rows []Row
	for _, q := range e.questions {
		row := Row{Policy: q.policy, Validation: q.validation, Verdict: Skip}
		if q.namespace == "" || q.namespace == request.Request.Namespace {
			engine := vpolengine.NewEngine(q.compiled, namespace, matching.NewMatcher())
			response, err := engine.Handle(ctx, request, nil)
			if err != nil {
				return nil, fmt.Errorf("judge %s %s by %s: %w", u.GetKind(), u.GetName(), q.policy, err)
			}
			if err := row.take(response); err != nil {
				return nil, fmt.Errorf("judge %s %s by %s: %w", u.GetKind(), u.GetName(), q.policy, err)
			}
		}
		rows = append(rows, row)
	}
	return rows, nil
}

// take reads the engine's answer: a policy about pods stands for others about what
// makes pods, of which one matches at most.
func (r *Row) take(response vpolengine.EngineResponse) error {
	for _, p := range response.Policies {
		for _, rule := range p.Rules {
			if r.About {
				return fmt.Errorf("two of its forms are about it")
			}
			r.About, r.Verdict = true, string(rule.Status())
			if rule.Status() != engineapi.RuleStatusPass && rule.Status() != engineapi.RuleStatusSkip {
				r.Message = rule.Message()
			}
			r.Annotations = maps.Clone(rule.Properties())
			if first, ok := r.Annotations[validationIndex]; ok {
				var err error
				if r.First, err = strconv.Atoi(first); err != nil {
					return err
				}
				delete(r.Annotations, validationIndex)
			}
		}
	}
	return nil
}

// validationIndex is how the engine tells of the validation that did not hold.
const validationIndex = "cel.validationIndex"

// request is a request to create the object, as the API server sends it to a webhook.
func (e *Engine) request(u *unstructured.Unstructured) (celengine.EngineRequest, error) {
	raw, err := u.MarshalJSON()
	if err != nil {
		return celengine.EngineRequest{}, err
	}
	gvk := u.GroupVersionKind()
	guessed, _ := meta.UnsafeGuessKindToResource(gvk)
	kind, resource, dryRun, namespace := metav1.GroupVersionKind(gvk), metav1.GroupVersionResource(guessed), false, u.GetNamespace()
	if u.GetKind() == "Namespace" {
		namespace = u.GetName()
	}
	return celengine.RequestFromAdmission(e.lookup, admissionv1.AdmissionRequest{
		UID: "00000000-0000-0000-0000-000000000000", Kind: kind, Resource: resource, RequestKind: &kind, RequestResource: &resource,
		Name: u.GetName(), Namespace: namespace, Operation: admissionv1.Create, UserInfo: e.User,
		Object: runtime.RawExtension{Raw: raw}, DryRun: &dryRun,
		Options: runtime.RawExtension{Raw: []byte(`{"kind":"CreateOptions","apiVersion":"meta.k8s.io/v1"}`)},
	}), nil
}

// cached is a namespace as Kyverno's lister has it: typed, so that it does not say its
// kind.
func (e *Engine) cached(name string) *corev1.Namespace {
	ns := e.namespace(name)
	ns.TypeMeta = metav1.TypeMeta{}
	return ns
}

// namespace is a namespace as the API server knows it: labelled with its name, and with
// what each namespace has.
func (e *Engine) namespace(name string) *corev1.Namespace {
	ns := e.namespaces[name].DeepCopy()
	if ns == nil {
		ns = &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: name}}
	}
	if ns.Labels == nil {
		ns.Labels = map[string]string{}
	}
	ns.Labels[corev1.LabelMetadataName] = name
	ns.Spec.Finalizers, ns.Status.Phase = []corev1.FinalizerName{corev1.FinalizerKubernetes}, corev1.NamespaceActive
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
	if slices.Contains(clusterKinds(), u.GetKind()) {
		u.SetNamespace("")
	} else if u.GetNamespace() == "" {
		u.SetNamespace(metav1.NamespaceDefault)
	}
	return u, nil
}

// clusterKinds are the kinds without namespaces that the library and the clusters have.
func clusterKinds() []string {
	return []string{
		"Namespace", "Node", "PersistentVolume", "StorageClass", "PriorityClass", "RuntimeClass", "IngressClass", "ClusterRole", "ClusterRoleBinding",
		"CustomResourceDefinition", "ValidatingAdmissionPolicy", "ValidatingAdmissionPolicyBinding", "ValidatingPolicy", "ClusterIssuer",
	}
}
