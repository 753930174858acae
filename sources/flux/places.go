package flux

import (
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"
	"sigs.k8s.io/kustomize/kyaml/resid"

	"stillsuit.dev/finding"
	"stillsuit.dev/generator/manifest"
	"stillsuit.dev/inventory"
)

// origin is where an object stands.
type origin struct {
	file string
	node *yaml.Node // the object; nil when only the file is known
	// layers are what kustomize changed it by, in the order in which it did.
	layers []layer
}

func (o origin) place() finding.Place {
	if o.node == nil {
		return finding.Place{File: o.file}
	}
	return finding.Place{File: o.file, Line: o.node.Line, Column: o.node.Column}
}

// places finds the lines of a tree, and of what is given beside it.
type places struct {
	dir      string // the tree
	objects  map[*manifest.Object]origin
	nodes    map[string]origin
	declared inventory.Locator                   // of nodes that CUE declares; may be nil
	accepted map[string]map[string]finding.Place // of suppressions, by name and field; "" is the name itself
}

// Locate implements inventory.Locator: the nearest line that the value, or what it
// is in, has in the YAML, which is that of the patch if one wrote it.
func (p *places) Locate(at inventory.Spot) (finding.Place, string) {
	switch {
	case at.Object == nil && len(at.Path) > 1 && at.Path[0] == "suppress":
		return p.locateSuppression(at.Path[1:])
	case at.Object == nil && at.Node != "" && p.declared != nil:
		return p.declared.Locate(at)
	}
	pointer := ""
	for _, key := range at.Keys {
		pointer += "/" + strings.NewReplacer("~", "~0", "/", "~1").Replace(key)
	}
	o, known := p.objects[at.Object]
	if at.Object == nil {
		o, known = p.nodes[at.Node]
	}
	if !known {
		return finding.Place{File: p.dir}, pointer
	}
	place := o.place()
	var content any
	if at.Object != nil {
		content = at.Object.Content()
	}
	label, depth := descend(o.node, at.Keys, content)
	if label != nil {
		place.Line, place.Column = label.Line, label.Column
	}
	if at.Object == nil {
		return place, pointer
	}
	of := &made{Object: at.Object, file: o.node, org: resid.ResId{Name: at.Object.Name, Namespace: at.Object.Namespace}}
	if o.node != nil && fields(o.node)["metadata"] != nil {
		metadata := fields(o.node)["metadata"]
		of.org.Name, of.org.Namespace = text(metadata, "name"), text(metadata, "namespace")
	}
	for _, l := range slices.Backward(o.layers) {
		label, n, whole := l.wrote(of, at.Keys)
		last := whole && n == len(at.Keys)
		if label != nil && (last || n > depth) {
			depth, place = n, finding.Place{File: l.file, Line: label.Line, Column: label.Column}
		}
		if label != nil && last {
			break
		}
	}
	return place, pointer
}

// descend goes down as many keys as there are, and returns what to point at, nil for
// none, and how many there were. An item of a list is found by its name in the object, nil
// when that is unknown, since patches change the order.
func descend(n *yaml.Node, keys []string, object any) (*yaml.Node, int) {
	var label *yaml.Node
	for i, key := range keys {
		if n == nil {
			return label, i
		}
		next, below := step(written(n), key, object)
		if next == nil {
			return label, i
		}
		label, n = next, below
		object = manifest.At(object, keys[i:i+1])
	}
	return label, len(keys)
}

// step goes one key down: it returns the key or item to point at, and the value.
func step(n *yaml.Node, key string, object any) (*yaml.Node, *yaml.Node) {
	switch n.Kind {
	case yaml.MappingNode:
		for i := 0; i+1 < len(n.Content); i += 2 {
			if n.Content[i].Value == key {
				return n.Content[i], n.Content[i+1]
			}
		}
	case yaml.SequenceNode:
		i, err := strconv.Atoi(key)
		item, _ := manifest.At(object, []string{key}).(map[string]any)
		name, _ := item["name"].(string)
		named := func(c *yaml.Node) bool { return text(c, "name") == name }
		if name != "" && (i >= len(n.Content) || !named(n.Content[i])) {
			if moved := slices.IndexFunc(n.Content, named); moved >= 0 {
				return n.Content[moved], n.Content[moved]
			}
			if list, _ := object.([]any); len(list) != len(n.Content) { // it is new, and not renamed
				return nil, nil
			}
		}
		if err == nil && i < len(n.Content) {
			return n.Content[i], n.Content[i]
		}
	}
	return nil, nil
}
