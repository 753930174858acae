package main

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"golang.org/x/tools/txtar"
)

// goldenDir is where the golden files lie, from the root and from a page.
const (
	goldenDir   = "tests/golden"
	goldenLinks = "../../" + goldenDir
)

// example is the part of a page with the example of a concept.
func example(root, concept string) (string, error) {
	e, ok := examples()[concept]
	if !ok {
		return "", fmt.Errorf("no example for %s: name a golden file in examples", concept)
	}
	var b strings.Builder
	b.WriteString("\n## Example\n\n")
	if e.see != "" {
		fmt.Fprintf(&b, "See the example of [%s](%[1]s.md#example).\n", e.see)
		return b.String(), nil
	}
	archive, err := txtar.ParseFile(filepath.Join(root, goldenDir, e.golden+".txtar"))
	if err != nil {
		return "", err
	}
	fmt.Fprintf(&b, "What is written, over the small cluster in [%s/base](%s/base):\n", goldenDir, goldenLinks)
	rendered := ""
	for _, f := range archive.Files {
		if section, ok := strings.CutPrefix(f.Name, "want: "); !ok {
			fmt.Fprintf(&b, "\n`%s`:\n\n```%s\n%s```\n", f.Name, strings.TrimPrefix(filepath.Ext(f.Name), "."), f.Data)
		} else if section == e.section {
			rendered = pick(string(f.Data), e.kinds)
		}
	}
	if rendered == "" {
		return "", fmt.Errorf("%s.txtar has no %v in %s", e.golden, e.kinds, e.section)
	}
	what := "This is rendered"
	if len(e.kinds) > 0 {
		what = "Of what is rendered, this is every object of kind " + strings.Join(e.kinds, ", ")
	}
	fmt.Fprintf(&b, "\n%s in `%s`:\n\n```yaml\n%s```\n", what, e.section, rendered)
	fmt.Fprintf(&b, "\nAll of it is in [%s.txtar](%s/%[1]s.txtar).", e.golden, goldenLinks)
	var more []string
	for _, name := range e.more {
		file := name
		if filepath.Ext(name) == "" {
			file += ".txtar"
		}
		more = append(more, fmt.Sprintf("[%s](%s/%s)", strings.TrimPrefix(name, "base/"), goldenLinks, file))
	}
	if len(more) > 0 {
		fmt.Fprintf(&b, " More of this concept: %s.", strings.Join(more, ", "))
	}
	b.WriteString("\n")
	return b.String(), nil
}

// pick returns the documents of the kinds, or all when there are none.
func pick(documents string, kinds []string) string {
	if len(kinds) == 0 {
		return documents
	}
	var out []string
	for d := range strings.SplitSeq(documents, "---\n") {
		for line := range strings.Lines(d) {
			if kind, ok := strings.CutPrefix(line, "kind: "); ok && slices.Contains(kinds, strings.TrimSpace(kind)) {
				out = append(out, d)
			}
		}
	}
	return strings.Join(out, "---\n")
}
