package flux

import (
	"fmt"
	"net/url"
	"path"
	"regexp"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"
	"sigs.k8s.io/kustomize/api/konfig"
	"sigs.k8s.io/kustomize/api/types"

	"stillsuit.dev/finding"
)

// maxVisits is how often kustomizations may be reached in one tree, each time
// counted: a few that take each other twice are billions soon. Our choice.
const maxVisits = 5_000

// kustomizationIn returns the file by which kustomize builds a directory, or "".
func (r *reader) kustomizationIn(dir string) string {
	for _, name := range konfig.RecognizedKustomizationFileNames() {
		if file := path.Join(dir, name); r.fs.Exists(file) && !r.fs.IsDir(file) {
			return file
		}
	}
	return ""
}

// preflight follows everything that kustomize would load for the directory, and
// reports what it must not. Only a tree without such findings may be built: kustomize
// itself fetches what looks remote. above are the directories on the way.
func (r *reader) preflight(dir string, above []string) bool {
	if r.visits++; r.visits > maxVisits {
		r.refuse(finding.Place{File: dir}, "kustomizations take each other again and again", fmt.Sprintf("more than %d are reached", maxVisits), "take each once")
		return false
	}
	file := r.kustomizationIn(dir)
	if file == "" {
		r.refuse(finding.Place{File: dir}, fmt.Sprintf("%s is taken as a kustomization", dir), "it has no kustomization.yaml", "add one, or name its files")
		return false
	}
	data, err := r.fs.ReadFile(file)
	if err != nil {
		r.unreadable(finding.Place{File: file}, file, err)
		return false
	}
	p := &flight{reader: r, dir: dir, file: file, above: append(slices.Clone(above), dir), sound: true}
	if docs, err := documents(data); err == nil && len(docs) > 0 {
		p.node = docs[0]
	}
	k := &types.Kustomization{}
	if err := k.Unmarshal(data); err != nil {
		r.report(finding.Error, finding.Place{File: file}, "foreign/build", "this kustomization cannot be read", r.words(err), "correct it")
		return false
	}
	k.FixKustomization()
	p.kustomization(k)
	for _, doc := range r.parsed(file) { // what Flux lays over it has places of its own
		r.laid.layers = append(r.laid.layers, layering{r}.layersOf(doc, file, dir)...)
	}
	return p.sound
}

// flight is the preflight of one kustomization.
type flight struct {
	*reader
	dir, file string
	node      *yaml.Node
	above     []string
	sound     bool
}

// bad reports what is wrong with a reference, on its line.
func (p *flight) bad(ref, fact, contrast, mend string) {
	p.sound = false
	if at := p.line(ref); strings.ContainsAny(ref, "\n{") { // a configuration, and no name
		secrets := p.fs.secrets()
		p.refuse(at, finding.Hide(fact, secrets), finding.Hide(contrast, secrets), mend)
	} else {
		p.refuse(at, fact, contrast, mend)
	}
}

// line is where the kustomization says something.
func (p *flight) line(said string) finding.Place {
	at := finding.Place{File: p.file}
	if n := scalar(p.node, said); n != nil {
		at.Line, at.Column = n.Line, n.Column
	}
	return at
}

// scalar finds a scalar by its text.
func scalar(n *yaml.Node, text string) *yaml.Node {
	if n == nil || n.Kind == yaml.ScalarNode && n.Value == text {
		return n
	}
	for _, c := range n.Content {
		if found := scalar(c, text); found != nil {
			return found
		}
	}
	return nil
}

func (p *flight) kustomization(k *types.Kustomization) {
	if len(k.HelmCharts) > 0 || len(k.HelmChartInflationGenerator) > 0 || k.HelmGlobals != nil {
		p.bad("helmCharts", "the kustomization inflates Helm charts", "that runs helm, which fetches them, and Flux does not do it either", "take a HelmRelease")
	}
	for _, ref := range k.Resources {
		p.resource(ref)
	}
	for _, ref := range k.Components {
		if where, isDir, ok := p.local(ref); ok && !isDir {
			p.bad(ref, fmt.Sprintf("component %s is a file", ref), "a component is a directory with a kustomization.yaml", "name the directory")
		} else if ok {
			p.down(ref, where)
		}
	}
	p.files(slices.Concat(k.Crds, k.Configurations)...)
	p.laid.schema = p.laid.schema || len(k.OpenAPI) > 0
	if from, ok := k.OpenAPI["path"]; ok {
		p.files(from)
	}
	for _, patch := range slices.Concat(k.Patches, k.PatchesJson6902) { //nolint:staticcheck // old, and still built
		if patch.Path != "" {
			p.files(patch.Path)
		}
	}
	for _, patch := range k.PatchesStrategicMerge { //nolint:staticcheck // old, and still built
		if inline := strings.ContainsAny(string(patch), "\n{"); !inline || remote(string(patch)) {
			p.files(string(patch))
		}
	}
	for _, replacement := range k.Replacements {
		if replacement.Path != "" {
			p.files(replacement.Path)
		}
	}
	for _, g := range k.ConfigMapGenerator {
		p.sources(g.KvPairSources)
	}
	for _, g := range k.SecretGenerator {
		p.secret(g.KvPairSources)
		p.sources(g.KvPairSources)
	}
	for _, ref := range slices.Concat(k.Generators, k.Transformers, k.Validators) {
		p.plugin(ref)
	}
}

// resource is a file, or a directory to build.
func (p *flight) resource(ref string) {
	where, isDir, ok := p.local(ref)
	switch {
	case ok && isDir:
		p.down(ref, where)
	case ok:
		p.laid.files = append(p.laid.files, where)
		p.readable(ref, where)
	}
}

// down follows another kustomization.
func (p *flight) down(ref, where string) {
	if slices.Contains(p.above, where) {
		p.bad(ref, fmt.Sprintf("%s takes %s", p.dir, ref), fmt.Sprintf("that leads back to it (%s)", strings.Join(append(p.above, where), " → ")), "break the circle")
		return
	}
	p.sound = p.preflight(where, p.above) && p.sound
}

// files are local files that are read.
func (p *flight) files(refs ...string) {
	for _, ref := range refs {
		where, isDir, ok := p.local(ref)
		switch {
		case ok && isDir:
			p.bad(ref, ref+" is a directory", "a file is read here", "name a file")
		case ok:
			p.readable(ref, where)
		}
	}
}

func (p *flight) readable(ref, where string) {
	p.taken[where] = true
	if _, err := p.fs.ReadFile(where); err != nil {
		p.sound = false
		p.unreadable(p.line(ref), where, err)
	}
}

// sources are what a generator reads: path or key=path.
func (p *flight) sources(s types.KvPairSources) {
	refs := slices.Concat(s.FileSources, s.EnvSources)
	if s.EnvSource != "" {
		refs = append(refs, s.EnvSource)
	}
	for _, ref := range refs {
		if remote(ref) {
			p.files(ref)
			continue
		}
		if key, rest, both := strings.Cut(ref, "="); both && key != "" && slices.Contains(s.FileSources, ref) {
			p.files(rest)
			continue
		}
		p.files(ref)
	}
}

// local returns where in the repository a reference leads, and whether that is a
// directory. One that leads elsewhere, or nowhere, is reported.
func (p *flight) local(ref string) (where string, isDir, ok bool) {
	switch {
	case ref == "":
		p.bad(ref, "the kustomization names an empty path", "", "remove it")
		return "", false, false
	case remote(ref):
		p.bad(ref, fmt.Sprintf("%s is fetched from elsewhere", short(ref)), "a check reads this tree only, and what is there tomorrow is not known", "copy it into the tree")
		return "", false, false
	case path.IsAbs(ref):
		p.bad(ref, fmt.Sprintf("%s is an absolute path", short(ref)), "it means something else on each machine", "write it relative to "+p.file)
		return "", false, false
	}
	joined := path.Join(p.dir, ref)
	if joined == ".." || strings.HasPrefix(joined, "../") {
		p.bad(ref, fmt.Sprintf("%s leads out of the repository", short(ref)), "nothing outside is read", "copy it into the tree")
		return "", false, false
	}
	info, real, err := p.fs.stat(joined)
	if err != nil {
		p.sound = false
		p.unreadable(p.line(ref), joined, err)
		return "", false, false
	}
	return real, info.IsDir(), true
}

// remote reports whether kustomize may take a reference for something to fetch
// (api/internal/git/repospec.go and api/internal/loader/fileloader.go), or for a
// URL of any kind.
func remote(ref string) bool {
	lower := strings.TrimPrefix(strings.ToLower(strings.TrimSpace(ref)), "git::")
	if strings.HasPrefix(lower, "github.com/") || strings.HasPrefix(lower, "github.com:") || regexp.MustCompile(`^[a-z][a-z0-9-]*@`).MatchString(lower) {
		return true
	}
	if scheme, _, found := strings.Cut(lower, "://"); found && !strings.ContainsAny(scheme, "\n{/") {
		return true
	}
	u, err := url.Parse(strings.TrimSpace(ref))
	return err == nil && slices.Contains([]string{"http", "https", "ssh", "file", "git", "oci"}, strings.ToLower(u.Scheme))
}

// short is a reference as a message shows it.
func short(ref string) string {
	ref, _, more := strings.Cut(finding.Mask(ref), "\n")
	if len(ref) > 80 || more {
		return fmt.Sprintf("%.80q…", ref)
	}
	return fmt.Sprintf("%q", ref)
}
