// Package alone renders each entry of the catalogue by itself, in a cluster that holds
// nothing else, with the lines of CUE in needs/ without which it cannot be rendered. The
// page of the catalogue tells what comes of it, and tests look at all of it.
package alone

import (
	"stillsuit.dev/checks/access"
	"stillsuit.dev/inventory"

	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"text/template"

	"stillsuit.dev/apps"
	"stillsuit.dev/cmd/stillsuit-gen/cuedoc"
	"stillsuit.dev/finding"
	"stillsuit.dev/generator"
	"stillsuit.dev/policies/library"
)

// text is a cluster that holds one catalogue entry, with a node of each
// architecture, so that no image is held back by the nodes.
const text = `package alone

import "stillsuit.dev/schemas/v1alpha1"

cluster: v1alpha1.#Cluster & {
	name:   "alone"
	domain: "alone.example"
	network: lan: "192.168.1.0/24"
	storage: "local-path": {provisioner: "rancher.io/local-path", default: true}
	nodes: {
		amd64: {arch: "amd64", role: "server", address: "192.168.1.10"}
		arm64: arch: "arm64"
		arm: arch:   "arm"
	}
}
{{if eq .Kind "app"}}apps: "{{.Name}}": {from: "{{.Name}}", namespace: "alone"}
{{else if eq .Kind "chart"}}charts: "{{.Name}}": {from: "{{.Name}}", namespace: "alone"}
{{else}}apps: "{{.Name}}": {namespace: "alone", containers: main: from: "{{.Name}}"}
{{end}}`

// Entry is an entry of the catalogue as one of its kinds.
type Entry struct {
	Name, Kind string
	// Doc is the comment of its package.
	Doc string
	// Needs are lines of CUE without which it does not render.
	Needs []string
	// Cluster and Rendering are what it gives with what it needs.
	Cluster   *generator.Cluster
	Rendering *generator.Rendering
}

// Entries renders each entry alone, as each kind that it has.
func Entries(ctx context.Context, root string) ([]*Entry, error) {
	listed, err := cuedoc.List(apps.FS)
	if err != nil {
		return nil, err
	}
	var out []*Entry
	for _, l := range listed {
		if len(l.Kinds) == 0 {
			return nil, fmt.Errorf("%s is no app, container or chart", l.Name)
		}
		for _, kind := range l.Kinds {
			e := &Entry{Name: l.Name, Kind: kind, Doc: l.Doc}
			if e.Needs, err = needs(root, e.Name); err != nil {
				return nil, err
			}
			var refused []string
			if e.Cluster, e.Rendering, refused, err = e.render(ctx, root, e.Needs); err != nil {
				return nil, err
			}
			if len(refused) > 0 {
				return nil, fmt.Errorf("%s %s does not render alone; say what it needs in %s/%[2]s.cue:\n%s", kind, e.Name, needsDir, strings.Join(refused, "\n"))
			}
			out = append(out, e)
		}
	}
	return out, nil
}

// needsDir holds what entries cannot render without.
const needsDir = "cmd/stillsuit-gen/alone/needs"

// needs are the lines of needs/NAME.cue, each of which an entry cannot do without.
func needs(root, name string) ([]string, error) {
	b, err := os.ReadFile(filepath.Join(root, needsDir, name+".cue"))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	} else if err != nil {
		return nil, err
	}
	lines := strings.Split(strings.TrimSpace(string(b)), "\n")
	if len(lines) < 3 || lines[0] != "package alone" || lines[1] != "" {
		return nil, fmt.Errorf("%s.cue starts with its package and an empty line", name)
	}
	return lines[2:], nil
}

// render renders the entry with these lines of CUE, in a repository of its own
// that knows this repository's images. It returns the errors that findings tell.
func (e *Entry) render(ctx context.Context, root string, needs []string) (_ *generator.Cluster, _ *generator.Rendering, refused []string, err error) {
	dir, err := os.MkdirTemp("", "stillsuit-gen")
	if err != nil {
		return nil, nil, nil, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	if err := e.write(dir, root, needs); err != nil {
		return nil, nil, nil, err
	}
	repo, err := generator.Open(dir, &generator.Options{Library: library.FS})
	if err != nil {
		return nil, nil, nil, err
	}
	defer repo.Close()
	cluster, findings, err := generator.Load(ctx, repo, "alone")
	if err != nil || cluster == nil {
		return nil, nil, errorsOf(findings), err
	}
	rendering, more, err := generator.Render(cluster)
	if err != nil {
		return nil, nil, nil, err
	}
	judged, err := access.Judge(inventory.Declared(cluster.Desired, rendering.Set, repo.Lock(), repo.Source))
	return cluster, rendering, errorsOf(slices.Concat(findings, more, judged)), err
}

// write writes that repository to a directory.
func (e *Entry) write(dir, root string, needs []string) error {
	var cluster bytes.Buffer
	if err := template.Must(template.New("").Parse(text)).Execute(&cluster, e); err != nil {
		return err
	}
	lock, err := os.ReadFile(filepath.Join(root, "images.lock.json"))
	if err != nil {
		return err
	}
	for name, content := range map[string]string{
		"cue.mod/module.cue":       "module: \"alone.example@v0\"\nlanguage: version: \"v0.17.0\"\ndeps: \"stillsuit.dev@v0\": v: \"v0.1.0\"\n",
		"clusters/alone/alone.cue": cluster.String(),
		"clusters/alone/needs.cue": "package alone\n\n" + strings.Join(needs, "\n") + "\n",
		"images.lock.json":         string(lock),
	} {
		name = filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			return err
		}
		if err := os.WriteFile(name, []byte(content), 0o644); err != nil {
			return err
		}
	}
	return nil
}

// errorsOf are the findings that leave something unrendered.
func errorsOf(findings []finding.Finding) []string {
	var out []string
	for _, f := range findings {
		if f.Severity == finding.Error {
			out = append(out, f.String())
		}
	}
	return out
}
