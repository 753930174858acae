package main

import (
	"fmt"
	"strings"

	"stillsuit.dev/cmd/stillsuit-gen/cuedoc"
)

// page is the page of one concept, but for its example.
func (w *writer) page(c cuedoc.Concept) string {
	var b strings.Builder
	fmt.Fprintf(&b, "<!-- Made from schemas/v1alpha1/%s.cue by `make golden`; edits are lost. -->\n\n", c.Name)
	fmt.Fprintf(&b, "# Schema: %s\n\n[All pages](README.md) · [%[1]s.cue](../../schemas/v1alpha1/%[1]s.cue)\n", c.Name)
	for _, d := range c.Definitions {
		fmt.Fprintf(&b, "\n## %s\n", strings.TrimPrefix(d.Name, "#"))
		w.definition(&b, d)
	}
	return b.String()
}

func (w *writer) definition(b *strings.Builder, d cuedoc.Definition) {
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
func (w *writer) fields(b *strings.Builder, indent string, fields []cuedoc.SchemaField) {
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
