package explain

import (
	"fmt"
	"slices"
	"strings"

	"cuelang.org/go/cue"

	"stillsuit.dev/finding"
	"stillsuit.dev/generator/evaluate/internal/source"
	"stillsuit.dev/generator/evaluate/internal/syntax"
	"stillsuit.dev/generator/evaluate/internal/words"
)

// CheckTopLevel finds fields at the top level of a cluster's package that mean
// nothing there.
func CheckTopLevel(p Package) []finding.Finding {
	known := topLevelNames()
	var fs []finding.Finding
	seen := map[string]bool{}
	for name, fields := range syntax.TopLevelFields(p.Inst) {
		if !slices.Contains(known, name) && !syntax.IsPrivate(fields[0]) {
			seen[name] = true
			for _, f := range fields {
				fs = append(fs, unknownTopLevel(name, source.Place(f.Pos())))
			}
		}
	}
	if _, ok := syntax.TopLevelFields(p.Inst)["cluster"]; !ok {
		fs = append(fs, finding.Finding{
			Code: "cue/not-set", Severity: finding.Error, Place: p.Places.First, Path: "cluster",
			Problem: "this package has no field cluster", Detail: "a cluster says at least its name and nodes",
			Fix: "add cluster: v1alpha1.#Cluster & {…}",
		})
	}
	// Fields that a comprehension or an embedded value brings.
	it, err := p.Value.Fields()
	if err != nil {
		return fs
	}
	for it.Next() {
		name := it.Selector().Unquoted()
		if !slices.Contains(known, name) && !seen[name] && it.Selector().LabelType() == cue.StringLabel {
			fs = append(fs, unknownTopLevel(name, p.Places.Nearest([]string{name})))
		}
	}
	return fs
}

// topLevelNames returns the fields that a cluster's package may have.
func topLevelNames() []string {
	var names []string
	for _, s := range source.Sections() {
		names = append(names, s.Field)
	}
	return names
}

// unknownTopLevel is for another field at the top level.
func unknownTopLevel(name string, at finding.Place) finding.Finding {
	f := finding.Finding{
		Code: "cue/unknown-top-level", Severity: finding.Error, Place: at, Path: name,
		Problem: fmt.Sprintf("%s means nothing at the top level of a cluster", name),
		Detail:  "the fields there are " + finding.All(topLevelNames()),
	}
	if s := finding.Suggest(name, topLevelNames()); s != "" {
		f.Detail, f.Fix = "", words.DidYouMean(s)
	} else if !strings.HasPrefix(name, "_") {
		f.Fix = fmt.Sprintf("call it _%s if only other fields use it", strings.Map(identRune, name))
	}
	return f
}

func identRune(r rune) rune {
	if r == '-' || r == '.' || r == ' ' {
		return '_'
	}
	return r
}
