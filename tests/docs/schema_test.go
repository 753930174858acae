package docs

import (
	"fmt"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"stillsuit.dev/generator/evaluate"
	"stillsuit.dev/schemas"
)

// schemaDocs is where the pages of the schemas lie.
const schemaDocs = "docs/schema"

// schemaPages makes a page for each file of the schemas, and their index.
func schemaPages(t *testing.T) map[string]string {
	t.Helper()
	concepts, err := evaluate.Concepts(schemas.FS)
	require.NoError(t, err)
	w := newWriter(concepts)
	pages := map[string]string{schemaDocs + "/README.md": w.index()}
	for _, c := range concepts {
		pages[schemaDocs+"/"+c.Name+".md"] = w.page(t, c)
	}
	return pages
}

// writer writes pages about concepts that refer to each other.
type writer struct {
	concepts []evaluate.Concept
	// page is the name of the page that a definition is on.
	pages map[string]string
	// uses are the fields whose values are of a definition, as links.
	uses map[string][]string
}

func newWriter(concepts []evaluate.Concept) *writer {
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
func (w *writer) use(d evaluate.Definition, prefix string, fields []evaluate.SchemaField) {
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

// page is the page of one concept.
func (w *writer) page(t *testing.T, c evaluate.Concept) string {
	t.Helper()
	var b strings.Builder
	fmt.Fprintf(&b, "<!-- Made from schemas/v1alpha1/%s.cue by `make golden`; edits are lost. -->\n\n", c.Name)
	fmt.Fprintf(&b, "# Schema: %s\n\n[All pages](README.md) · [%[1]s.cue](../../schemas/v1alpha1/%[1]s.cue)\n", c.Name)
	for _, d := range c.Definitions {
		fmt.Fprintf(&b, "\n## %s\n", strings.TrimPrefix(d.Name, "#"))
		w.definition(&b, d)
	}
	b.WriteString(example(t, c.Name))
	return b.String()
}

func (w *writer) definition(b *strings.Builder, d evaluate.Definition) {
	name := strings.TrimPrefix(d.Name, "#")
	for paragraph := range strings.Lines(d.Doc) {
		fmt.Fprintf(b, "\n%s\n", w.prose(name+strings.TrimPrefix(strings.TrimSpace(paragraph), d.Name)))
		name = ""
	}
	if d.Section != "" {
		fmt.Fprintf(b, "\nWritten as `%s`.\n", d.Section)
	}
	if uses := w.uses[d.Name]; len(uses) > 0 && len(d.Fields) > 0 {
		fmt.Fprintf(b, "\nWritten in %s.\n", strings.Join(uses, ", "))
	}
	for _, of := range d.Of {
		if len(d.Facts) > 0 {
			fmt.Fprintf(b, "\nA %s with these facts:\n\n```cue\n%s\n```\n", w.link(of), strings.Join(d.Facts, "\n"))
		} else {
			fmt.Fprintf(b, "\nIt has the fields of %s, and these:\n", w.link(of))
		}
	}
	if d.Type != "" {
		fmt.Fprintf(b, "\nWritten as: %s.%s\n", w.prose(d.Type), w.refusal(d.Type, d.Refusal))
	}
	if len(d.Fields) > 0 {
		b.WriteString("\n")
		w.fields(b, "", d.Fields)
	}
}

// fields lists fields: the type comes after the name, with which each comment
// starts.
func (w *writer) fields(b *strings.Builder, indent string, fields []evaluate.SchemaField) {
	for _, f := range fields {
		said := strings.TrimSpace(strings.TrimPrefix(f.Doc, f.Name))
		fmt.Fprintf(b, "%s- **%s** (%s) %s%s\n", indent, f.Name, w.prose(f.Type), w.prose(strings.ReplaceAll(said, "\n", " ")), w.refusal(f.Type, f.Refusal))
		w.fields(b, indent+"  ", f.Fields)
	}
}

// refusal says what a text that does not fit is answered with. Of other types
// the words for the type say as much.
func (w *writer) refusal(typ, refusal string) string {
	if refusal == "" || !strings.HasSuffix(typ, "text") {
		return ""
	}
	return " Anything else is refused: “" + w.prose(refusal) + "”."
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

// TestEveryCommentStartsWithItsName keeps the lists of fields readable.
func TestEveryCommentStartsWithItsName(t *testing.T) {
	concepts, err := evaluate.Concepts(schemas.FS)
	require.NoError(t, err)
	for _, c := range concepts {
		for _, d := range c.Definitions {
			require.Empty(t, otherwise(d.Name, d.Fields), c.Name)
			if len(d.Doc) > 0 {
				require.True(t, strings.HasPrefix(d.Doc, d.Name+" "), d.Name)
			}
		}
	}
	require.Equal(t, []string{"#A.b.c"}, otherwise("#A", []evaluate.SchemaField{{Name: "b", Doc: "b is one.", Fields: []evaluate.SchemaField{{Name: "c", Doc: "Something else."}}}}))
}

// otherwise lists the fields whose comment starts with something else.
func otherwise(path string, fields []evaluate.SchemaField) []string {
	var out []string
	for _, f := range fields {
		if !strings.HasPrefix(f.Doc, f.Name+" ") {
			out = append(out, path+"."+f.Name)
		}
		out = append(out, otherwise(path+"."+f.Name, f.Fields)...)
	}
	return out
}
