package flux

import (
	"bytes"
	"encoding/json"
	"io/fs"
	"os"
	"path"
	"slices"
	"strings"

	kustomizev1 "github.com/fluxcd/kustomize-controller/api/v1"

	disk "stillsuit.dev/files"
)

// declaredUnit is a Flux Kustomization as a file has it, before anything is built.
type declaredUnit struct {
	file   string
	name   string
	source string // its sourceRef's name
	dir    string // that it applies
	other  bool   // it applies that of another repository
}

// itself reports whether it applies the directory that its own file is in, as what
// `flux bootstrap` writes does.
func (u declaredUnit) itself() bool { return !u.other && within(u.file, u.dir) }

// applies reports whether it applies a file.
func (u declaredUnit) applies(file string) bool { return !u.other && within(file, u.dir) }

// within reports whether a file is in a directory or below it.
func within(file, dir string) bool { return dir == "." || strings.HasPrefix(file, dir+"/") }

// Clusters are the directories below dir that Flux applies as a whole, by Kustomizations in
// them, as `flux bootstrap` writes them: one for each cluster, sorted. The error is of opening dir.
func Clusters(root *os.Root, dir string) ([]string, error) {
	if _, err := fs.Stat(disk.FS(root), path.Clean(dir)); err != nil {
		return nil, err
	}
	r := entrances{newReader(root, dir, nil)}
	var out []string
	for _, u := range r.declared(path.Clean(dir)) {
		if u.itself() && u.name == "flux-system" && (u.dir == path.Clean(dir) || within(u.dir, path.Clean(dir))) {
			out = append(out, u.dir)
		}
	}
	slices.Sort(out)
	return slices.Compact(out), nil
}

// entrances finds where Flux begins.
type entrances struct{ *reader }

// read reads what is applied first in a directory without a kustomization: where Flux
// Kustomizations in it name directories of the repository, those that no other one applies,
// and what lies beside them; else all of it.
func (r entrances) read(dir string) {
	r.fs.whole = dir != "." && r.fs.ignored(dir, true)
	units := r.declared(dir)
	if r.kustomizationIn(dir) != "" || len(units) == 0 {
		r.unit(dir, nil)
		return
	}
	above := units
	if dir != "." {
		above = r.declared(".")
	}
	var first []string
	for _, u := range units {
		r.patched[u.file] = r.patched[u.file] || slices.ContainsFunc(above, func(other declaredUnit) bool { return !within(other.file, dir) && other.applies(u.file) })
		applied := slices.ContainsFunc(units, func(other declaredUnit) bool { return other != u && other.applies(u.file) })
		switch {
		case applied:
		case u.itself():
			first = append(first, u.dir)
		default:
			first = append(first, path.Dir(u.file))
		}
	}
	for _, u := range units {
		if !u.itself() && !u.other {
			r.covered = append(r.covered, u.dir)
		}
	}
	slices.Sort(first)
	for _, at := range slices.Compact(first) {
		r.unit(at, nil)
	}
}

// declared are the Flux Kustomizations in the files below a directory that name directories of
// the repository.
func (r entrances) declared(dir string) []declaredUnit {
	var out []declaredUnit
	sources := map[string]bool{}
	_ = r.fs.Walk("/"+dir, func(name string, info fs.FileInfo, err error) error { // what cannot be read is reported when it is
		name = relative(name)
		switch {
		case err != nil:
			return nil
		case info.IsDir() && name != "." && r.fs.ignored(name, true):
			return fs.SkipDir
		case !info.Mode().IsRegular() || !isYAML(name) || r.fs.ignored(name, false):
			return nil
		}
		data, err := r.fs.ReadFile(name)
		if err != nil || !bytes.Contains(data, []byte(".toolkit.fluxcd.io/")) {
			return nil
		}
		for _, doc := range r.parsed(name) {
			if strings.HasPrefix(text(doc, "apiVersion"), "source.toolkit.fluxcd.io/") && fields(doc)["metadata"] != nil {
				sources[text(fields(doc)["metadata"], "name")] = true
			}
			k := kustomizev1.Kustomization{}
			if text(doc, "kind") != "Kustomization" || !strings.HasPrefix(text(doc, "apiVersion"), kustomizev1.GroupVersion.Group+"/") {
				continue
			}
			b, err := jsonOf(doc)
			if err == nil {
				err = json.Unmarshal(b, &k)
			}
			if applies := path.Join(".", strings.TrimPrefix(k.Spec.Path, "/")); err == nil && r.fs.IsDir(applies) {
				out = append(out, declaredUnit{file: name, name: k.Name, source: k.Spec.SourceRef.Name, dir: applies})
			}
		}
		return nil
	})
	for i, u := range out {
		out[i].other = sources[u.source] && !ownSource(out, u.source)
	}
	return out
}

// ownSource reports whether a source that the tree defines is the repository: Flux applies by
// it a directory that one of its Kustomizations lies in. The root of a repository tells nothing:
// every file is below it.
func ownSource(units []declaredUnit, source string) bool {
	return source == "flux-system" || slices.ContainsFunc(units, func(u declaredUnit) bool {
		return u.source == source && u.dir != "." && within(u.file, u.dir)
	})
}
