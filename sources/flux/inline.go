package flux

import (
	"strings"

	"go.yaml.in/yaml/v3"
)

// inline parses YAML that stands in a scalar of a file. The nodes have their own lines in
// the file where the scalar is a literal block, and the scalar's else.
func (r layering) inline(n *yaml.Node, file string) []*yaml.Node {
	docs, err := documents([]byte(n.Value))
	if err != nil { // kustomize says so
		return nil
	}
	column := -1 // unknown
	if data, err := r.fs.saved(file); err == nil && n.Style&yaml.LiteralStyle != 0 {
		column = indented(string(data), n)
	}
	for _, doc := range docs {
		shift(doc, n, column)
	}
	return docs
}

// indented is by how much the file indents a literal block.
func indented(data string, n *yaml.Node) int {
	lines := strings.Split(data, "\n")
	for i, line := range strings.Split(n.Value, "\n") {
		if strings.TrimSpace(line) == "" || n.Line+i >= len(lines) {
			continue
		}
		return strings.Index(lines[n.Line+i], line)
	}
	return -1
}

func shift(n, within *yaml.Node, column int) {
	if column >= 0 {
		n.Line, n.Column = n.Line+within.Line, n.Column+column
	} else {
		n.Line, n.Column = within.Line, within.Column
	}
	for _, c := range n.Content {
		shift(c, within, column)
	}
}
