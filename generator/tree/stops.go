package tree

import (
	"fmt"
	"os"
	"path"
	"slices"
	"strings"

	"sigs.k8s.io/kustomize/api/konfig"

	"stillsuit.dev/finding"
	"stillsuit.dev/generator/git"
)

// stops finds what keeps rendered files from Flux, although they are there and as
// they should be: a file beside them, or one that git or Flux leaves out.
func stops(root *os.Root, trees []Tree, drifts []drift) ([]finding.Finding, error) {
	if slices.ContainsFunc(drifts, func(dr drift) bool { return dr.kind == linked }) {
		return nil, nil // nothing is read through a link; it is an error of its own
	}
	checkout, err := git.Open(root)
	if err != nil {
		return nil, fmt.Errorf("find git: %w", err)
	}
	defer checkout.Close()
	twice, err := secondKustomizations(root, trees)
	if err != nil {
		return nil, err
	}
	left, err := sourceIgnored(checkout, trees)
	if err != nil {
		return nil, err
	}
	ignored, err := gitIgnored(checkout, trees)
	return slices.Concat(twice, left, ignored), err
}

// secondKustomizations finds what kustomize would take for a kustomization too,
// beside ours: it refuses to choose.
func secondKustomizations(root *os.Root, trees []Tree) ([]finding.Finding, error) {
	top := &dir{path: ".", root: root, caller: true}
	defer top.close()
	var fs []finding.Finding
	for _, t := range trees {
		for _, f := range t.Files {
			if path.Base(f.Path) != kustomizationFile {
				continue
			}
			for _, name := range konfig.RecognizedKustomizationFileNames() {
				other := path.Join(path.Dir(f.Path), name)
				if name == kustomizationFile {
					continue
				}
				info, err := root.Lstat(other)
				if err != nil || !info.Mode().IsRegular() { // Flux takes neither links nor what kustomize cannot load
					continue
				}
				have, _, err := readFile(top, other, true, nil)
				if err != nil {
					return nil, err
				}
				if Inspect(have) != Intact { // else it is stale, and goes
					fs = append(fs, at(codeSecond, other, "is a second kustomization beside "+printable(f.Path), "kustomize builds no directory that has two",
						"delete it, and declare what it adds in the cluster's CUE"))
				}
			}
		}
	}
	return fs, nil
}

// owned lists the files in the clusters' trees, sorted: those that Flux reads.
func owned(trees []Tree) []string {
	var out []string
	for _, t := range trees {
		for _, f := range t.Files {
			if slices.ContainsFunc(t.Owned, func(dir string) bool { return strings.HasPrefix(f.Path, dir+"/") }) {
				out = append(out, f.Path)
			}
		}
	}
	slices.Sort(out)
	return out
}

// gitIgnored finds the patterns by which git would not add rendered files. A file
// that is tracked stays so, whatever the patterns say.
func gitIgnored(checkout *git.Checkout, trees []Tree) ([]finding.Finding, error) {
	var files []string
	for _, t := range trees {
		for _, f := range t.Files {
			files = append(files, f.Path)
		}
	}
	slices.Sort(files)
	ignored, err := checkout.Ignored(files)
	if err != nil || len(ignored) == 0 {
		return nil, err
	}
	tracked, unknown := checkout.Tracked()
	slices.Sort(tracked)
	type line struct {
		file, text string
		line       int
	}
	by := map[line][]string{}
	for _, i := range ignored {
		if _, ok := slices.BinarySearch(tracked, i.Path); !ok && !sparse(tracked, i.Path) {
			at := line{i.File, i.Text, i.Line}
			by[at] = append(by[at], i.Path)
		}
	}
	var fs []finding.Finding
	for at, paths := range by {
		f := finding.Finding{
			Code: codeGitIgnore, Severity: finding.Error, Place: finding.Place{File: printable(at.file), Line: at.line},
			Problem: fmt.Sprintf("the pattern %q has git ignore %s, so Flux never sees %s", at.text, counted(paths), itOrThem(paths)),
			Fix:     "remove the line, or add a pattern that starts with ! for the rendered files below it",
		}
		if unknown != nil {
			f.Severity = finding.Warning
			f.Problem = fmt.Sprintf("the pattern %q has git ignore %s, unless it is tracked: %s", at.text, counted(paths), unknown)
		}
		fs = append(fs, f)
	}
	return fs, nil
}

// sparse reports whether a path lies in a directory that the index holds as one.
func sparse(tracked []string, p string) bool {
	for dir := path.Dir(p); dir != "."; dir = path.Dir(dir) {
		if _, ok := slices.BinarySearch(tracked, dir+"/"); ok {
			return true
		}
	}
	_, ok := slices.BinarySearch(tracked, "/")
	return ok
}

// counted names the first of several files.
func counted(files []string) string {
	if more := len(files) - 1; more > 0 {
		return fmt.Sprintf("%s and %d more", printable(files[0]), more)
	}
	return printable(files[0])
}

func itOrThem(files []string) string {
	if len(files) > 1 {
		return "them"
	}
	return "it"
}
