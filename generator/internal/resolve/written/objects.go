// Package written reads the Kubernetes objects that apps and charts write themselves.
package written

import (
	"encoding/json"
	"fmt"
	"maps"
	"reflect"
	"slices"

	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/client-go/kubernetes/scheme"

	kjson "sigs.k8s.io/json"

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
	// Written is what the value was decoded from, with the fields that its Go type does not
	// have; nil for a kind without one.
	Written map[string]any
	At      model.Path
}

// Read are the objects that the app or chart of that name writes itself,
// with our labels, in its namespace when they name none. What does not fit the Go type of
// one of Kubernetes' own kinds is left out of its value; checks/apiserver reports it.
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
		o = Refused(r, at, gvk, o)
		namespace, _ := md["namespace"].(string)
		objectName, _ := md["name"].(string)
		id := manifest.ID{Group: gvk.Group, Kind: kind, Namespace: namespace, Name: objectName}
		if into, err := scheme.Scheme.New(schema.FromAPIVersionAndKind(apis.ReadAs(apiVersion, kind), kind)); err == nil && Decode(o, into) == nil {
			out = append(out, Object{id, apiVersion, into, o, at})
			continue
		}
		out = append(out, Object{id, apiVersion, o, nil, at})
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

// Decode decodes what fits of an object into a Go type.
func Decode(o map[string]any, into any) error {
	b, err := json.Marshal(manifest.Fitting(reflect.TypeOf(into), o))
	if err != nil {
		return err
	}
	return kjson.UnmarshalCaseSensitivePreserveInts(b, into)
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
