package main

import (
	"context"
	"fmt"
	"os"
	"slices"
	"strings"

	"stillsuit.dev/cmd/stillsuit-gen/alone"
	"stillsuit.dev/generator/evaluate"
	"stillsuit.dev/generator/lock"
)

// cataloguePage is the page of all entries.
const cataloguePage = "apps/README.md"

// entries are all entries with what is told of them.
func entries(ctx context.Context, root string) ([]told, error) {
	locked, err := lock.Read(os.DirFS(root))
	if err != nil {
		return nil, err
	}
	all, err := alone.Entries(ctx, root)
	if err != nil {
		return nil, err
	}
	var out []told
	for _, s := range all {
		e, err := tell(s, locked)
		if err != nil {
			return nil, err
		}
		out = append(out, e)
	}
	return out, nil
}

// cataloguePages makes the page of the catalogue.
func cataloguePages(ctx context.Context, root string) (map[string]string, error) {
	all, err := entries(ctx, root)
	if err != nil {
		return nil, err
	}
	var b strings.Builder
	b.WriteString(`<!-- Made from apps/ by ` + "`make golden`" + `; edits are lost. -->

# The catalogue

` + fmt.Sprintf("%d entries.", len(all)) + ` An app or a chart takes one with ` + "`from`" + `, a container too. What you write beside it wins, field by field; ` + "`off: \"reason\"`" + ` removes what it brings. An entry of the same name in your own ` + "`apps/`" + ` comes before it.

Each entry was rendered alone, with nothing but a namespace, and with the lines of CUE below it under *needs*; Secrets and values under *needs* are for you to give, and ` + "`stillsuit check`" + ` reports those that are missing. *start* is what its containers run as, and what they may write. There the namespace is called alone, and the nodes like their architectures. An entry that brings no namespace wants one from you. Memory is what its pods request together, as rendered; of a chart, what its ` + "`footprint`" + ` says. Architectures are those that all its images are built for, as [images.lock.json](../images.lock.json) has it. What is not locked is not guessed: an image that is missing there, and all images of a chart.

| entry | as | memory | architectures |
|---|---|---|---|
`)
	for _, e := range all {
		fmt.Fprintf(&b, "| [%s](#%[1]s) | %s | %s | %s |\n", e.Name, e.Kind, e.requests(), e.runsOn())
	}
	for _, e := range all {
		e.section(&b)
	}
	return map[string]string{cataloguePage: b.String()}, nil
}

// section is the part of the page about one entry.
func (e told) section(b *strings.Builder) {
	fmt.Fprintf(b, "\n## %s\n\n%s\n\n", e.Name, strings.ReplaceAll((&writer{}).prose(e.Doc), "\n", "\n\n"))
	switch e.Kind {
	case evaluate.KindApp:
		fmt.Fprintf(b, "- use: `apps: %q: v1alpha1.#App & {from: %[1]q}` ([source](../apps/%[1]s))\n", e.Name)
	case evaluate.KindChart:
		fmt.Fprintf(b, "- use: `charts: %q: v1alpha1.#Chart & {from: %[1]q}` ([source](../apps/%[1]s))\n", e.Name)
	case evaluate.KindContainer:
		fmt.Fprintf(b, "- use: `from: %q` in a container or sidecar ([source](../apps/%[1]s))\n", e.Name)
	}
	fmt.Fprintf(b, "- memory: %s\n", e.memory.words())
	fmt.Fprintf(b, "- architectures: %s\n", e.runsOn())
	if e.Kind == evaluate.KindChart {
		fmt.Fprintf(b, "- chart: %s\n", e.source())
	}
	for _, image := range e.images {
		fmt.Fprintf(b, "- image: `%s`", image)
		if slices.Contains(e.unlocked, image) {
			b.WriteString(", not locked")
		}
		b.WriteString("\n")
	}
	for _, s := range e.started {
		fmt.Fprintf(b, "- start: %s\n", s.words())
	}
	for _, w := range e.wants() {
		fmt.Fprintf(b, "- needs: %s\n", w)
	}
	if len(e.Needs) > 0 {
		fmt.Fprintf(b, "- needs:\n\n  ```cue\n  %s\n  ```\n", strings.Join(e.Needs, "\n  "))
	}
}

// source says what a chart installs, and from where.
func (e told) source() string {
	c := e.Cluster.Charts[e.Name]
	switch {
	case c.Outside != "":
		return "none; it is installed by something other than Flux: " + c.Outside
	case c.Repo != "":
		return fmt.Sprintf("`%s` %s from %s", c.Chart, c.Version, c.Repo)
	case c.Git != "":
		return fmt.Sprintf("`%s` at %s of %s", c.Chart, c.Version, c.Git)
	}
	return "`" + c.Chart + "`"
}
