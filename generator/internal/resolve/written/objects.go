// Package written reads the Kubernetes objects that apps and charts write themselves.
package written

import (
	"encoding/json"
	"fmt"
	"maps"
	"reflect"
	"slices"

	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/client-go/kubernetes/scheme"

	"stillsuit.dev/finding"
	"stillsuit.dev/generator/apis"
	"stillsuit.dev/generator/internal/labels"
	"stillsuit.dev/generator/manifest"
	"stillsuit.dev/generator/model"
	"stillsuit.dev/generator/valid"
)

// Object is one that an app or chart writes itself.
type Object struct {
	ID         manifest.ID
	APIVersion string
	Value      any // of its Go type, or a map[string]any for a kind without one
	At         model.Path
}

// Read are the objects that the app or chart of that name writes itself,
// with our labels, in its namespace when they name none. Those of Kubernetes' own
// kinds are decoded strictly: Flux would drop a misspelt field without a word.
func Read(r *model.Reporter, name, ns string, of model.Path, objects map[string]map[string]any) []Object {
	var out []Object
	for _, key := range slices.Sorted(maps.Keys(objects)) {
		at := of.Join("objects", key)
		o := maps.Clone(objects[key])
		apiVersion, _ := o["apiVersion"].(string)
		kind, _ := o["kind"].(string)
		if apiVersion == "" || kind == "" {
			r.Error(at, "object/incomplete", fmt.Sprintf("object %s lacks apiVersion or kind", key), "every Kubernetes object has both", "add them")
			continue
		}
		md := map[string]any{}
		if given, ok := o["metadata"].(map[string]any); ok {
			md = maps.Clone(given)
		}
		if md["name"] == nil {
			md["name"] = key
		}
		gvk := schema.FromAPIVersionAndKind(apiVersion, kind)
		if Plain(r, at, "object "+key, o) {
			continue
		}
		if md["namespace"] == nil && !clusterScoped(gvk) {
			md["namespace"] = ns
		}
		lbls := map[string]any{}
		for k, v := range labels.Of(name, "") {
			lbls[k] = v
		}
		if given, ok := md["labels"].(map[string]any); ok {
			maps.Copy(lbls, given)
		}
		md["labels"] = lbls
		o["metadata"] = md
		value, err := typed(gvk, Refused(r, at, gvk, o))
		if err != nil {
			into, _ := scheme.Scheme.New(gvk) // a kind that is not there has no fields
			if field, fix, wrong := apis.Correct(apiVersion, kind, apis.Newest); into == nil && wrong {
				r.Error(at.Join(field), "object/invalid", fmt.Sprintf("object %s has apiVersion %s and kind %s, which Kubernetes does not have", key, apiVersion, kind), "the API server refuses the object, and Flux applies nothing of its unit", fix)
				continue
			}
			keys, why, mend := manifest.Misfit(err, into)
			r.Error(at.Join(keys...), "object/invalid", fmt.Sprintf("object %s is no %s: %s", key, gvk.Kind, why), "", mend)
			continue
		}
		namespace, _ := md["namespace"].(string)
		objectName, _ := md["name"].(string)
		out = append(out, Object{manifest.ID{Group: gvk.Group, Kind: kind, Namespace: namespace, Name: objectName}, apiVersion, value, at})
	}
	return out
}

// Plain reports Secrets whose values stand in the CUE, in what is written at a path. An empty
// one, which a controller fills, is sound.
func Plain(r *model.Reporter, at model.Path, what string, o map[string]any) bool {
	found := false
	manifest.SecretsIn(o, nil, func(secret map[string]any, keys []string) {
		keysOf := manifest.ClearText(secret)
		if len(keysOf) == 0 {
			return
		}
		found = true
		md, _ := secret["metadata"].(map[string]any)
		name, _ := md["name"].(string)
		if name == "" {
			name = at[len(at)-1]
		}
		is := " is a Secret with the "
		if len(keys) > 0 {
			is = " holds a Secret with the "
		}
		r.Error(at.Join(keys...).Join(keysOf[0]...), "secret/plain", what+is+finding.Named("key", Keys(keysOf))+" in plain text", "anyone who can read the repository can read it",
			fmt.Sprintf("write it to a file, encrypt that with sops --encrypt --in-place, name the file in secrets (secrets: %s: %q), and change what it protects", model.Path{name}, "secrets/"+name+".sops.yaml"))
	})
	return found
}

// Keys are the last of each.
func Keys(paths [][]string) []string {
	out := make([]string, 0, len(paths))
	for _, p := range paths {
		out = append(out, p[len(p)-1])
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// Refused reports what Kubernetes refuses in an object or a part of one that is written
// at a path, and returns it without the amounts that cannot be counted.
func Refused(r *model.Reporter, at model.Path, gvk schema.GroupVersionKind, o map[string]any) map[string]any {
	var into reflect.Type
	if known, err := scheme.Scheme.New(gvk); err == nil {
		into = reflect.TypeOf(known)
	}
	problems := append(valid.Object(into, gvk.Group, gvk.Kind, o), model.FootprintProblems(o)...)
	r.Refused(at, problems)
	out, _ := valid.Known(o, problems).(map[string]any) // it was one
	return out
}

// typed decodes an object strictly into its Go type, or leaves it as it is when
// its kind is not Kubernetes' own.
func typed(gvk schema.GroupVersionKind, o map[string]any) (any, error) {
	apiVersion := gvk.GroupVersion().String()
	as := apis.ReadAs(apiVersion, gvk.Kind)
	into, err := scheme.Scheme.New(schema.FromAPIVersionAndKind(as, gvk.Kind))
	if runtime.IsNotRegisteredError(err) {
		if _, was := apis.Find(apiVersion, gvk.Kind); !was && scheme.Scheme.IsGroupRegistered(gvk.Group) {
			return nil, fmt.Errorf("there is no such kind in %s", gvk.GroupVersion())
		}
		return o, nil
	}
	if err != nil {
		return nil, err
	}
	if as != apiVersion { // a version that is gone has fields that the newer one lacks
		b, err := json.Marshal(o)
		if err != nil {
			return nil, err
		}
		return into, json.Unmarshal(b, into)
	}
	return into, Strictly(o, into)
}

// Strictly decodes a value of JSON into a Go type. A field that the type does not have is
// an error.
func Strictly(o, into any) error {
	b, err := json.Marshal(o)
	if err != nil {
		return err
	}
	return manifest.Strict(b, into)
}

// clusterScoped kinds have no namespace: those of Kubernetes' own that the API serves so, and
// some of others. What is not known is taken to have one.
func clusterScoped(gvk schema.GroupVersionKind) bool {
	if k, known := apis.Find(gvk.GroupVersion().String(), gvk.Kind); known {
		return k.Cluster
	}
	switch gvk.Kind {
	case "Namespace", "Node", "PersistentVolume", "ClusterRole", "ClusterRoleBinding", "StorageClass", "IngressClass", "RuntimeClass",
		"PriorityClass", "CustomResourceDefinition", "APIService", "CSIDriver", "VolumeAttributesClass", "DeviceClass",
		"ValidatingAdmissionPolicy", "ValidatingAdmissionPolicyBinding", "MutatingAdmissionPolicy", "MutatingAdmissionPolicyBinding",
		"ValidatingWebhookConfiguration", "MutatingWebhookConfiguration", "ClusterIssuer", "ClusterPolicy",
		"ValidatingPolicy", "MutatingPolicy", "GeneratingPolicy", "DeletingPolicy", "ImageValidatingPolicy":
		return true
	}
	return false
}
