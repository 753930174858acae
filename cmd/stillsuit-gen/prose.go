package main

import (
	"fmt"
	"regexp"
	"strings"

	"stillsuit.dev/cmd/stillsuit-gen/cuedoc"
)

// writer writes pages about concepts that refer to each other.
type writer struct {
	concepts []cuedoc.Concept
	// page is the name of the page that a definition is on.
	pages map[string]string
	// uses are the fields whose values are of a definition, as links.
	uses map[string][]string
}

func newWriter(concepts []cuedoc.Concept) *writer {
	w := &writer{concepts: concepts, pages: map[string]string{}, uses: map[string][]string{}}
	for _, c := range concepts {
		for _, d := range c.Definitions {
			w.pages[d.Name] = c.Name
		}
	}
	for _, c := range concepts {
		for _, d := range c.Definitions {
			w.use(d, "", d.Fields)
		}
	}
	return w
}

// use notes what the fields of a definition are of.
func (w *writer) use(d cuedoc.Definition, prefix string, fields []cuedoc.SchemaField) {
	for _, f := range fields {
		for _, name := range definitionName().FindAllString(f.Type, -1) {
			w.uses[name] = append(w.uses[name], w.link(d.Name)+"."+prefix+f.Name)
		}
		w.use(d, prefix+f.Name+".", f.Fields)
	}
}

func definitionName() *regexp.Regexp { return regexp.MustCompile(`#[A-Za-z][A-Za-z0-9_]*`) }

// link is a link to a definition, or its name when there is none of that name.
func (w *writer) link(name string) string {
	page, ok := w.pages[name]
	if !ok {
		return name
	}
	name = strings.TrimPrefix(name, "#")
	return fmt.Sprintf("[%s](%s.md#%s)", name, page, strings.ToLower(name))
}

// prose turns a comment of the schemas into Markdown: what means something there
// is escaped, except for code, and definitions become links.
func (w *writer) prose(text string) string {
	escape := strings.NewReplacer(`\`, `\\`, `*`, `\*`, `_`, `\_`, `[`, `\[`, `]`, `\]`, `<`, `\<`)
	parts := strings.Split(text, "`")
	for i := range parts {
		if i%2 == 0 {
			parts[i] = definitionName().ReplaceAllStringFunc(escape.Replace(parts[i]), w.link)
		}
	}
	return strings.Join(parts, "`")
}
