package flux

import (
	"encoding/json"
	"fmt"
	"io/fs"
	"path"
	"reflect"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/client-go/kubernetes/scheme"
	kjson "sigs.k8s.io/json"

	"stillsuit.dev/finding"
	"stillsuit.dev/generator/apis"
	"stillsuit.dev/generator/manifest"
	"stillsuit.dev/inventory"
)

// plain reads every YAML file in a directory and below it. A directory with a
// kustomization is built, as Flux does.
func (r *reader) plain(dir string) {
	for _, name := range r.listed(dir) {
		at := path.Join(dir, name)
		if r.fs.IsDir(at) {
			r.unit(at, nil)
			continue
		}
		r.guarded("reading "+at, finding.Place{File: at}, func() { r.file(at) })
	}
}

// listed are the YAML files in a directory and below it, and the directories with
// kustomizations, which are not descended into: what Flux takes from a directory
// without one.
func (r *reader) listed(dir string) []string {
	entries, err := r.fs.entries(dir)
	if err != nil {
		r.unreadable(finding.Place{File: dir}, dir, err)
		return nil
	}
	var out []string
	for _, e := range entries {
		at := path.Join(dir, e.Name())
		switch {
		case r.fs.ignored(at, e.IsDir()), r.within == nil && slices.Contains(r.covered, at):
		case e.Type()&fs.ModeSymlink != 0 && !r.fs.Exists(at):
			r.refuse(finding.Place{File: at}, fmt.Sprintf("%s is a symbolic link", at), "it leads out of the repository or to nothing, and is not followed", "replace it by what it should be")
		case e.IsDir() && r.kustomizationIn(at) != "":
			out = append(out, e.Name())
		case e.IsDir():
			for _, below := range r.listed(at) {
				out = append(out, path.Join(e.Name(), below))
			}
		case strings.HasSuffix(e.Name(), ".yaml") || strings.HasSuffix(e.Name(), ".yml"):
			out = append(out, e.Name())
		}
	}
	return out
}

// file reads the objects of a YAML file.
func (r *reader) file(name string) {
	r.taken[name] = true
	data, err := r.fs.ReadFile(name)
	if err != nil {
		r.unreadable(finding.Place{File: name}, name, err)
		return
	}
	docs, err := documents(data)
	if err != nil { // reading would have failed
		r.unreadable(finding.Place{File: name}, name, err)
		return
	}
	for _, doc := range docs {
		r.document(doc, name)
	}
}

// document keeps the object in a document, or those of a list.
func (r *reader) document(doc *yaml.Node, file string) {
	n := written(doc)
	if n.Kind == 0 || n.Kind == yaml.ScalarNode && n.Tag == "!!null" {
		return
	}
	at := origin{file: file, node: n}
	if items := fields(n)["items"]; items != nil && strings.HasSuffix(text(n, "kind"), "List") && written(items).Kind == yaml.SequenceNode {
		for _, item := range written(items).Content {
			r.document(item, file)
		}
		return
	}
	if text(n, "apiVersion") == "" || text(n, "kind") == "" {
		r.report(finding.Error, at.place(), "foreign/no-object", "this YAML is no Kubernetes object", "Flux would refuse the whole directory for it", "add apiVersion and kind, or move it elsewhere")
		return
	}
	v, err := valueOf(n)
	if err != nil {
		r.report(finding.Error, at.place(), "foreign/undecodable", "this object cannot be read", r.words(err), "correct it")
		return
	}
	r.object(v, at)
}

// object keeps an object that is given as JSON decodes it.
func (r *reader) object(v any, at origin) {
	v, unsettled := r.post.substituted(v)
	v, at.layers = r.over.common(v, at.layers)
	v, problems := refused(v)
	head := struct {
		APIVersion string `json:"apiVersion"`
		Kind       string `json:"kind"`
		Metadata   struct {
			Name         string `json:"name"`
			GenerateName string `json:"generateName"`
			Namespace    string `json:"namespace"`
		} `json:"metadata"`
	}{}
	o := &manifest.Object{Part: r.component}
	b, err := json.Marshal(v)
	if err == nil {
		err = json.Unmarshal(b, &head)
	}
	if err == nil {
		gvk := schema.FromAPIVersionAndKind(head.APIVersion, head.Kind)
		o.ID = manifest.ID{Group: gvk.Group, Kind: head.Kind, Namespace: head.Metadata.Namespace, Name: head.Metadata.Name}
		o.APIVersion = head.APIVersion
		o.Written, _ = v.(map[string]any) // it has an apiVersion
		o.Value, err = r.decoded(gvk, o.Written, b)
	}
	if err != nil {
		r.undecodable(o, at, err)
		return
	}
	r.keep(o, at)
	r.unsettled(o, unsettled)
	r.tell(o, v, problems)
	r.follow(o, b, at)
}

// decoded decodes an object, without the values that are filled in later.
func (r *reader) decoded(gvk schema.GroupVersionKind, object map[string]any, b []byte) (any, error) {
	value, err := typed(gvk, b)
	if err == nil {
		return value, nil
	}
	into, known := scheme.Scheme.New(schema.FromAPIVersionAndKind(apis.ReadAs(gvk.GroupVersion().String(), gvk.Kind), gvk.Kind))
	if known != nil {
		return value, err
	}
	filled, some := filled(reflect.TypeOf(into), object)
	if !some {
		return value, err
	}
	if b, err = json.Marshal(filled); err != nil {
		return nil, err
	}
	return typed(gvk, b)
}

// typed decodes an object into its Go type, or a map when its kind is not
// Kubernetes' own.
func typed(gvk schema.GroupVersionKind, b []byte) (any, error) {
	as := schema.FromAPIVersionAndKind(apis.ReadAs(gvk.GroupVersion().String(), gvk.Kind), gvk.Kind)
	into, err := scheme.Scheme.New(as)
	if runtime.IsNotRegisteredError(err) {
		var value map[string]any
		return value, json.Unmarshal(b, &value)
	}
	if err != nil {
		return nil, err
	}
	err = kjson.UnmarshalCaseSensitivePreserveInts(b, into)
	if err != nil && gvk.Group == "" && gvk.Kind == "Secret" {
		// SOPS and Flux's substitution leave values there that are no base64 yet.
		var value map[string]any
		if plain := json.Unmarshal(b, &value); plain == nil && unfilled(value) {
			return value, nil
		}
	}
	return into, err
}

// undecodable reports why an object does not fit its Go type: each value of another type, at
// its line.
func (r *reader) undecodable(o *manifest.Object, at origin, err error) {
	into, _ := scheme.Scheme.New(schema.FromAPIVersionAndKind(o.APIVersion, o.Kind)) // of another kind nothing is known
	told := false
	for _, m := range mistyped(into, o.Written) {
		told = true
		r.places.objects[o] = at
		spot := inventory.Spot{Object: o, Keys: m.Keys, Path: container(o.Written, m.Keys)}
		place, _ := r.places.Locate(spot)
		problem, detail, fix := m.Say(reflect.TypeOf(into), o.DisplayName())
		if text := replaced(at.node, o, m.Keys); text != "" {
			problem, detail = problem+", since Flux replaces "+text, strings.Replace(detail, " there", "", 1)
			if _, is := m.Value.(string); !is && strings.HasSuffix(m.Want, "text") {
				fix = "give the variable a value with quotes of its own, such as '\"8080\"': Flux replaces it in YAML without the quotes of the file"
			}
		}
		r.found(spot, finding.Finding{Code: "foreign/undecodable", Severity: finding.Error, Place: place, Problem: problem, Detail: detail, Fix: fix})
	}
	if !told {
		r.reportOf(o, finding.Error, at.place(), "foreign/undecodable", fmt.Sprintf("%s does not fit its kind", o.DisplayName()), r.words(err), "correct it")
	}
}

// replaced is the text with variables that a file has where the object has another value; "" where
// it has none.
func replaced(file *yaml.Node, o *manifest.Object, keys []string) string {
	if file == nil {
		return ""
	}
	_, value, depth := below(file, keys, o.Content())
	if depth < len(keys) || value == nil || !strings.Contains(written(value).Value, "${") {
		return ""
	}
	return written(value).Value
}

// mistyped are the values in an object that do not have the type of their field.
func mistyped(into runtime.Object, object map[string]any) []manifest.Mismatch {
	if into == nil {
		return nil
	}
	return slices.DeleteFunc(manifest.Mismatches(reflect.TypeOf(into), object), func(m manifest.Mismatch) bool {
		text, _ := m.Value.(string)
		return m.Unknown() || manifest.Unfilled(text)
	})
}

// unfilled reports whether the data of a Secret holds a value that something else decrypts or
// fills in.
func unfilled(secret map[string]any) bool {
	data, _ := secret["data"].(map[string]any)
	for _, value := range data {
		if text, ok := value.(string); ok && manifest.Unfilled(text) {
			return true
		}
	}
	return false
}
