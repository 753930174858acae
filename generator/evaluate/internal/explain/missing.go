package explain

import (
	"errors"
	"fmt"
	"io/fs"

	"cuelang.org/go/cue/ast"

	"stillsuit.dev/finding"
	"stillsuit.dev/generator/evaluate/internal/source"
	"stillsuit.dev/generator/evaluate/internal/words"
)

// UnknownCluster tells why there is no cluster of that name.
func UnknownCluster(r *source.Repository, name string, known []string) finding.Finding {
	f := finding.Finding{
		Code: "cue/unknown-cluster", Severity: finding.Error, Place: finding.Place{File: source.ClustersDir},
		Problem: fmt.Sprintf("there is no cluster %s", words.Shorten(fmt.Sprintf("%q", name))),
		Fix:     words.DidYouMean(finding.Suggest(name, known)),
	}
	if source.ValidName(name) {
		dir := source.RepoMount + "/" + source.ClustersDir + "/" + name
		_, err := r.ReadDir(dir)
		switch {
		case errors.Is(err, source.ErrOutside):
			f.Code, f.Place.File = "cue/unreadable", source.Display(dir)
			f.Problem, f.Detail, f.Fix = "this directory leads out of the repository", "only files in the repository are read", "put a copy in its place"
			return f
		case err == nil || !errors.Is(err, fs.ErrNotExist):
			f.Code, f.Place.File = "cue/empty-cluster", source.Display(dir)
			f.Problem, f.Detail, f.Fix = "this directory holds no CUE files", "each directory below clusters/ is a cluster", fmt.Sprintf("begin one with package %s, or remove the directory", name)
			return f
		}
	} else {
		f.Detail = "a cluster is named with letters, digits, - and _"
	}
	if f.Fix == "" && len(known) > 0 {
		f.Fix = "there is " + finding.All(known)
	} else if f.Fix == "" {
		f.Fix = "write its CUE files in " + source.ClustersDir + "/NAME"
	}
	return f
}

// UnknownEntry tells that the catalogue has no such entry.
func UnknownEntry(r *source.Repository, entry string) finding.Finding {
	f := finding.Finding{
		Code: "cue/unknown-catalogue-entry", Severity: finding.Error,
		Problem: fmt.Sprintf("the catalogue has no entry %s", words.Shorten(fmt.Sprintf("%q", entry))),
	}
	if names, err := r.CatalogueNames(); err == nil {
		if s := finding.Suggest(entry, names); s != "" {
			f.Fix = words.DidYouMean(s)
		} else if len(names) > 0 {
			f.Fix = "it has " + finding.All(names)
		}
	}
	return f
}

// WrongKind tells that a catalogue entry is not of the kind asked for.
func WrongKind(kind, entry string, fields map[string][]*ast.Field) finding.Finding {
	f := finding.Finding{Code: "cue/wrong-catalogue-kind", Severity: finding.Error, Problem: fmt.Sprintf("the catalogue entry %s is no %s", entry, kind)}
	for _, k := range source.Kinds() {
		if _, ok := fields[k.Field]; ok {
			use := map[string]string{source.KindApp: "an app", source.KindContainer: "a container", source.KindChart: "a chart"}[k.Field]
			f.Detail, f.Fix = "it is made for use as "+use, fmt.Sprintf("write from: %q in %s", entry, use)
		}
	}
	return f
}
