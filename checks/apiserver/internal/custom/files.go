package custom

import (
	"bytes"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/util/json"

	"stillsuit.dev/sources/flux"
)

// Read reads the CustomResourceDefinitions of v1 in a file, or in the YAML and JSON files of a
// directory and below it, in the order of their names. Other objects are left out, and so
// are names that start with a dot. An error says which file cannot be read.
func Read(fsys fs.FS, name string) ([]map[string]any, error) {
	var out []map[string]any
	err := fs.WalkDir(fsys, name, func(at string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case at != name && strings.HasPrefix(d.Name(), "."):
			if d.IsDir() {
				return fs.SkipDir
			}
			return nil
		case d.IsDir() || at != name && !slices.Contains([]string{".yaml", ".yml", ".json"}, path.Ext(at)):
			return nil
		}
		data, err := fs.ReadFile(fsys, at)
		if err != nil {
			return err
		}
		found, err := Parse(at, data)
		out = append(out, found...)
		return err
	})
	return out, err
}

// Parse returns the CustomResourceDefinitions of v1 in YAML or JSON, those in lists included,
// as `kubectl get crds -o json` writes them.
func Parse(name string, data []byte) ([]map[string]any, error) {
	if bytes.HasPrefix(bytes.TrimLeft(data, " \t\r\n"), []byte("{")) {
		var value map[string]any
		if err := json.Unmarshal(data, &value); err == nil {
			return in(value), nil
		}
	}
	docs, err := flux.Parse(name, data)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	var out []map[string]any
	for _, doc := range docs {
		b, err := doc.JSON()
		if err != nil {
			return nil, err
		}
		var value any
		if err := json.Unmarshal(b, &value); err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		if object, ok := value.(map[string]any); ok {
			out = append(out, in(object)...)
		}
	}
	return out, nil
}

// in are the definitions that an object is or lists.
func in(object map[string]any) []map[string]any {
	kind, _ := object["kind"].(string)
	if kind == Kind && object["apiVersion"] == current {
		return []map[string]any{object}
	}
	var out []map[string]any
	if items, ok := object["items"].([]any); ok && strings.HasSuffix(kind, "List") {
		for _, item := range items {
			if below, ok := item.(map[string]any); ok {
				if kind == Kind+"List" { // whose items need not say it
					below["apiVersion"], below["kind"] = object["apiVersion"], Kind
				}
				out = append(out, in(below)...)
			}
		}
	}
	return out
}
