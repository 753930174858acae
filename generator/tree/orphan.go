package tree

import (
	"errors"
	"io/fs"
	"os"
	"path"
	"slices"

	"stillsuit.dev/files"
	"stillsuit.dev/finding"
)

// Orphans warns of trees below root that belong to none of the clusters: nothing
// renders them any longer, and whichever Flux was bootstrapped with one still applies
// it. They are left alone, since a tree is removed with what runs from it in mind.
func Orphans(root *os.Root, clusters []string) ([]finding.Finding, error) {
	entries, err := fs.ReadDir(files.FS(root), Root)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, pathError("list", Root, err)
	}
	var out []finding.Finding
	for _, e := range entries {
		file := path.Join(Root, e.Name(), "kustomization.yaml")
		if !e.IsDir() || slices.Contains(clusters, e.Name()) {
			continue
		}
		content, err := fs.ReadFile(files.FS(root), file)
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return nil, pathError("read", file, err)
		}
		if err != nil || Inspect(content) == Foreign {
			continue
		}
		f := at(codeOrphan, file, "belongs to no cluster", "there is no clusters/"+printable(e.Name())+", so nothing renders it any longer, and a Flux that reads it still applies it",
			"remove "+printable(path.Join(Root, e.Name()))+" once that cluster is gone")
		f.Severity = finding.Warning
		out = append(out, f)
	}
	return out, nil
}
