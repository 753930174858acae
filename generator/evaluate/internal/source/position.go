package source

import (
	"slices"
	"strings"

	"cuelang.org/go/cue/build"
	"cuelang.org/go/cue/token"

	"stillsuit.dev/finding"
)

// Display turns a path of the loader's file system into one for the user:
// relative to the repository's root, or below stillsuit.dev/ when it is
// embedded in the program.
func Display(name string) string {
	name = strings.TrimPrefix(name, "/")
	if rest, ok := strings.CutPrefix(name, RepoMount+"/"); ok {
		return rest
	}
	if rest, ok := strings.CutPrefix(name, ModuleMount+"/"); ok {
		return ModuleName + "/" + rest
	}
	return name
}

// Files returns the files of inst and of what it imports that the
// repository holds, without the schemas.
func Files(inst *build.Instance) []string {
	var names []string
	for _, i := range append(inst.Dependencies(), inst) {
		for _, f := range i.BuildFiles {
			if strings.HasPrefix(f.Filename, "/"+RepoMount+"/") && !IsSchema(i.ImportPath) {
				names = append(names, Display(f.Filename))
			}
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// Place returns pos as a user reads it.
func Place(pos token.Pos) finding.Place {
	p := pos.Position()
	if !pos.IsValid() || p.Filename == "" {
		return finding.Place{}
	}
	return finding.Place{File: Display(p.Filename), Line: p.Line, Column: p.Column}
}

// Written reports whether pos is in a file that a user wrote.
func Written(pos token.Pos) bool {
	if !pos.IsValid() || pos.File() == nil {
		return false
	}
	name := pos.Filename()
	for _, mount := range []string{"/" + RepoMount + "/", "/" + ModuleMount + "/"} {
		if rest, ok := strings.CutPrefix(name, mount); ok {
			return !strings.HasPrefix(rest, SchemaDir+"/")
		}
	}
	return false
}

// Line returns the text of the line that pos is on, up to pos and from it on.
func (r *Repository) Line(pos token.Pos) (parts [2]string) {
	p := pos.Position()
	data, err := r.Read(strings.TrimPrefix(p.Filename, "/"))
	if err != nil || p.Offset > len(data) {
		return parts
	}
	start := strings.LastIndexByte(string(data[:p.Offset]), '\n') + 1
	rest := string(data[p.Offset:])
	if end := strings.IndexByte(rest, '\n'); end >= 0 {
		rest = rest[:end]
	}
	return [2]string{strings.TrimSpace(string(data[start:p.Offset])), strings.TrimSpace(rest)}
}

// Text returns what the user wrote from one position to another.
func (r *Repository) Text(from, to token.Pos) string {
	data, err := r.Read(strings.TrimPrefix(from.Filename(), "/"))
	if err != nil || to.Offset() > len(data) || from.Offset() > to.Offset() {
		return ""
	}
	return string(data[from.Offset():to.Offset()])
}
