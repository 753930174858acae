package apis

import (
	"cmp"
	"fmt"
	"io/fs"
	"maps"
	"slices"
	"strconv"
	"strings"
)

// kind is a row of the table of kinds.
type kind struct {
	version, kind, resource, scope  string
	introduced, deprecated, removed int
	// about says that it was gone by that minor, and maybe earlier.
	about       bool
	state       string // on, off
	applied     string // yes, no
	replacement string
	sources     []string
	// first and last are the minors of the first and last release that has it.
	first, last int
	exact       bool // it is in discovery
}

// oldestExact is the first minor of which discovery is known, and betasOff the first one whose
// new beta versions are off (KEP-3136).
const (
	oldestExact = 29
	betasOff    = 24
)

// Tables makes the tables of generator/apis, by file name, from the directory seen and what is
// written beside it.
func Tables(dir fs.FS) (map[string]string, error) {
	releases, err := readReleases(dir)
	if err != nil {
		return nil, err
	}
	lives, err := readText(dir, "seen/lifecycle.txt", ParseLifecycles)
	if err != nil {
		return nil, err
	}
	guide, err := readGuide(dir)
	if err != nil {
		return nil, err
	}
	virtual, err := fs.ReadFile(dir, "virtual.txt")
	if err != nil {
		return nil, err
	}
	kinds, err := kindsOf(releases, lives)
	if err != nil {
		return nil, err
	}
	resources, err := resourcesOf(releases, string(virtual))
	if err != nil {
		return nil, err
	}
	return map[string]string{"kinds.txt": writeKinds(kinds, guide), "resources.txt": resources}, nil
}

func readText[T any](dir fs.FS, name string, parse func(string) (T, error)) (T, error) {
	b, err := fs.ReadFile(dir, name)
	if err != nil {
		var none T
		return none, err
	}
	out, err := parse(string(b))
	if err != nil {
		return out, fmt.Errorf("read %s: %w", name, err)
	}
	return out, nil
}

// readReleases are what was seen, by minor.
func readReleases(dir fs.FS) (map[int][]Seen, error) {
	names, err := fs.Glob(dir, "seen/1.*.txt")
	if err != nil {
		return nil, err
	}
	out := map[int][]Seen{}
	for _, name := range names {
		minor, err := strconv.Atoi(strings.TrimSuffix(strings.TrimPrefix(name, "seen/1."), ".txt"))
		if err != nil {
			return nil, err
		}
		if out[minor], err = readText(dir, name, Parse); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// readGuide is what guide.txt says, by apiVersion and kind.
func readGuide(dir fs.FS) (map[string]string, error) {
	return readText(dir, "guide.txt", func(text string) (map[string]string, error) {
		out := map[string]string{}
		for line := range strings.Lines(text) {
			if line = strings.TrimSpace(line); line == "" || strings.HasPrefix(line, "#") {
				continue
			}
			of, says, ok := strings.Cut(line, "|")
			if !ok {
				return nil, fmt.Errorf("the line %q has no |", line)
			}
			out[of] = says
		}
		return out, nil
	})
}

// kindsOf puts together what releases and types say of each kind of which an API server keeps
// objects, or answers.
func kindsOf(releases map[int][]Seen, lives []Lifecycle) (map[string]*kind, error) {
	minors := slices.Sorted(maps.Keys(releases))
	newest := minors[len(minors)-1]
	out := map[string]*kind{}
	for _, minor := range minors {
		for _, s := range releases[minor] {
			if s.Kind == "" || strings.Contains(s.Resource, "/") {
				continue
			}
			of := s.GroupVersion + " " + s.Kind
			k := out[of]
			if k == nil {
				k = &kind{version: s.GroupVersion, kind: s.Kind, resource: s.Resource, scope: "-", first: minor, applied: "yes"}
				out[of] = k
			}
			if err := k.see(minor, s); err != nil {
				return nil, err
			}
		}
	}
	for _, l := range lives {
		if k := out[l.GroupVersion+" "+l.Kind]; k != nil {
			k.introduced, k.deprecated, k.removed, k.replacement = l.Introduced, l.Deprecated, l.Removed, l.Replacement
			k.sources = append(k.sources, "lifecycle")
		}
	}
	for _, k := range out {
		k.settle(minors, newest)
	}
	for _, k := range out {
		k.replace(out)
		for _, other := range out { // the clients of old versions do not say
			if k.scope == "-" && other.kind == k.kind && groupOfVersion(other.version) == groupOfVersion(k.version) {
				k.scope = other.scope
			}
		}
	}
	return out, nil
}

// see adds what a release says.
func (k *kind) see(minor int, s Seen) error {
	if k.exact && minor > k.last+1 {
		return fmt.Errorf("%s %s is in 1.%d and 1.%d, and not between", k.version, k.kind, k.last, minor)
	}
	k.last = minor
	if s.Scope != "-" {
		k.scope = s.Scope
	}
	if len(s.Verbs) > 0 {
		k.applied = "no"
		if slices.Contains(s.Verbs, "patch") && slices.Contains(s.Verbs, "create") {
			k.applied = "yes"
		}
	}
	if minor >= oldestExact {
		if k.exact && k.state != s.Served {
			return fmt.Errorf("%s %s is %s in 1.%d, and was %s before", k.version, k.kind, s.Served, minor, k.state)
		}
		k.exact, k.state = true, s.Served
	}
	return nil
}

// settle decides from and until when the kind is there. What discovery says goes before what
// its type announced.
func (k *kind) settle(minors []int, newest int) {
	k.sources = append(k.sources, fmt.Sprintf("1.%d-1.%d", k.first, k.last))
	if k.exact {
		if k.first > oldestExact || k.introduced == 0 && k.first == oldestExact && strings.ContainsAny(versionOf(k.version), "ab") {
			k.introduced = k.first
		}
		k.introduced = min(k.introduced, k.first) // some types name the minor that first said so
		if k.last < newest {
			k.removed = k.last + 1
		} else if k.removed > 0 && k.removed <= newest {
			k.removed = 0 // it was to be removed, and is there
		}
		return
	}
	if k.introduced == 0 || k.first < k.introduced {
		k.introduced = k.first
	}
	if k.removed == 0 {
		next := minors[slices.Index(minors, k.last)+1]
		k.removed, k.about = next, true
	}
	k.state = "on"
	if v := versionOf(k.version); strings.Contains(v, "alpha") || strings.Contains(v, "beta") && k.introduced >= betasOff {
		k.state = "off"
	}
}

// replace finds what to use instead: what its type names, when that is there, else the newest
// stable version of the kind in its group.
func (k *kind) replace(all map[string]*kind) {
	if k.removed == 0 && k.deprecated == 0 {
		k.replacement = ""
		return
	}
	version, name, _ := strings.Cut(k.replacement, ",")
	if r := all[version+" "+name]; r != nil && r.removed == 0 && r.state == "on" {
		return
	}
	k.replacement = ""
	for _, r := range all {
		if r.kind == k.kind && groupOfVersion(r.version) == groupOfVersion(k.version) && r.removed == 0 && r.state == "on" && r.version != k.version {
			if other, _, _ := strings.Cut(k.replacement, ","); other < r.version {
				k.replacement = r.version + "," + r.kind
			}
		}
	}
}

func versionOf(groupVersion string) string {
	return groupVersion[strings.LastIndex(groupVersion, "/")+1:]
}

func groupOfVersion(groupVersion string) string {
	group, _, ok := strings.Cut(groupVersion, "/")
	if !ok {
		return ""
	}
	return group
}

func writeKinds(kinds map[string]*kind, guide map[string]string) string {
	var b strings.Builder
	b.WriteString("# Code generated by stillsuit-gen from cmd/stillsuit-gen/apis; DO NOT EDIT.\n" +
		"# apiVersion|kind|resource|scope|introduced|deprecated|removed|state|applied|replacement|source|what changes\n")
	for _, of := range slices.Sorted(maps.Keys(kinds)) {
		k := kinds[of]
		removed := strconv.Itoa(k.removed)
		if k.about {
			removed = "~" + removed
		}
		b.WriteString(strings.Join([]string{
			k.version, k.kind, k.resource, k.scope, strconv.Itoa(k.introduced), strconv.Itoa(k.deprecated), removed, k.state, k.applied,
			strings.Replace(k.replacement, ",", " ", 1), strings.Join(k.sources, " "), guide[of],
		}, "|") + "\n")
	}
	return b.String()
}

// resource is a row of the table of resources: of all releases and versions together.
type resource struct {
	verbs, short []string
	kind         string
	first, last  int
	source       string
}

func resourcesOf(releases map[int][]Seen, virtual string) (string, error) {
	found := map[[2]string]*resource{}
	for _, minor := range slices.Sorted(maps.Keys(releases)) {
		for _, s := range releases[minor] {
			of := [2]string{groupOfVersion(s.GroupVersion), s.Resource}
			r := found[of]
			if r == nil {
				r = &resource{first: minor}
				found[of] = r
			}
			r.last, r.kind = minor, cmp.Or(s.Kind, r.kind)
			r.verbs, r.short = sorted(append(r.verbs, s.Verbs...)), sorted(append(r.short, s.Short...))
		}
	}
	for line := range strings.Lines(virtual) {
		if strings.HasPrefix(line, "#") {
			continue
		}
		f := strings.Fields(line)
		if len(f) != 4 {
			return "", fmt.Errorf("the line %q has %d fields, not 4", line, len(f))
		}
		found[[2]string{undash(f[0]), f[1]}] = &resource{verbs: list(f[2]), source: f[3]}
	}
	var b strings.Builder
	b.WriteString("# Code generated by stillsuit-gen from cmd/stillsuit-gen/apis; DO NOT EDIT.\n# group|resource|kind|verbs|short names|source\n")
	for _, of := range slices.SortedFunc(maps.Keys(found), func(a, b [2]string) int { return slices.Compare(a[:], b[:]) }) {
		r := found[of]
		if r.source == "" {
			r.source = fmt.Sprintf("1.%d-1.%d", r.first, r.last)
		}
		b.WriteString(strings.Join([]string{of[0], of[1], r.kind, strings.Join(r.verbs, ","), strings.Join(r.short, ","), r.source}, "|") + "\n")
	}
	return b.String(), nil
}
