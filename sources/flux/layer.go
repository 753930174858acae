package flux

import (
	"encoding/json"
	"path"
	"reflect"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"sigs.k8s.io/kustomize/api/types"
	"sigs.k8s.io/kustomize/kyaml/resid"
	kyaml "sigs.k8s.io/yaml"

	"stillsuit.dev/generator/manifest"
)

// laid is what a kustomization, and all that it takes, build from.
type laid struct {
	files  []string // of resources
	layers []layer  // in the order in which they are applied
	schema bool     // one of them brings a schema of its own
}

// layer is a part of a kustomization, or of a Flux Kustomization, that changes objects: a
// patch, an image, a number of replicas, labels.
type layer struct {
	file  string
	wrote writer
}

// writer returns where a layer says what is at keys in an object, how many of the keys
// lead there, and whether all that is there is the layer's; nil when it does not change that.
type writer func(o *made, keys []string) (*yaml.Node, int, bool)

// made is an object that a kustomization made.
type made struct {
	*manifest.Object
	org  resid.ResId // its name and namespace in its file
	file *yaml.Node  // what its file says; nil when that is unknown
}

// layering reads the layers of kustomizations.
type layering struct{ *reader }

// layersOf are those in a kustomization file, or in the spec of a Flux Kustomization, in the
// order in which they are applied. dir is what its paths are relative to.
func (r layering) layersOf(n *yaml.Node, file, dir string) []layer {
	var out []layer
	says := fields(n)
	for _, patch := range items(says["patchesstrategicmerge"]) {
		out = append(out, r.merges(patch, nil, file, dir)...)
	}
	for _, patch := range items(says["patches"]) {
		out = append(out, r.patch(patch, file, dir)...)
	}
	for _, patch := range items(says["patchesjson6902"]) {
		out = append(out, r.patch(patch, file, dir)...)
	}
	for _, field := range []string{"commonlabels", "commonannotations"} {
		out = append(out, layer{file, pairs(says[field])})
	}
	for _, one := range items(says["labels"]) {
		out = append(out, layer{file, pairs(fields(one)["pairs"])})
	}
	for _, one := range items(says["replicas"]) {
		out = append(out, layer{file, replicas(fields(one))})
	}
	for _, one := range items(says["images"]) {
		out = append(out, layer{file, imageEntry(fields(one))})
	}
	return out
}

func items(n *yaml.Node) []*yaml.Node {
	if n == nil || written(n).Kind != yaml.SequenceNode {
		return nil
	}
	return written(n).Content
}

// patch is an entry of patches, which is a strategic merge patch or a list of operations, in
// a file or in place.
func (r layering) patch(n *yaml.Node, file, dir string) []layer {
	says := fields(n)
	target := says["target"]
	text := says["path"]
	if text == nil {
		text = says["patch"]
	}
	if text == nil {
		return nil
	}
	return r.merges(text, target, file, dir)
}

// merges are the patches in a text, or in the file that it names.
func (r layering) merges(text, target *yaml.Node, file, dir string) []layer {
	var docs []*yaml.Node
	if text = written(text); strings.ContainsAny(text.Value, "\n{[") {
		docs = r.inline(text, file)
	} else {
		file = path.Join(dir, text.Value)
		docs = r.parsed(file)
	}
	chosen := targets(target)
	var out []layer
	for _, doc := range docs {
		doc = written(doc)
		switch doc.Kind {
		case yaml.MappingNode:
			out = append(out, layer{file, merge(doc, chosen)})
		case yaml.SequenceNode:
			for _, op := range doc.Content {
				out = append(out, layer{file, operation(op, chosen)})
			}
		}
	}
	return out
}

// target reports whether a patch is for an object, as kustomize decides it (PatchTransformer and
// resWrangler.Select). Selectors of labels and annotations are left out: what they
// choose by may have changed since.
type target func(o *made) bool

// targets returns the target that a patch names; nil without one.
func targets(n *yaml.Node) target {
	if n == nil {
		return nil
	}
	selector := types.Selector{}
	b, err := jsonOf(n)
	if err == nil {
		err = kyaml.Unmarshal(b, &selector)
	}
	by, wrong := types.NewSelectorRegex(&selector)
	if err != nil || wrong != nil {
		return func(*made) bool { return false }
	}
	return func(o *made) bool {
		gvk := schema.FromAPIVersionAndKind(o.APIVersion, o.Kind)
		now := resid.ResId{Namespace: o.Namespace}
		return by.MatchGvk(resid.NewGvk(gvk.Group, gvk.Version, gvk.Kind)) &&
			(by.MatchNamespace(now.EffectiveNamespace()) || by.MatchNamespace(o.org.EffectiveNamespace())) &&
			(by.MatchName(o.Name) || by.MatchName(o.org.Name))
	}
}

// merge is a strategic merge patch. One without a target is for the object that it names.
func merge(doc *yaml.Node, chosen target) writer {
	patch, err := valueOf(doc)
	id := schema.FromAPIVersionAndKind(text(doc, "apiVersion"), text(doc, "kind"))
	name := ""
	if metadata := fields(doc)["metadata"]; metadata != nil {
		name = text(metadata, "name")
	}
	if chosen == nil {
		chosen = func(o *made) bool {
			return o.Kind == id.Kind && o.Group == id.Group && (name == o.Name || name == o.org.Name)
		}
	}
	return func(o *made, keys []string) (*yaml.Node, int, bool) {
		if err != nil || !chosen(o) {
			return nil, 0, false
		}
		there := manifest.InPatch(reflect.TypeOf(o.Value), o.Content(), patch, keys)
		at, depth := descend(doc, there, nil)
		return at, depth, !nested(manifest.At(o.Content(), keys))
	}
}

func nested(value any) bool {
	switch value.(type) {
	case map[string]any, []any:
		return true
	}
	return false
}

// operation is one of a JSON 6902 patch.
func operation(op *yaml.Node, chosen target) writer {
	says := fields(op)
	pointer, value := says["path"], says["value"]
	if pointer == nil || chosen == nil {
		return nothing
	}
	path := strings.Split(strings.TrimPrefix(written(pointer).Value, "/"), "/")
	for i, key := range path {
		path[i] = strings.NewReplacer("~1", "/", "~0", "~").Replace(key)
	}
	return func(o *made, keys []string) (*yaml.Node, int, bool) {
		if len(path) > len(keys) || !chosen(o) {
			return nil, 0, false
		}
		last := len(path) - 1
		for i, key := range path[:last] {
			if key != keys[i] {
				return nil, 0, false
			}
		}
		_, item := strconv.Atoi(keys[last])
		switch list, _ := manifest.At(o.Content(), keys[:last]).([]any); {
		case value == nil && path[last] != keys[last]:
			return nil, 0, false
		case value == nil: // it was removed
			return pointer, len(path), true
		case list != nil && item == nil && !same(value, manifest.At(o.Content(), keys[:len(path)])), // moved since
			list == nil && path[last] != keys[last]:
			return nil, 0, false
		}
		if at, depth := descend(value, keys[len(path):], nil); depth > 0 {
			return at, len(path) + depth, true
		}
		return value, len(path), true
	}
}

// same compares a value in YAML with one as JSON decodes it.
func same(n *yaml.Node, value any) bool {
	a, err := jsonOf(n)
	b, wrong := json.Marshal(value)
	return err == nil && wrong == nil && string(a) == string(b)
}

func nothing(*made, []string) (*yaml.Node, int, bool) { return nil, 0, false }

// pairs are labels or annotations that every object gets.
func pairs(n *yaml.Node) writer {
	if n == nil {
		return nothing
	}
	return func(o *made, keys []string) (*yaml.Node, int, bool) {
		if len(keys) < 2 {
			return nil, 0, false
		}
		within, key := keys[len(keys)-2], keys[len(keys)-1]
		label, value := step(written(n), key, nil)
		if label == nil || !same(value, manifest.At(o.Content(), keys)) {
			return nil, 0, false
		}
		switch within {
		case "labels", "annotations", "matchLabels", "selector":
			return label, len(keys), true
		}
		return nil, 0, false
	}
}

// replicas is an entry of replicas.
func replicas(says map[string]*yaml.Node) writer {
	name, count := says["name"], says["count"]
	if name == nil || count == nil {
		return nothing
	}
	return func(o *made, keys []string) (*yaml.Node, int, bool) {
		if strings.Join(keys, "/") != "spec/replicas" || written(name).Value != o.org.Name && written(name).Value != o.Name {
			return nil, 0, false
		}
		return count, len(keys), true
	}
}

// imageEntry is an entry of images: what it gives every image of a name.
func imageEntry(says map[string]*yaml.Node) writer {
	return func(o *made, keys []string) (*yaml.Node, int, bool) {
		now, _ := manifest.At(o.Content(), keys).(string)
		name := says["newname"]
		if name == nil {
			name = says["name"]
		}
		if name == nil || says["name"] == nil || len(keys) == 0 || keys[len(keys)-1] != "image" {
			return nil, 0, false
		}
		container, _ := descend(o.file, keys[:len(keys)-1], o.Content())
		if before := imageOf(container); !isImage(now, written(name).Value) || before != "" && !isImage(before, written(says["name"]).Value) {
			return nil, 0, false
		}
		for _, field := range []string{"digest", "newtag", "newname"} {
			if at := says[field]; at != nil && strings.Contains(now, written(at).Value) {
				return at, len(keys), true
			}
		}
		return nil, 0, false
	}
}

// imageOf is the image that a container has in its file; "" when that is unknown.
func imageOf(container *yaml.Node) string {
	if container == nil {
		return ""
	}
	return text(container, "image")
}

// isImage reports whether a reference is of the image with that name, as kustomize compares them.
func isImage(ref, name string) bool {
	rest, of := strings.CutPrefix(ref, name)
	return of && (rest == "" || rest[0] == ':' || rest[0] == '@')
}
