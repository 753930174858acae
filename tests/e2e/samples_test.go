package e2e_test

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/stretchr/testify/require"
	schedulingv1 "k8s.io/api/scheduling/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"stillsuit.dev/policies/admission"
	"stillsuit.dev/policies/library"
	"stillsuit.dev/policies/library/fixture"
	"stillsuit.dev/tests/e2e/rig"
)

// flux is the account as which a tree is applied, and policies are asked in CI.
func flux() rig.Account {
	return rig.Account{Namespace: "flux-system", Name: "kustomize-controller"}
}

// somebody is an account that may do everything, and is not Flux.
func somebody() rig.Account { return rig.Account{Namespace: "home", Name: "somebody"} }

// sample is an object of the library, or one that makes the pod that it is.
type sample struct {
	policy string // whose object it is
	fixture.Case
	object *unstructured.Unstructured
	form   string // the kind that makes the pod; "" for the object itself
}

func (s sample) String() string {
	return strings.TrimSuffix(fmt.Sprintf("%s of %s in %s as %s", s.object.GetName(), s.policy, s.object.GetNamespace(), s.form), " as ")
}

// library reads the policies that a cluster may hold, and their objects.
func (s *scenario) library() ([]*admission.Policy, []sample) {
	s.Helper()
	all, err := admission.Load(library.FS)
	require.NoError(s, err)
	all = slices.DeleteFunc(all, func(p *admission.Policy) bool { return p.Where == admission.InCI })
	folders, err := fixture.Read(os.DirFS(filepath.Join(repository, "policies", "library")))
	require.NoError(s, err)
	var out []sample
	for _, f := range folders {
		if !slices.ContainsFunc(all, func(p *admission.Policy) bool { return p.Name == f.Name }) {
			continue
		}
		for _, c := range slices.Concat(f.Good, f.Bad) {
			u := (&unstructured.Unstructured{Object: c.Object}).DeepCopy()
			mapping, err := s.Mapper.RESTMapping(u.GroupVersionKind().GroupKind(), u.GroupVersionKind().Version)
			require.NoError(s, err)
			if u.GetNamespace() == "" && mapping.Scope.Name() == "namespace" {
				u.SetNamespace(metav1.NamespaceDefault)
			}
			out = append(out, sample{policy: f.Name, Case: c, object: u})
			if u.GetKind() == "Pod" {
				for _, kind := range []string{"Deployment", "StatefulSet", "DaemonSet", "Job", "CronJob"} {
					out = append(out, sample{policy: f.Name, Case: c, object: within(kind, u), form: kind})
				}
			}
		}
	}
	return all, out
}

// within is an object of a kind that makes the pod.
func within(kind string, pod *unstructured.Unstructured) *unstructured.Unstructured {
	labels := map[string]any{"app": pod.GetName()}
	for key, value := range pod.GetLabels() {
		labels[key] = value
	}
	spec, _, _ := unstructured.NestedMap(pod.Object, "spec")
	template := map[string]any{"metadata": map[string]any{"labels": labels}, "spec": spec}
	out := map[string]any{"metadata": map[string]any{"name": pod.GetName(), "namespace": pod.GetNamespace(), "labels": labels}, "kind": kind}
	switch kind {
	case "Job":
		spec["restartPolicy"] = "Never"
		out["apiVersion"], out["spec"] = "batch/v1", map[string]any{"template": template}
	case "CronJob":
		spec["restartPolicy"] = "Never"
		out["apiVersion"] = "batch/v1"
		out["spec"] = map[string]any{"schedule": "@daily", "jobTemplate": map[string]any{"spec": map[string]any{"template": template}}}
	default:
		delete(spec, "restartPolicy")
		out["apiVersion"] = "apps/v1"
		out["spec"] = map[string]any{"selector": map[string]any{"matchLabels": map[string]any{"app": pod.GetName()}}, "template": template}
	}
	return &unstructured.Unstructured{Object: out}
}

// stage makes what the objects of the library need of a cluster: the kinds of Flux, its
// rights, namespaces, accounts of pods and importances.
func (s *scenario) stage() {
	s.Helper()
	for _, group := range []string{"kustomize.toolkit.fluxcd.io", "helm.toolkit.fluxcd.io", "source.toolkit.fluxcd.io"} {
		s.define(group)
	}
	s.administrates(flux())
	s.administrates(somebody())
	namespaces := s.namespaces()
	for _, ns := range namespaces {
		if _, err := s.Get(ns); apierrors.IsNotFound(err) { // a cluster's own stay as they are
			require.NoError(s, s.Apply(ns, false))
		}
	}
	folders, err := fixture.Read(os.DirFS(filepath.Join(repository, "policies", "library")))
	require.NoError(s, err)
	needed := map[string]*unstructured.Unstructured{}
	need := func(apiVersion, kind, namespace, name string, more map[string]any) {
		u := &unstructured.Unstructured{Object: more}
		u.SetAPIVersion(apiVersion)
		u.SetKind(kind)
		u.SetNamespace(namespace)
		u.SetName(name)
		needed[kind+" "+namespace+"/"+name] = u
	}
	for _, ns := range namespaces {
		need("v1", "ServiceAccount", ns.GetName(), "default", map[string]any{})
	}
	for _, f := range folders {
		for _, c := range slices.Concat(f.Good, f.Bad) {
			u := &unstructured.Unstructured{Object: c.Object}
			if u.GetKind() != "Pod" {
				continue
			}
			namespace := u.GetNamespace()
			if namespace == "" {
				namespace = metav1.NamespaceDefault
			}
			if account, _, _ := unstructured.NestedString(u.Object, "spec", "serviceAccountName"); account != "" {
				need("v1", "ServiceAccount", namespace, account, map[string]any{})
			}
			if class, _, _ := unstructured.NestedString(u.Object, "spec", "priorityClassName"); class != "" && !strings.HasPrefix(class, "system-") {
				need(schedulingv1.SchemeGroupVersion.String(), "PriorityClass", "", class, map[string]any{"value": int64(1)})
			}
		}
	}
	for _, u := range needed {
		require.NoError(s, s.Apply(u, false))
	}
}

// administrates lets an account do everything.
func (s *scenario) administrates(a rig.Account) {
	s.Helper()
	objects, err := rig.Parse(`{apiVersion: rbac.authorization.k8s.io/v1, kind: ClusterRoleBinding, metadata: {name: e2e-` + a.Name + `}, roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: cluster-admin}, subjects: [{kind: ServiceAccount, name: ` + a.Name + `, namespace: ` + a.Namespace + `}]}`)
	require.NoError(s, err)
	require.NoError(s, s.Apply(objects[0], false))
}

// namespaces are those of the library's objects.
func (s *scenario) namespaces() []*unstructured.Unstructured {
	s.Helper()
	text, err := os.ReadFile(filepath.Join(repository, "policies", "library", "namespaces.yaml"))
	require.NoError(s, err)
	objects, err := rig.Parse(string(text))
	require.NoError(s, err)
	return objects
}

// denying is a policy of the library that denies what it refuses, and warns of it: the
// API server tells of one policy that denies, and of all that warn.
func (s *scenario) denying(policy string) *unstructured.Unstructured {
	s.Helper()
	text, err := fs.ReadFile(library.FS, policy+"/policy.yaml")
	require.NoError(s, err)
	objects, err := rig.Parse(string(text))
	require.NoError(s, err)
	require.NoError(s, unstructured.SetNestedStringSlice(objects[0].Object, []string{"Deny", "Warn"}, "spec", "validationActions"))
	return objects[0]
}

// native are the policies of the library in the form that needs no Kyverno, each bound
// twice: it denies what it refuses, and it warns of it.
func (s *scenario) native(policies []*admission.Policy) []*unstructured.Unstructured {
	s.Helper()
	var out []*unstructured.Unstructured
	for _, p := range policies {
		text, err := fs.ReadFile(library.FS, p.Name+"/native.yaml")
		require.NoError(s, err)
		objects, err := rig.Parse(string(text))
		require.NoError(s, err)
		for _, o := range objects {
			out = append(out, o, binding(o.GetName(), "Deny"), binding(o.GetName(), "Warn"))
		}
	}
	return out
}

// binding lets a native policy take an action.
func binding(policy, action string) *unstructured.Unstructured {
	return &unstructured.Unstructured{Object: map[string]any{
		"apiVersion": "admissionregistration.k8s.io/v1", "kind": "ValidatingAdmissionPolicyBinding",
		"metadata": map[string]any{"name": "e2e-" + policy + "-" + strings.ToLower(action)},
		"spec":     map[string]any{"policyName": policy, "validationActions": []any{action}},
	}}
}

func objectsOf(samples []sample) []*unstructured.Unstructured {
	var out []*unstructured.Unstructured
	for _, one := range samples {
		out = append(out, one.object)
	}
	return out
}
