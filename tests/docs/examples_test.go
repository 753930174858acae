package docs

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/tools/txtar"

	"stillsuit.dev/generator/evaluate"
	"stillsuit.dev/schemas"
)

// shown is the part of a golden file that a page shows.
type shown struct {
	// golden is a file of tests/golden, without its ending.
	golden string
	// section is what the file wants: web/site. "" shows no rendering.
	section string
	// kinds are the objects to show; none means all of the section.
	kinds []string
	// more are other files of tests/golden about the concept.
	more []string
	// see is another concept, whose page shows this one too; then all else is empty.
	see string
}

// examples are the golden files that the pages show, by concept: short ones.
func examples() map[string]shown {
	return map[string]shown{
		"app":          {golden: "off", section: "web/shop", kinds: []string{"Deployment", "Service"}, more: []string{"connects", "secrets", "patches", "objects", "flux", "selector"}},
		"backup":       {golden: "backups", section: "velero/velero-config", more: []string{"volumes"}},
		"certificate":  {golden: "certificates", section: "certs/cert-manager-config", more: []string{"expose-host"}},
		"chart":        {golden: "chart-values", section: "monitoring/dashboard", more: []string{"chart", "chart-catalogue", "chart-traffic"}},
		"cluster":      {golden: "flux", section: "bootstrap", more: []string{"base/clusters/demo/cluster.cue"}},
		"container":    {golden: "deployment", section: "web/site", kinds: []string{"Deployment", "Service"}, more: []string{"probes", "sidecars", "user", "secrets", "files"}},
		"expose":       {golden: "expose-host", section: "web/site", kinds: []string{"Ingress"}, more: []string{"expose-loadbalancer", "expose-tunnel", "expose-mesh"}},
		"image":        {see: "cluster"},
		"ingress":      {golden: "middlewares", section: "traefik/traefik-config", more: []string{"middlewares-bundled", "expose-host"}},
		"metrics":      {golden: "targets", section: "monitors", more: []string{"metrics"}},
		"namespace":    {golden: "namespace", section: "namespaces", kinds: []string{"Namespace", "ResourceQuota", "LimitRange", "PersistentVolumeClaim"}, more: []string{"workspace", "deployer"}},
		"network":      {golden: "internet-lan-clients", section: "web/site", kinds: []string{"NetworkPolicy"}, more: []string{"pools", "connects", "host-network", "expose-mesh", "expose-tunnel", "tunnel-config"}},
		"node":         {golden: "node", section: "web/zigbee", kinds: []string{"Deployment"}, more: []string{"place", "storage", "base/clusters/demo/cluster.cue"}},
		"notification": {golden: "notifications", section: "notifications", kinds: []string{"Alert", "Provider"}},
		"profiles":     {see: "node"},
		"rbac":         {golden: "access", section: "access", more: []string{"grants", "deployer"}},
		"scalar":       {see: "workload"},
		"storage":      {golden: "storage", section: "storage/local-path-config", more: []string{"storage-bundled", "volumes"}},
		"policy":       {golden: "policy", section: "policies", more: []string{"policies"}},
		"suppress":     {see: "cluster"},
		"volume":       {golden: "volumes", section: "web/site", kinds: []string{"Deployment", "PersistentVolumeClaim"}, more: []string{"files", "files-single", "statefulset"}},
		"workload":     {golden: "cronjob", section: "web/nightly", more: []string{"deployment", "statefulset", "daemonset", "job", "update", "place", "importance"}},
	}
}

// goldenDir is where the golden files lie, from the root and from a page.
const (
	goldenDir   = "tests/golden"
	goldenLinks = "../../" + goldenDir
)

// example is the part of a page with the example of a concept.
func example(t *testing.T, concept string) string {
	t.Helper()
	e, ok := examples()[concept]
	require.True(t, ok, "no example for %s: name a golden file in examples", concept)
	var b strings.Builder
	b.WriteString("\n## Example\n\n")
	if e.see != "" {
		fmt.Fprintf(&b, "See the example of [%s](%[1]s.md#example).\n", e.see)
		return b.String()
	}
	archive, err := txtar.ParseFile(filepath.Join(root, goldenDir, e.golden+".txtar"))
	require.NoError(t, err)
	fmt.Fprintf(&b, "What is written, over the small cluster in [%s/base](%s/base):\n", goldenDir, goldenLinks)
	rendered := ""
	for _, f := range archive.Files {
		if section, ok := strings.CutPrefix(f.Name, "want: "); !ok {
			fmt.Fprintf(&b, "\n`%s`:\n\n```%s\n%s```\n", f.Name, strings.TrimPrefix(filepath.Ext(f.Name), "."), f.Data)
		} else if section == e.section {
			rendered = pick(string(f.Data), e.kinds)
		}
	}
	require.NotEmpty(t, rendered, "%s.txtar has no %v in %s", e.golden, e.kinds, e.section)
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
	return b.String()
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

// TestExamples wants an example for each concept, and none that nothing shows.
func TestExamples(t *testing.T) {
	concepts, err := evaluate.Concepts(schemas.FS)
	require.NoError(t, err)
	all := examples()
	for _, c := range concepts {
		require.Contains(t, all, c.Name)
		delete(all, c.Name)
	}
	require.Empty(t, all, "no concept has these names")
	require.Equal(t, "a: 1\nkind: B\n---\nkind: D\n", pick("a: 1\nkind: B\n---\nkind: C\n---\nkind: D\n", []string{"B", "D"}))
}
