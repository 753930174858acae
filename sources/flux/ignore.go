package flux

import (
	"bytes"
	"path"
	"strings"

	"github.com/fluxcd/pkg/sourceignore"
	"github.com/fluxcd/pkg/sourceignore/gitignore"
)

// ignored reports whether Flux leaves a file or directory out of what it fetches, by the
// .sourceignore of the directories above, or else by its defaults (fluxcd/pkg/sourceignore,
// SourceIgnoreFilter). stillsuit's own directory, which Git ignores, is left out too.
func (f *files) ignored(name string, isDir bool) bool {
	if path.Base(name) == ".stillsuit" || path.Base(name) == ".sops.yaml" {
		return true
	}
	matcher := sourceignore.NewDefaultMatcher(nil, nil)
	if rules := f.rules(path.Dir(name)); len(rules) > 0 && !f.whole {
		matcher = sourceignore.NewMatcher(append(sourceignore.VCSPatterns(nil), rules...))
	}
	return matcher.Match(strings.Split(name, "/"), isDir)
}

// rules are the patterns of a directory and of all above, the repository's root first.
func (f *files) rules(dir string) []gitignore.Pattern {
	if known, is := f.patterns[dir]; is {
		return known
	}
	var out []gitignore.Pattern
	var domain []string
	if dir != "." {
		out = append(out, f.rules(path.Dir(dir))...)
		domain = strings.Split(dir, "/")
	}
	if data, err := f.saved(path.Join(dir, sourceignore.IgnoreFile)); err == nil {
		out = append(out, sourceignore.ReadPatterns(bytes.NewReader(data), domain)...)
	}
	f.patterns[dir] = out
	return out
}
