package main

import (
	"context"
	"fmt"
	"strings"

	"stillsuit.dev/cmd/stillsuit-gen/cuedoc"
	"stillsuit.dev/schemas"
)

// schemaDocs is where the pages of the schemas lie.
const schemaDocs = "docs/schema"

// schemaPages makes a page for each file of the schemas, and their index.
func schemaPages(_ context.Context, root string) (map[string]string, error) {
	concepts, err := cuedoc.Concepts(schemas.FS)
	if err != nil {
		return nil, err
	}
	w := newWriter(concepts)
	pages := map[string]string{schemaDocs + "/README.md": w.index()}
	for _, c := range concepts {
		shows, err := example(root, c.Name)
		if err != nil {
			return nil, err
		}
		pages[schemaDocs+"/"+c.Name+".md"] = w.page(c) + shows
	}
	return pages, nil
}

// index is the page that leads to all others.
func (w *writer) index() string {
	var b strings.Builder
	b.WriteString("<!-- Made from schemas/v1alpha1 by `make golden`; edits are lost. -->\n\n# The schema\n\n")
	b.WriteString("A cluster is a CUE package, `clusters/NAME`. It has these fields at the top, and no others:\n\n")
	for _, c := range w.concepts {
		for _, d := range c.Definitions {
			if d.Section != "" {
				fmt.Fprintf(&b, "- `%s`: %s\n", d.Section, w.link(d.Name))
			}
		}
	}
	b.WriteString("\nOne page for each file of [schemas/v1alpha1](../../schemas/v1alpha1). Each shows an example with what it renders to.\n\n")
	for _, c := range w.concepts {
		var names []string
		for _, d := range c.Definitions {
			names = append(names, w.link(d.Name))
		}
		fmt.Fprintf(&b, "- [%s](%s.md): %s\n", c.Name, c.Name, strings.Join(names, ", "))
	}
	b.WriteString("\nIn the lists of fields, `by name: text` is a block whose fields you name yourself. Every field may be left out as far as the schema goes; where one is needed, or two do not go together, a finding says so on your line.\n")
	return b.String()
}
