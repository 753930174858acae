package rig

import (
	"context"
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
)

// definition is where the definitions of an API group's kinds lie.
type definition struct {
	groups []string
	module module
	files  []string
}

// definitions are the kinds that a tree may use and Kubernetes does not have,
// from the release that the charts of the reference clusters install.
func definitions() []definition {
	return []definition{
		{[]string{"kustomize.toolkit.fluxcd.io"}, module{"github.com/fluxcd/kustomize-controller", "v1.9.5", "h1:/XY2zy3K7fntyppEXIHG7oRMzmfgIt50eJzUfaPX1Kc="}, []string{"config/crd/bases/*.yaml"}},
		{[]string{"helm.toolkit.fluxcd.io"}, module{"github.com/fluxcd/helm-controller", "v1.6.4", "h1:u/Ew7LehrwDQaE/NqWdaB3XnNDCxRGDcp1FZl7RKj4g="}, []string{"config/crd/bases/*.yaml"}},
		{[]string{"source.toolkit.fluxcd.io"}, module{"github.com/fluxcd/source-controller", "v1.9.5", "h1:MFPyCodUi9hZIMaKDsC/rYbNoyzpvrAdrPVixj7W9F0="}, []string{"config/crd/bases/*.yaml"}},
		{[]string{"monitoring.coreos.com"}, module{"github.com/prometheus-operator/prometheus-operator", "v0.93.1", "h1:4Juk8v93RdG1DSGD/mGp+SeQKPmnlLIj2iq3blLZgFY="}, []string{"example/prometheus-operator-crd/*.yaml"}},
		{[]string{"cert-manager.io", "acme.cert-manager.io"}, module{"github.com/cert-manager/cert-manager", "v1.21.1", "h1:0LttV37Q5c2CBNoHkjuI8sLKTXWZDC2SwQkxrBMKV9w="}, []string{"deploy/crds/*.yaml"}},
		{[]string{"metallb.io"}, module{"go.universe.tf/metallb", "v0.16.1", "h1:iVtjCslcUFMOEvuNeAyW2ygZxyW+6YjnNcEuCTOZezc="}, []string{"config/crd/bases/*.yaml"}},
		{[]string{"velero.io"}, module{"github.com/vmware-tanzu/velero", "v1.18.1", "h1:eV+urQYesy7tJLVkGM5fs9s/nfOWKtoFezcY1r8IjJM="}, []string{"config/crd/v1/bases/*.yaml"}},
		{[]string{"external-secrets.io", "generators.external-secrets.io"}, module{"github.com/external-secrets/external-secrets", "v1.3.2", "h1:u2J8RjlHIeF0oZCqtl92adI/uZWUwOesJIDkfql6LqQ="}, []string{"config/crds/bases/*.yaml"}},
		{[]string{"traefik.io"}, module{"github.com/traefik/traefik/v3", "v3.7.11", "h1:AdGIts8MRFqWMjXhZFisrbLseB7vjikUL1q9H9DSvrM="}, []string{"docs/content/reference/dynamic-configuration/kubernetes-crd-definition-v1.yml"}},
		{[]string{"kyverno.io", "policies.kyverno.io", "reports.kyverno.io", "wgpolicyk8s.io"}, module{"github.com/kyverno/kyverno", "v1.19.1", "h1:/MkgFii3/VlQfKR1JpC9tVwNNVNQTt2S4U6qCsafsTU="}, []string{"config/crds/kyverno/*.yaml", "config/crds/policies.kyverno.io/*.yaml", "config/crds/policyreport/*.yaml", "config/crds/reports/*.yaml"}},
	}
}

// Definitions returns the CustomResourceDefinitions of an API group from the
// module of the project that defines it, or nil when none is known.
func (b *Binaries) Definitions(ctx context.Context, group string) ([]*unstructured.Unstructured, error) {
	for _, d := range definitions() {
		if !slices.Contains(d.groups, group) {
			continue
		}
		dir, err := d.module.fetch(ctx, b.FluxDir)
		if err != nil {
			return nil, err
		}
		text, err := read(dir, d.files...)
		if err != nil {
			return nil, err
		}
		all, err := Parse(text)
		if err != nil {
			return nil, err
		}
		return slices.DeleteFunc(all, func(o *unstructured.Unstructured) bool {
			in, _, _ := unstructured.NestedString(o.Object, "spec", "group")
			return o.GetKind() != "CustomResourceDefinition" || in != group
		}), nil
	}
	return nil, nil
}

// Minimal is a definition of a kind that takes any field, for kinds whose own
// definition cannot be had. It shows that an object is well-formed, and no more.
func Minimal(gvk schema.GroupVersionKind, namespaced bool) *unstructured.Unstructured {
	singular := strings.ToLower(gvk.Kind)
	plural := singular + "s"
	if strings.HasSuffix(singular, "y") {
		plural = strings.TrimSuffix(singular, "y") + "ies"
	}
	scope := "Cluster"
	if namespaced {
		scope = "Namespaced"
	}
	return &unstructured.Unstructured{Object: map[string]any{
		"apiVersion": "apiextensions.k8s.io/v1", "kind": "CustomResourceDefinition",
		"metadata": map[string]any{"name": plural + "." + gvk.Group},
		"spec": map[string]any{
			"group": gvk.Group, "scope": scope,
			"names": map[string]any{"kind": gvk.Kind, "plural": plural, "singular": singular},
			"versions": []any{map[string]any{
				"name": gvk.Version, "served": true, "storage": true,
				"schema":       map[string]any{"openAPIV3Schema": map[string]any{"type": "object", "x-kubernetes-preserve-unknown-fields": true}},
				"subresources": map[string]any{"status": map[string]any{}},
			}},
		},
	}}
}

// Define creates definitions and waits until the API server serves them, and says so to
// whoever asks which kinds there are: that comes later.
func (r *Rig) Define(definitions ...*unstructured.Unstructured) error {
	crds := r.Dynamic.Resource(schema.GroupVersionResource{Group: "apiextensions.k8s.io", Version: "v1", Resource: "customresourcedefinitions"})
	for _, d := range definitions {
		if _, err := crds.Create(r.Context, d, metav1.CreateOptions{}); err != nil && !apierrors.IsAlreadyExists(err) {
			return r.explain(fmt.Errorf("define %s: %w", d.GetName(), err))
		}
	}
	for _, d := range definitions {
		if err := r.await(d.GetName()+" to be served", func(ctx context.Context) (bool, error) {
			got, err := crds.Get(ctx, d.GetName(), metav1.GetOptions{})
			return err == nil && Condition(got, "Established") == "True", nil
		}); err != nil {
			return err
		}
	}
	return r.await("the new kinds to be known", func(context.Context) (bool, error) {
		r.Mapper.Reset()
		return !slices.ContainsFunc(definitions, func(d *unstructured.Unstructured) bool { return !r.known(d) }), nil
	})
}

// known reports whether every version of a definition that is served is known.
func (r *Rig) known(definition *unstructured.Unstructured) bool {
	group, _, _ := unstructured.NestedString(definition.Object, "spec", "group")
	kind, _, _ := unstructured.NestedString(definition.Object, "spec", "names", "kind")
	versions, _, _ := unstructured.NestedSlice(definition.Object, "spec", "versions")
	for _, v := range versions {
		v, _ := v.(map[string]any)
		if v["served"] != true {
			continue
		}
		if _, err := r.Mapper.RESTMapping(schema.GroupKind{Group: group, Kind: kind}, fmt.Sprint(v["name"])); err != nil {
			return false
		}
	}
	return true
}

// Undefine removes definitions again, with every object of their kinds.
func (r *Rig) Undefine(definitions ...*unstructured.Unstructured) error {
	crds := r.Dynamic.Resource(schema.GroupVersionResource{Group: "apiextensions.k8s.io", Version: "v1", Resource: "customresourcedefinitions"})
	for _, d := range definitions {
		if err := crds.Delete(r.Context, d.GetName(), metav1.DeleteOptions{}); err != nil && !apierrors.IsNotFound(err) {
			return r.explain(fmt.Errorf("remove %s: %w", d.GetName(), err))
		}
	}
	for _, d := range definitions {
		if err := r.await(d.GetName()+" to be gone", func(ctx context.Context) (bool, error) {
			_, err := crds.Get(ctx, d.GetName(), metav1.GetOptions{})
			return apierrors.IsNotFound(err), nil
		}); err != nil {
			return err
		}
	}
	r.Mapper.Reset()
	return nil
}

// manifests is the directory of a project's own manifests, by the last part of the name of
// its module.
func (b *Binaries) manifests(ctx context.Context, controller string) (string, error) {
	for _, d := range definitions() {
		if strings.HasSuffix(d.module.path, "/"+controller) {
			dir, err := d.module.fetch(ctx, b.FluxDir)
			return filepath.Join(dir, "config"), err
		}
	}
	return "", fmt.Errorf("no module of %s is known", controller)
}
