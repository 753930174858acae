package rig

import (
	"context"
	"fmt"
	"iter"
	"os"
	"path/filepath"
	"slices"
	"strings"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"sigs.k8s.io/yaml"
)

const fluxNamespace = "flux-system"

// Components stands in for gotk-components.yaml: the definitions and Deployments
// of Flux's controllers from their own modules, in the namespace flux-system.
// notification-controller's module cannot be had, so its kinds take any field
// and its Deployment is source-controller's by another name.
func (b *Binaries) Components(ctx context.Context) (string, error) {
	objects := []*unstructured.Unstructured{{Object: map[string]any{
		"apiVersion": "v1", "kind": "Namespace", "metadata": map[string]any{"name": fluxNamespace},
	}}}
	for _, group := range []string{"kustomize.toolkit.fluxcd.io", "helm.toolkit.fluxcd.io", sourceGroup} {
		definitions, err := b.Definitions(ctx, group)
		if err != nil {
			return "", err
		}
		objects = append(objects, definitions...)
	}
	subjects := []any{}
	for _, name := range []string{"kustomize-controller", "helm-controller"} {
		subjects = append(subjects, map[string]any{"kind": "ServiceAccount", "name": name, "namespace": fluxNamespace})
		objects = append(objects, &unstructured.Unstructured{Object: map[string]any{
			"apiVersion": "v1", "kind": "ServiceAccount", "metadata": map[string]any{"name": name, "namespace": fluxNamespace},
		}})
	}
	objects = append(objects, &unstructured.Unstructured{Object: map[string]any{
		"apiVersion": "rbac.authorization.k8s.io/v1", "kind": "ClusterRoleBinding", "metadata": map[string]any{"name": "cluster-reconciler-flux-system"},
		"roleRef":  map[string]any{"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": "cluster-admin"},
		"subjects": subjects,
	}})
	for _, kind := range []string{"Alert", "Provider"} {
		objects = append(objects, Minimal(schema.GroupVersionKind{Group: "notification.toolkit.fluxcd.io", Version: "v1beta3", Kind: kind}, true))
	}
	for _, name := range []string{"kustomize-controller", "helm-controller", "source-controller", "notification-controller"} {
		from := name
		if name == "notification-controller" {
			from = "source-controller"
		}
		config, err := b.manifests(ctx, from)
		if err != nil {
			return "", err
		}
		text, err := os.ReadFile(filepath.Join(config, "manager", "deployment.yaml"))
		if err != nil {
			return "", err
		}
		deployment, err := Parse(strings.ReplaceAll(string(text), from, name))
		if err != nil {
			return "", err
		}
		for _, d := range deployment {
			d.SetNamespace(fluxNamespace)
			if name == "notification-controller" {
				continue
			}
			// As flux2 patches the others (manifests/bases/*/patch.yaml).
			if err := unstructured.SetNestedField(d.Object, "system-cluster-critical", "spec", "template", "spec", "priorityClassName"); err != nil {
				return "", err
			}
		}
		objects = append(objects, deployment...)
	}
	var out strings.Builder
	for _, o := range objects {
		text, err := yaml.Marshal(o.Object)
		if err != nil {
			return "", err
		}
		out.WriteString("---\n")
		out.Write(text)
	}
	return out.String(), nil
}

// Sync stands in for gotk-sync.yaml: the source, and the Kustomization that
// applies the root of the cluster's tree.
func Sync(cluster string) string {
	return `apiVersion: source.toolkit.fluxcd.io/v1
kind: GitRepository
metadata:
  name: flux-system
  namespace: flux-system
spec:
  interval: 1m0s
  ref:
    branch: main
  url: https://git.invalid/clusters.git
---
apiVersion: kustomize.toolkit.fluxcd.io/v1
kind: Kustomization
metadata:
  name: flux-system
  namespace: flux-system
spec:
  interval: 10m0s
  path: ./flux-system/` + cluster + `
  prune: true
  sourceRef:
    kind: GitRepository
    name: flux-system
`
}

// Bootstrap does what `flux bootstrap` does with the built overlay: it applies
// the controllers and then the source and the root Kustomization, and gives
// kustomize-controller the key for SOPS files. The controllers then run with
// the arguments that their Deployments have after our patches, as their own
// ServiceAccounts.
func (r *Rig) Bootstrap(overlay []*unstructured.Unstructured, ageKey []byte) error {
	var definitions, rest []*unstructured.Unstructured
	for _, o := range overlay {
		if o.GetKind() == "CustomResourceDefinition" {
			definitions = append(definitions, o)
		} else {
			rest = append(rest, o)
		}
	}
	if err := r.Define(definitions...); err != nil {
		return err
	}
	var sync []*unstructured.Unstructured
	for _, o := range rest {
		if strings.HasSuffix(o.GroupVersionKind().Group, ".toolkit.fluxcd.io") {
			sync = append(sync, o)
			continue
		}
		if err := r.Apply(o, false); err != nil {
			return fmt.Errorf("apply %s %s: %w", o.GetKind(), o.GetName(), err)
		}
	}
	key := &corev1.Secret{ObjectMeta: metav1.ObjectMeta{Name: "sops-age", Namespace: fluxNamespace}, Data: map[string][]byte{"age.agekey": ageKey}}
	if _, err := r.Client.CoreV1().Secrets(fluxNamespace).Create(r.Context, key, metav1.CreateOptions{}); err != nil {
		return r.explain(err)
	}
	for name, binary := range map[string]string{"kustomize-controller": r.binaries.KustomizeController, "helm-controller": r.binaries.HelmController} {
		if err := r.controller(name, binary, rest); err != nil {
			return err
		}
	}
	for _, o := range sync {
		if err := r.Apply(o, false); err != nil {
			return fmt.Errorf("apply %s %s: %w", o.GetKind(), o.GetName(), err)
		}
	}
	return nil
}

// controller runs one of Flux's controllers with its Deployment's arguments,
// except for those that tell of addresses in the cluster.
func (r *Rig) controller(name, binary string, objects []*unstructured.Unstructured) error {
	args, err := Arguments(objects, name)
	if err != nil {
		return err
	}
	args = slices.DeleteFunc(args, func(a string) bool {
		return strings.HasPrefix(a, "--events-addr") || strings.HasPrefix(a, "--enable-leader-election")
	})
	kubeconfig := filepath.Join(r.dir, name+".kubeconfig")
	if err := r.pki.kubeconfig(kubeconfig, r.Config.Host, fluxNamespace+":"+name); err != nil {
		return err
	}
	ports, err := reserve(2)
	if err != nil {
		return err
	}
	defer ports.release()
	home := filepath.Join(r.dir, name)
	if err := os.MkdirAll(filepath.Join(home, "tmp"), 0o700); err != nil {
		return err
	}
	args = append(args, "--events-addr=", fmt.Sprintf("--metrics-addr=127.0.0.1:%d", ports.number(0)), fmt.Sprintf("--health-addr=127.0.0.1:%d", ports.number(1)))
	env := []string{"KUBECONFIG=" + kubeconfig, "RUNTIME_NAMESPACE=" + fluxNamespace, "HOME=" + home, "TMPDIR=" + filepath.Join(home, "tmp")}
	ports.release()
	return r.processes.start(name, binary, env, args...)
}

// Arguments returns the arguments of a controller's Deployment among objects.
func Arguments(objects []*unstructured.Unstructured, name string) ([]string, error) {
	for d, err := range deployments(objects) {
		if err != nil {
			return nil, err
		}
		if d.Name == name {
			return d.Spec.Template.Spec.Containers[0].Args, nil
		}
	}
	return nil, fmt.Errorf("there is no Deployment %s", name)
}

// MemoryLimits returns the memory limit of each Deployment among objects.
func MemoryLimits(objects []*unstructured.Unstructured) map[string]string {
	out := map[string]string{}
	for d, err := range deployments(objects) {
		if err == nil {
			out[d.Name] = d.Spec.Template.Spec.Containers[0].Resources.Limits.Memory().String()
		}
	}
	return out
}

func deployments(objects []*unstructured.Unstructured) iter.Seq2[*appsv1.Deployment, error] {
	return func(yield func(*appsv1.Deployment, error) bool) {
		for _, o := range objects {
			if o.GetKind() != "Deployment" {
				continue
			}
			d := &appsv1.Deployment{}
			if err := runtime.DefaultUnstructuredConverter.FromUnstructured(o.Object, d); !yield(d, err) {
				return
			}
		}
	}
}
