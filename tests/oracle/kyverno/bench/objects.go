package main

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"sigs.k8s.io/yaml"

	"stillsuit.dev/generator"
	"stillsuit.dev/generator/manifest"
	"stillsuit.dev/policies/admission"
	"stillsuit.dev/policies/library"
	"stillsuit.dev/policies/library/fixture"
)

// root is the repository, and policies is how many of its library are asked: the first
// ones by name of those that look up nothing, since the command answers lookups in
// ways of its own.
const (
	root     = "../../.."
	policies = 30
)

// prepare writes what both read: policies, n objects, the namespaces, and who sends
// the objects. They are those of both clusters, again and again under other names, but
// for Namespaces, of which the command makes other requests than the API server.
func prepare(ctx context.Context, dir string, n int) error {
	if err := os.MkdirAll(filepath.Join(dir, "policies"), 0o755); err != nil {
		return err
	}
	folders, err := fixture.Read(os.DirFS(filepath.Join(root, "policies/library")))
	if err != nil {
		return err
	}
	left := policies
	for _, f := range folders {
		if left == 0 || bytes.Contains(f.Policy, []byte("resource.")) {
			continue
		}
		left--
		if err := os.WriteFile(filepath.Join(dir, "policies", f.Name+".yaml"), f.Policy, 0o600); err != nil {
			return err
		}
	}
	models, namespaces, err := rendered(ctx)
	if err != nil {
		return err
	}
	var out bytes.Buffer
	for i := range n {
		u := models[i%len(models)].DeepCopy()
		u.SetName(fmt.Sprintf("%s-%d", u.GetName(), i))
		b, err := yaml.Marshal(u.Object)
		if err != nil {
			return err
		}
		out.WriteString("---\n")
		out.Write(b)
	}
	if err := os.WriteFile(filepath.Join(dir, "objects.yaml"), out.Bytes(), 0o600); err != nil {
		return err
	}
	const by = "apiVersion: cli.kyverno.io/v1alpha1\nkind: UserInfo\nmetadata: {name: flux}\nuserInfo: {username: 'system:serviceaccount:flux-system:kustomize-controller'}\n"
	if err := os.WriteFile(filepath.Join(dir, "user.yaml"), []byte(by), 0o600); err != nil {
		return err
	}
	values, err := yaml.Marshal(map[string]any{"apiVersion": "cli.kyverno.io/v1alpha1", "kind": "Values", "metadata": map[string]any{"name": "values"}, "namespaces": namespaces})
	if err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(dir, "values.yaml"), values, 0o600)
}

// rendered are the objects of both clusters, and their namespaces.
func rendered(ctx context.Context) (models []*unstructured.Unstructured, namespaces []map[string]any, err error) {
	repo, err := generator.Open(root, &generator.Options{Library: library.FS})
	if err != nil {
		return nil, nil, err
	}
	defer repo.Close()
	names, err := repo.Clusters()
	if err != nil {
		return nil, nil, err
	}
	known := map[string]bool{}
	for _, name := range names {
		cluster, findings, err := generator.Load(ctx, repo, name)
		if err != nil || cluster == nil {
			return nil, nil, fmt.Errorf("load %s: %w %v", name, err, findings)
		}
		rendering, _, err := generator.Render(cluster)
		if err != nil {
			return nil, nil, err
		}
		for _, unit := range rendering.Units {
			for _, o := range unit.Objects {
				b, err := o.YAML()
				if err != nil {
					return nil, nil, err
				}
				u := &unstructured.Unstructured{}
				if err := yaml.Unmarshal(b, &u.Object); err != nil {
					return nil, nil, err
				}
				switch {
				case u.GetKind() != "Namespace":
					models = append(models, u)
				case !known[u.GetName()]:
					known[u.GetName()] = true
					namespaces = append(namespaces, u.Object)
				}
			}
		}
	}
	return models, namespaces, nil
}

// judge asks the policies about the objects, and counts the verdicts.
func judge(dir string) (map[string]int, error) {
	files, err := os.ReadDir(filepath.Join(dir, "policies"))
	if err != nil {
		return nil, err
	}
	var given []*admission.Policy
	for _, file := range files {
		b, err := os.ReadFile(filepath.Join(dir, "policies", file.Name()))
		if err != nil {
			return nil, err
		}
		p, err := admission.Parse(b)
		if err != nil {
			return nil, err
		}
		given = append(given, p)
	}
	contents, err := fixture.Objects(os.DirFS(dir), "objects.yaml")
	if err != nil {
		return nil, err
	}
	b, err := os.ReadFile(filepath.Join(dir, "values.yaml"))
	if err != nil {
		return nil, err
	}
	var values struct {
		Namespaces []map[string]any `json:"namespaces"`
	}
	if err := yaml.Unmarshal(b, &values); err != nil {
		return nil, err
	}
	world, err := admission.NewWorld(objects(contents), objects(values.Namespaces))
	if err != nil {
		return nil, err
	}
	evaluator, unasked, err := admission.NewEvaluator(given)
	if err != nil || len(unasked) > 0 {
		return nil, fmt.Errorf("compile: %w, not asked: %v", err, unasked)
	}
	verdicts, _, err := evaluator.Ask(world, nil)
	if err != nil {
		return nil, err
	}
	counts := map[string]int{}
	for _, v := range verdicts {
		counts[string(v.Outcome)]++
	}
	return counts, nil
}

func objects(all []map[string]any) []*manifest.Object {
	var out []*manifest.Object
	for _, content := range all {
		u := &unstructured.Unstructured{Object: content}
		gvk := schema.FromAPIVersionAndKind(u.GetAPIVersion(), u.GetKind())
		out = append(out, &manifest.Object{
			ID:         manifest.ID{Group: gvk.Group, Kind: gvk.Kind, Namespace: u.GetNamespace(), Name: u.GetName()},
			APIVersion: u.GetAPIVersion(), Value: content,
		})
	}
	return out
}
