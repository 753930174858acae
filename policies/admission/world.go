package admission

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apiserver/pkg/admission"
	"k8s.io/apiserver/pkg/authentication/user"
	kjson "sigs.k8s.io/json"
	"sigs.k8s.io/yaml"

	"stillsuit.dev/generator/manifest"
)

// metadataName is the label that the API server gives every namespace.
const metadataName = "kubernetes.io/metadata.name"

// World is what policies can ask about: the objects of a tree, as the API server
// would be sent them, and their namespaces. It is only read.
type World struct {
	objects    []*object
	asked      int // how many of the objects are asked about, the first ones
	namespaces map[string]*namespace
	kinds      kinds
	user       user.Info
	by         map[where][]*object
}

// object is one object, as a request to create it.
type object struct {
	from         *manifest.Object
	content      map[string]any
	name         string
	generateName string
	namespace    string // that of the request: a Namespace's own name is
	labels       map[string]string
	kind         schema.GroupVersionKind
	resource     schema.GroupVersionResource
	wide         bool // of the whole cluster
	inNamespace  *namespace
	attributes   admission.Attributes
	request      map[string]any
}

type namespace struct {
	content map[string]any // as it is looked up
	typed   map[string]any // as namespaceObject
	labels  map[string]string
}

func (o *object) isNamespace() bool {
	return o.resource == schema.GroupVersionResource{Version: "v1", Resource: "namespaces"}
}

// flux is who sends the tree to the API server, by default.
func flux() user.Info {
	return &user.DefaultInfo{
		Name:   "system:serviceaccount:flux-system:kustomize-controller",
		Groups: []string{"system:serviceaccounts", "system:serviceaccounts:flux-system", "system:authenticated"},
	}
}

// NewWorld reads the objects, in the form in which Flux applies them. An object that
// names no namespace and needs one is in default. A SOPS file is seen as it lies
// there: encrypted. Those beside are there to be looked at, and are not asked about.
func NewWorld(asked, beside []*manifest.Object) (*World, error) {
	w := &World{namespaces: map[string]*namespace{}, kinds: kinds{}, user: flux(), asked: len(asked)}
	objects := slices.Concat(asked, beside)
	contents := make([]map[string]any, len(objects))
	err := onAllCores(len(objects), func(i int) error {
		var err error
		contents[i], err = read(objects[i])
		return err
	})
	if err != nil {
		return nil, err
	}
	for i, o := range objects {
		switch {
		case o.Group == "apiextensions.k8s.io" && o.Kind == "CustomResourceDefinition":
			w.kinds.define(contents[i])
		case o.Group == "" && o.Kind == "Namespace":
			w.namespaces[o.Name] = named(o.Name, contents[i])
		}
	}
	for i, o := range objects {
		w.objects = append(w.objects, w.object(o, contents[i]))
	}
	w.index()
	return w, nil
}

// read is an object as JSON has it: through its canonical bytes, so that what they
// leave out is not there either.
func read(o *manifest.Object) (map[string]any, error) {
	b, err := o.YAML()
	if err != nil {
		return nil, err
	}
	if b, err = yaml.YAMLToJSON(b); err != nil {
		return nil, fmt.Errorf("read %s: %w", o.ID, err)
	}
	var content map[string]any
	if err := kjson.UnmarshalCaseSensitivePreserveInts(b, &content); err != nil {
		return nil, fmt.Errorf("read %s: %w", o.ID, err)
	}
	return content, nil
}

func (w *World) object(from *manifest.Object, content map[string]any) *object {
	u := &unstructured.Unstructured{Object: content}
	gvk := schema.FromAPIVersionAndKind(from.APIVersion, from.Kind)
	known := w.kinds.of(gvk.GroupKind(), from.Namespace != "")
	o := &object{
		from: from, content: content, name: from.Name, generateName: u.GetGenerateName(),
		namespace: from.Namespace, labels: u.GetLabels(),
		kind: gvk, resource: gvk.GroupVersion().WithResource(known.plural), wide: known.cluster,
	}
	switch { // as the API server does
	case known.cluster && o.namespace != "":
		o.namespace, o.content = "", within(content, "")
	case !known.cluster && o.namespace == "":
		o.namespace, o.content = "default", within(content, "default")
	}
	u = &unstructured.Unstructured{Object: o.content}
	if o.isNamespace() {
		o.namespace = o.name
	}
	if o.namespace != "" {
		if w.namespaces[o.namespace] == nil {
			w.namespaces[o.namespace] = named(o.namespace, nil)
		}
		o.inNamespace = w.namespaces[o.namespace]
	}
	o.attributes = admission.NewAttributesRecord(u, nil, gvk, o.namespace, o.name, o.resource, "", admission.Create, nil, false, w.user)
	o.request = w.request(o)
	return o
}

// within is an object in another namespace than it names, or in none.
func within(content map[string]any, namespace string) map[string]any {
	metadata, _ := content["metadata"].(map[string]any)
	metadata = maps.Clone(metadata)
	if metadata == nil {
		metadata = map[string]any{}
	}
	metadata["namespace"] = namespace
	if namespace == "" {
		delete(metadata, "namespace")
	}
	content = maps.Clone(content)
	content["metadata"] = metadata
	return content
}

// By returns the same world, whose objects somebody else sends to the API server: a
// user by name and groups, as the API server knows them. Without it that is Flux's
// kustomize-controller.
func (w *World) By(name string, groups ...string) *World {
	out := *w
	out.user = &user.DefaultInfo{Name: name, Groups: groups}
	out.objects = slices.Clone(w.objects)
	for i, o := range out.objects {
		again := *o
		again.request = out.request(o)
		out.objects[i] = &again
	}
	return &out
}

// named is a namespace with what the API server gives it: a label and a finalizer,
// which make it active. Of one that is not in the tree nothing else is known.
func named(name string, content map[string]any) *namespace {
	content = maps.Clone(content)
	if content == nil {
		content = map[string]any{"apiVersion": "v1", "kind": "Namespace"}
	}
	metadata, _ := content["metadata"].(map[string]any)
	metadata = maps.Clone(metadata)
	if metadata == nil {
		metadata = map[string]any{}
	}
	all, _ := metadata["labels"].(map[string]any)
	all = maps.Clone(all)
	if all == nil {
		all = map[string]any{}
	}
	delete(metadata, "namespace")
	metadata["name"], all[metadataName] = name, name
	metadata["labels"], content["metadata"] = all, metadata
	content["spec"] = map[string]any{"finalizers": []any{"kubernetes"}}
	content["status"] = map[string]any{"phase": "Active"}
	content = stored(content)
	typed := maps.Clone(content)
	delete(typed, "apiVersion") // which Kyverno's cache of Namespaces leaves out
	delete(typed, "kind")
	return &namespace{content, typed, (&unstructured.Unstructured{Object: content}).GetLabels()}
}

// stored is a Namespace as the API server stores it, which leaves out what is empty, and
// what Namespaces do not have. It refuses one that is none; here that stays as it is.
func stored(content map[string]any) map[string]any {
	var ns corev1.Namespace
	if err := runtime.DefaultUnstructuredConverter.FromUnstructured(content, &ns); err != nil {
		return content
	}
	out, err := runtime.DefaultUnstructuredConverter.ToUnstructured(&ns)
	if err != nil {
		return content
	}
	return out
}

// request is what the API server tells of a request to create the object: its JSON,
// which leaves out a name or namespace that there is not.
func (w *World) request(o *object) map[string]any {
	kind := map[string]any{"group": o.kind.Group, "version": o.kind.Version, "kind": o.kind.Kind}
	resource := map[string]any{"group": o.resource.Group, "version": o.resource.Version, "resource": o.resource.Resource}
	by := map[string]any{}
	if w.user.GetName() != "" {
		by["username"] = w.user.GetName()
	}
	var groups []any
	for _, g := range w.user.GetGroups() {
		groups = append(groups, g)
	}
	if groups != nil {
		by["groups"] = groups
	}
	out := map[string]any{
		"uid": "", "kind": kind, "resource": resource, "requestKind": kind, "requestResource": resource,
		"operation": "CREATE", "dryRun": false, "userInfo": by,
		"object": o.content, "oldObject": nil,
		"options": map[string]any{"kind": "CreateOptions", "apiVersion": "meta.k8s.io/v1"},
	}
	if o.name != "" {
		out["name"] = o.name
	}
	if o.namespace != "" {
		out["namespace"] = o.namespace
	}
	return out
}

// dig is the value below keys, or nil.
func dig(v any, keys ...string) any {
	for _, key := range keys {
		m, _ := v.(map[string]any)
		v = m[key]
	}
	return v
}

// oneLine is a text without its lines.
func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }
