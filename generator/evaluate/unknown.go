package evaluate

import (
	"errors"
	"fmt"
	"io/fs"

	"cuelang.org/go/cue/ast"

	"stillsuit.dev/finding"
)

// unknownCluster tells why there is no cluster of that name.
func (r *Repo) unknownCluster(name string, known []string) finding.Finding {
	f := finding.Finding{
		Code: "cue/unknown-cluster", Severity: finding.Error, Place: finding.Place{File: clustersDir},
		Fact: fmt.Sprintf("there is no cluster %s", shorten(fmt.Sprintf("%q", name))),
		Mend: didYouMean(finding.Suggest(name, known)),
	}
	if safeName.MatchString(name) {
		dir := repoMount + "/" + clustersDir + "/" + name
		_, err := r.src.ReadDir(dir)
		switch {
		case errors.Is(err, errOutside):
			f.Code, f.Place.File = "cue/unreadable", display(dir)
			f.Fact, f.Contrast, f.Mend = "this directory leads out of the repository", "only files in the repository are read", "put a copy in its place"
			return f
		case err == nil || !errors.Is(err, fs.ErrNotExist):
			f.Code, f.Place.File = "cue/empty-cluster", display(dir)
			f.Fact, f.Contrast, f.Mend = "this directory holds no CUE files", "each directory below clusters/ is a cluster", fmt.Sprintf("begin one with package %s, or remove the directory", name)
			return f
		}
	} else {
		f.Contrast = "a cluster is named with letters, digits, - and _"
	}
	if f.Mend == "" && len(known) > 0 {
		f.Mend = "there is " + finding.All(known)
	} else if f.Mend == "" {
		f.Mend = "write its CUE files in " + clustersDir + "/NAME"
	}
	return f
}

// unknownEntry tells that the catalogue has no such entry.
func (r *Repo) unknownEntry(entry string) finding.Finding {
	f := finding.Finding{
		Code: "cue/unknown-catalogue-entry", Severity: finding.Error,
		Fact: fmt.Sprintf("the catalogue has no entry %s", shorten(fmt.Sprintf("%q", entry))),
	}
	if names, err := r.CatalogueNames(); err == nil {
		if s := finding.Suggest(entry, names); s != "" {
			f.Mend = didYouMean(s)
		} else if len(names) > 0 {
			f.Mend = "it has " + finding.All(names)
		}
	}
	return f
}

// wrongKind tells that a catalogue entry is not of the kind asked for.
func wrongKind(kind, entry string, fields map[string][]*ast.Field) finding.Finding {
	f := finding.Finding{Code: "cue/wrong-catalogue-kind", Severity: finding.Error, Fact: fmt.Sprintf("the catalogue entry %s is no %s", entry, kind)}
	for _, k := range kinds {
		if _, ok := fields[k.field]; ok {
			use := map[string]string{KindApp: "an app", KindContainer: "a container", KindChart: "a chart"}[k.field]
			f.Contrast, f.Mend = "it is made for use as "+use, fmt.Sprintf("write from: %q in %s", entry, use)
		}
	}
	return f
}
