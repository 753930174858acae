package flux

import (
	"strings"

	"go.yaml.in/yaml/v3"
)

// parsed are the documents of a file that was read; none when it is no YAML.
func (r *reader) parsed(file string) []*yaml.Node {
	docs, known := r.docs[file]
	if !known {
		if data, err := r.fs.saved(file); err == nil {
			docs, _ = documents(data) // what is no YAML has no place in it
		}
		r.docs[file] = docs
	}
	return docs
}

// find returns the object of a kind in a file that was read: that of the name, or,
// since kustomize puts text before and behind names, the one whose name is the
// longest part of it.
func (r *reader) find(file, kind, name string) *yaml.Node {
	var best *yaml.Node
	most := -1
	for _, doc := range r.parsed(file) {
		candidates := []*yaml.Node{doc}
		if items := fields(doc)["items"]; items != nil {
			candidates = append(candidates, written(items).Content...)
		}
		for _, c := range candidates {
			metadata := fields(c)["metadata"]
			if metadata == nil || text(c, "kind") != kind {
				continue
			}
			if said := text(metadata, "name"); strings.Contains(name, said) && len(said) > most {
				best, most = written(c), len(said)
			}
		}
	}
	return best
}
