package flux

import (
	"maps"
	"path"
	"regexp"
	"slices"
	"strings"

	"sigs.k8s.io/kustomize/api/types"

	"stillsuit.dev/finding"
	"stillsuit.dev/generator/manifest"
)

var (
	// configured is what kustomize repeats of a transformer that it cannot make: all of
	// its configuration, with patches and literals.
	configured = regexp.MustCompile("(?s) with config: `.*`")
	// patched is a patch that it cannot read.
	patched = regexp.MustCompile(`(?s) from \[patch: ".*"\]`)
	// quoted is a value of which YAML's decoder says that it does not fit.
	quoted = regexp.MustCompile("(cannot (?:unmarshal|decode) !!\\w+ )`[^`]*`")
	// numbers are a line of a file of variables, byte by byte, as kustomize prints one that
	// is not UTF-8 (sigs.k8s.io/kustomize/api/kv, keyValuesFromLine).
	numbers = regexp.MustCompile(`line \[[0-9 ]*\]`)
)

// words are what an error of kustomize, YAML or JSON says, without the values of the tree
// that may be secrets.
func (r *reports) words(err error) string {
	text := configured.ReplaceAllString(plainError(err), "")
	text = patched.ReplaceAllString(text, "")
	text = quoted.ReplaceAllString(text, "${1}"+finding.Hidden)
	text = numbers.ReplaceAllString(text, "a line")
	return finding.Mask(finding.Hide(text, r.fs.secrets()))
}

// secrets are the values that may be secrets in what was read so far. They are looked for
// when something is wrong only.
func (f *files) secrets() []string {
	if f.looked == len(f.cache) {
		return f.hidden
	}
	f.looked = len(f.cache)
	for _, name := range slices.Sorted(maps.Keys(f.cache)) {
		if f.cache[name].err != nil || !isYAML(name) || f.done[name] {
			continue
		}
		f.done[name] = true
		docs, err := documents(f.cache[name].data)
		if err != nil { // it would not have been read
			continue
		}
		for _, doc := range docs {
			if value, err := valueOf(doc); err == nil {
				f.hidden = append(f.hidden, manifest.Secrets(value)...)
			}
		}
	}
	return f.hidden
}

// secret keeps what a generator reads for a Secret: values, lines and files.
func (p *flight) secret(s types.KvPairSources) {
	keep := func(lines ...string) {
		for _, line := range lines {
			line = strings.TrimSpace(line)
			_, value, _ := strings.Cut(line, "=")
			p.fs.hidden = append(p.fs.hidden, line, strings.Trim(value, `"'`))
		}
	}
	keep(s.LiteralSources...)
	for _, ref := range append(append([]string{s.EnvSource}, s.EnvSources...), s.FileSources...) {
		if _, file, named := strings.Cut(ref, "="); named {
			ref = file
		}
		if ref == "" || remote(ref) {
			continue
		}
		if data, err := p.fs.ReadFile(path.Join(p.dir, ref)); err == nil && len(data) < maxKept {
			keep(strings.Split(string(data), "\n")...)
		}
	}
}

// maxKept bounds a file whose lines are hidden; our choice. A Secret has 1 MiB at most
// (kubernetes.io/docs/concepts/configuration/secret).
const maxKept = 1 << 20
