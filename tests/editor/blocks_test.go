package editor

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"stillsuit.dev/cmd/stillsuit-gen/cuedoc"
	"stillsuit.dev/schemas"
)

// block is a place in a cluster's CUE where a user fills in fields.
type block struct {
	// path says where it is: apps.NAME.place.
	path string
	// open and shut are the CUE around its fields.
	open, shut string
	// fields are what may be written there, as the schema has it.
	fields []cuedoc.SchemaField
	// typed says that the definition stands at the block's own brace.
	typed bool
}

// text is the block with these lines in it, as a file of a cluster's package.
func (b block) text(lines ...string) string {
	return header + b.open + "\n" + strings.Join(lines, "\n") + "\n" + b.shut + "\n"
}

// header is how such a file starts.
const header = "package attic\n\nimport \"stillsuit.dev/schemas/v1alpha1\"\n\n"

// names are what its fields are called, sorted.
func (b block) names() []string {
	var out []string
	for _, f := range b.fields {
		out = append(out, f.Name)
	}
	slices.Sort(out)
	return slices.Compact(out) // the same field in a definition and in one that it embeds
}

// taught are the schema's blocks, each in the form that docs/how-to/editor.md teaches: an
// entry with a name of its own names its definition, a field of the schema needs none.
type taught struct {
	definitions map[string]cuedoc.Definition
	blocks      []block
	seen        map[string]bool
}

func readBlocks(t *testing.T) *taught {
	t.Helper()
	concepts, err := cuedoc.Concepts(schemas.FS)
	require.NoError(t, err)
	w := &taught{definitions: map[string]cuedoc.Definition{}, seen: map[string]bool{}}
	for _, c := range concepts {
		for _, d := range c.Definitions {
			w.definitions[d.Name] = d
		}
	}
	for _, c := range concepts {
		for _, d := range c.Definitions {
			if d.Section != "" {
				label := strings.ReplaceAll(d.Section, ".NAME", ": some")
				w.walk(d.Section, label+": v1alpha1."+d.Name+" & {", "}", w.fields(d.Name), d.Name)
			}
			if len(d.Facts) > 0 { // a board, which is a node with facts
				w.walk("cluster.nodes.NAME", "cluster: v1alpha1.#Cluster & {nodes: some: v1alpha1."+d.Name+" & {", "}}", w.fields(d.Name), d.Name)
			}
		}
	}
	for name, d := range w.definitions {
		require.Equal(t, d.Type == "", w.seen[name], "%s is in no block of a cluster", name)
	}
	return w
}

// fields are those of a definition, with those of what it embeds.
func (w *taught) fields(name string) []cuedoc.SchemaField {
	d := w.definitions[name]
	out := slices.Clone(d.Fields)
	for _, of := range d.Of {
		out = append(out, w.fields(of)...)
	}
	return out
}

var blockType = regexp.MustCompile(`^(by name: )?(#\w+)$`)

// walk adds the block and those below it. What is below a definition is added where that
// one is met first.
func (w *taught) walk(path, open, shut string, fields []cuedoc.SchemaField, of string) {
	w.blocks = append(w.blocks, block{path, open, shut, fields, strings.HasSuffix(open, "& {")})
	if of != "" {
		if w.seen[of] {
			return
		}
		w.seen[of] = true
		for _, embedded := range w.definitions[of].Of {
			w.seen[embedded] = true
		}
	}
	for _, f := range fields {
		below := open + f.Name + ": "
		if f.Fields != nil {
			w.walk(path+"."+f.Name, below+"{", "}"+shut, f.Fields, "")
			continue
		}
		m := blockType.FindStringSubmatch(f.Type)
		if m == nil || w.definitions[m[2]].Type != "" {
			continue
		}
		if m[1] != "" {
			w.walk(path+"."+f.Name+".NAME", below+"some: v1alpha1."+m[2]+" & {", "}"+shut, w.fields(m[2]), m[2])
		} else {
			w.walk(path+"."+f.Name, below+"{", "}"+shut, w.fields(m[2]), m[2])
		}
	}
}
