package flux

import (
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"

	"stillsuit.dev/finding"
	"stillsuit.dev/generator/manifest"
	"stillsuit.dev/inventory"
)

// origin is where an object stands.
type origin struct {
	file string
	node *yaml.Node // the object; nil when only the file is known
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
// is in, has in the YAML. What a patch or a transformer changed is placed where the
// object says it, if it does.
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
	n := o.node
	for _, key := range at.Keys {
		if n == nil {
			break
		}
		n = written(n)
		var label *yaml.Node
		label, n = step(n, key, at.Path)
		if label != nil {
			place.Line, place.Column = label.Line, label.Column
		}
	}
	return place, pointer
}

// step goes one key down: it returns the key or item to point at, and the value. A
// container is found by its name, since patches change the order.
func step(n *yaml.Node, key string, labels []string) (*yaml.Node, *yaml.Node) {
	switch n.Kind {
	case yaml.MappingNode:
		for i := 0; i+1 < len(n.Content); i += 2 {
			if n.Content[i].Value == key {
				return n.Content[i], n.Content[i+1]
			}
		}
	case yaml.SequenceNode:
		if len(labels) > 1 {
			i := slices.IndexFunc(n.Content, func(c *yaml.Node) bool { return text(c, "name") == labels[1] })
			if i >= 0 {
				return n.Content[i], n.Content[i]
			}
		}
		if i, err := strconv.Atoi(key); err == nil && i < len(n.Content) {
			return n.Content[i], n.Content[i]
		}
	}
	return nil, nil
}
