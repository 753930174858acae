package flux

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io/fs"
	"os"
	"path"
	"slices"
	"strings"

	kustomizev1 "github.com/fluxcd/kustomize-controller/api/v1"

	disk "stillsuit.dev/files"
	"stillsuit.dev/finding"
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

// read reads what is applied first in a directory. Where Flux Kustomizations in it name
// directories of the repository, that is what no other one applies, and what lies beside
// them. All of it is read where it has a kustomization, where no Flux Kustomization is, and
// where one outside of it applies it.
func (r entrances) read(dir string) {
	r.fs.whole = dir != "." && r.fs.ignored(dir, true)
	units := r.declared(dir)
	above := units
	if dir != "." && len(units) > 0 {
		above = r.declared(".")
	}
	outside := func(other declaredUnit) bool { return !within(other.file, dir) }
	var first []string
	for _, u := range units {
		r.patched[u.file] = r.patched[u.file] || slices.ContainsFunc(above, func(other declaredUnit) bool { return outside(other) && other.applies(u.file) })
		if !u.itself() && !u.other {
			r.covered = append(r.covered, u.dir)
		}
		applied := slices.ContainsFunc(units, func(other declaredUnit) bool { return other != u && other.applies(u.file) })
		switch {
		case applied:
		case u.itself():
			first = append(first, u.dir)
		default:
			first = append(first, path.Dir(u.file))
		}
	}
	part := slices.ContainsFunc(above, func(other declaredUnit) bool { return outside(other) && (other.dir == dir || other.applies(dir)) })
	if r.kustomizationIn(dir) != "" || len(units) == 0 || part {
		first = []string{dir}
		r.whole = true
	}
	slices.Sort(first)
	for _, at := range slices.Compact(first) {
		r.unit(at, nil)
	}
}

// unapplied notes the files below a directory with Kubernetes objects that nothing applies.
func (r entrances) unapplied(dir string) {
	if r.whole {
		return
	}
	var left []string
	r.files(dir, func(name string, data []byte) {
		if slices.ContainsFunc(r.covered, func(unit string) bool { return within(name, unit) }) {
			return // its kustomization says what of it is applied
		}
		if text := "\n" + string(data[:min(len(data), 4096)]); !r.taken[name] && strings.Contains(text, "\napiVersion:") && strings.Contains(text, "\nkind:") && path.Base(name) != path.Base(r.kustomizationIn(path.Dir(name))) {
			left = append(left, name)
		}
	})
	if len(left) == 0 || len(r.objects) == 0 {
		return
	}
	named := slices.Clone(left[:min(len(left), 4)])
	if len(left) > 4 {
		named[3] = fmt.Sprintf("%d more", len(left)-3)
	}
	r.report(finding.Note, finding.Place{File: dir}, "foreign/not-applied", fmt.Sprintf("%s with Kubernetes objects %s in no directory that Flux applies", finding.Count(len(left), "file"), finding.Are(len(left))),
		"not checked: "+finding.All(named), "check their directory by itself, or add it to a Flux Kustomization")
}

// declared are the Flux Kustomizations in the files below a directory that name directories of
// the repository.
func (r entrances) declared(dir string) []declaredUnit {
	var out []declaredUnit
	sources := map[string]bool{}
	r.files(dir, func(name string, data []byte) {
		if !bytes.Contains(data, []byte(".toolkit.fluxcd.io/")) {
			return
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
	})
	for i, u := range out {
		out[i].other = sources[u.source] && !ownSource(out, u.source)
	}
	return out
}

// files calls each for the YAML files below a directory that Flux fetches. What cannot be read
// is reported when it is needed.
func (r entrances) files(dir string, each func(name string, data []byte)) {
	_ = r.fs.Walk("/"+dir, func(name string, info fs.FileInfo, err error) error {
		name = relative(name)
		switch {
		case err != nil:
			return nil
		case info.IsDir() && name != "." && r.fs.ignored(name, true):
			return fs.SkipDir
		case !info.Mode().IsRegular() || !isYAML(name) || r.fs.ignored(name, false):
			return nil
		}
		if data, err := r.fs.ReadFile(name); err == nil {
			each(name, data)
		}
		return nil
	})
}

// ownSource reports whether a source that the tree defines is the repository: Flux applies by
// it a directory that one of its Kustomizations lies in. The root of a repository tells nothing:
// every file is below it.
func ownSource(units []declaredUnit, source string) bool {
	return source == "flux-system" || slices.ContainsFunc(units, func(u declaredUnit) bool {
		return u.source == source && u.dir != "." && within(u.file, u.dir)
	})
}
