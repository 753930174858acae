package docs

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	corev1 "k8s.io/api/core/v1"

	"stillsuit.dev/generator/evaluate"
	"stillsuit.dev/generator/lock"
)

// cataloguePage is the page of all entries.
const cataloguePage = "apps/README.md"

// told is what the page tells of an entry.
type told struct {
	*solo
	memory footprint
	// images are what its pods run, as written in CUE, sorted. The images of a
	// chart are not known.
	images []string
	// arches are those that all images are built for; nil when that is not known.
	arches []string
	// unlocked are the images of which the lock says nothing.
	unlocked []string
}

// tell finds out what the page tells.
func tell(t *testing.T, s *solo, locked *lock.Lock) told {
	t.Helper()
	out := told{solo: s}
	if s.Kind == evaluate.KindChart {
		require.NotNil(t, s.cluster.Charts[s.Name].Footprint, "chart %s says no footprint", s.Name)
		out.memory = ofChart(s.cluster.Charts[s.Name].Footprint)
		return out
	}
	for _, u := range s.rendering.Units {
		if !slices.Equal(u.Origin, []string{"apps", s.Name}) {
			continue
		}
		for _, o := range u.Objects {
			if spec := out.memory.count(o.Value); spec != nil {
				for _, c := range slices.Concat([]corev1.Container{}, spec.InitContainers, spec.Containers) {
					ref, _, _ := strings.Cut(c.Image, "@")
					out.images = append(out.images, ref)
				}
			}
		}
	}
	slices.Sort(out.images)
	out.images = slices.Compact(out.images)
	require.NotEmpty(t, out.images, "%s %s runs nothing", s.Kind, s.Name)
	out.arches = locked.Images[out.images[0]].Arches()
	for _, ref := range out.images {
		image, ok := locked.Images[ref]
		if !ok {
			out.unlocked = append(out.unlocked, ref)
		}
		built := image.Arches()
		out.arches = slices.DeleteFunc(out.arches, func(a string) bool { return !slices.Contains(built, a) })
	}
	if out.unlocked != nil {
		out.arches = nil
	}
	return out
}

// runsOn says on which architectures an entry runs, as far as that is known.
func (e told) runsOn() string {
	switch {
	case e.Kind == evaluate.KindChart && !e.cluster.Charts[e.Name].RunsPods():
		return "any"
	case e.arches == nil:
		return "not locked"
	}
	return strings.Join(e.arches, ", ")
}

// entries are all entries with what is told of them.
func entries(t *testing.T) []told {
	t.Helper()
	locked, err := lock.Read(os.DirFS(root))
	require.NoError(t, err)
	var out []told
	for _, s := range catalogue(t) {
		out = append(out, tell(t, s, locked))
	}
	return out
}

// cataloguePages makes the page of the catalogue.
func cataloguePages(t *testing.T) map[string]string {
	t.Helper()
	all := entries(t)
	var b strings.Builder
	b.WriteString(`<!-- Made from apps/ by ` + "`make golden`" + `; edits are lost. -->

# The catalogue

` + fmt.Sprintf("%d entries.", len(all)) + ` An app or a chart takes one with ` + "`from`" + `, a container too. What you write beside it wins, field by field; ` + "`off: \"reason\"`" + ` removes what it brings. An entry of the same name in your own ` + "`apps/`" + ` comes before it.

Each entry was rendered alone, with nothing but a namespace, and with what stands below it under *needs*. There the namespace is called alone, and the nodes like their architectures. An entry that brings no namespace wants one from you. Memory is what its pods request together, as rendered; of a chart, what its ` + "`footprint`" + ` says. Architectures are those that all its images are built for, as [images.lock.json](../images.lock.json) has it. What is not locked is not guessed: an image that is missing there, and all images of a chart.

| entry | as | memory | architectures |
|---|---|---|---|
`)
	for _, e := range all {
		fmt.Fprintf(&b, "| [%s](#%[1]s) | %s | %s | %s |\n", e.Name, e.Kind, e.requests(), e.runsOn())
	}
	for _, e := range all {
		e.section(&b)
	}
	return map[string]string{cataloguePage: b.String()}
}

// requests is the memory of the table: what is asked for, without limits.
func (e told) requests() string {
	var parts []string
	if !e.memory.always.none() {
		parts = append(parts, e.memory.always.requests.String())
	}
	if !e.memory.perNode.none() {
		parts = append(parts, e.memory.perNode.requests.String()+" a node")
	}
	if !e.memory.running.none() {
		parts = append(parts, e.memory.running.requests.String()+" a run")
	}
	if parts == nil {
		return "none"
	}
	return strings.Join(parts, ", ")
}

// section is the part of the page about one entry.
func (e told) section(b *strings.Builder) {
	fmt.Fprintf(b, "\n## %s\n\n%s\n\n", e.Name, (&writer{}).prose(e.doc))
	switch e.Kind {
	case evaluate.KindApp:
		fmt.Fprintf(b, "- use: `apps: %q: from: %[1]q` ([source](../apps/%[1]s))\n", e.Name)
	case evaluate.KindChart:
		fmt.Fprintf(b, "- use: `charts: %q: from: %[1]q` ([source](../apps/%[1]s))\n", e.Name)
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
	if len(e.needs) > 0 {
		fmt.Fprintf(b, "- needs:\n\n  ```cue\n  %s\n  ```\n", strings.Join(e.needs, "\n  "))
	}
}

// source says what a chart installs, and from where.
func (e told) source() string {
	c := e.cluster.Charts[e.Name]
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
