package apis

import (
	"fmt"
	"io/fs"
	"path"
	"regexp"
	"slices"
	"strings"
)

// Lifecycle is what a Go type of Kubernetes says of its kind's life.
type Lifecycle struct {
	GroupVersion, Kind string
	// Introduced, Deprecated and Removed are minors, as in 1.25; 0 where it says nothing.
	Introduced, Deprecated, Removed int
	// Replacement is the apiVersion and kind to use instead.
	Replacement string
}

var (
	groupName    = regexp.MustCompile(`GroupName = "([^"]*)"`)
	lifeIn       = regexp.MustCompile(`func \(in \*(\w+)\) APILifecycle(Introduced|Deprecated|Removed)\(\) \(major, minor int\) \{\s*return 1, (\d+)`)
	lifeReplaces = regexp.MustCompile(`func \(in \*(\w+)\) APILifecycleReplacement\(\) schema\.GroupVersionKind \{\s*return schema\.GroupVersionKind\{Group: "([^"]*)", Version: "([^"]*)", Kind: "([^"]*)"\}`)
)

// Lifecycles reads them from a module: the files zz_generated.prerelease-lifecycle.go.
func Lifecycles(module fs.FS) ([]Lifecycle, error) {
	found := map[string]*Lifecycle{}
	err := fs.WalkDir(module, ".", func(name string, _ fs.DirEntry, err error) error {
		if err != nil || path.Base(name) != "zz_generated.prerelease-lifecycle.go" {
			return err
		}
		b, err := fs.ReadFile(module, name)
		if err != nil {
			return err
		}
		group, err := groupOf(module, path.Dir(name))
		if err != nil {
			return err
		}
		version := strings.TrimPrefix(group+"/"+path.Base(path.Dir(name)), "/")
		of := func(kind string) *Lifecycle {
			if found[version+" "+kind] == nil {
				found[version+" "+kind] = &Lifecycle{GroupVersion: version, Kind: kind}
			}
			return found[version+" "+kind]
		}
		for _, m := range lifeIn.FindAllStringSubmatch(string(b), -1) {
			var minor int
			if _, err := fmt.Sscan(m[3], &minor); err != nil {
				return err
			}
			switch m[2] {
			case "Introduced":
				of(m[1]).Introduced = minor
			case "Deprecated":
				of(m[1]).Deprecated = minor
			case "Removed":
				of(m[1]).Removed = minor
			}
		}
		for _, m := range lifeReplaces.FindAllStringSubmatch(string(b), -1) {
			of(m[1]).Replacement = strings.TrimPrefix(m[2]+"/"+m[3], "/") + "," + m[4]
		}
		return nil
	})
	var out []Lifecycle
	for _, l := range found {
		out = append(out, *l)
	}
	return out, err
}

// groupOf is the API group of a package of types.
func groupOf(module fs.FS, dir string) (string, error) {
	for _, at := range []string{dir, path.Dir(dir)} {
		b, err := fs.ReadFile(module, path.Join(at, "register.go"))
		if err != nil {
			continue
		}
		if m := groupName.FindStringSubmatch(string(b)); m != nil {
			return m[1], nil
		}
	}
	return "", fmt.Errorf("%s: no register.go names its API group", dir)
}

// Groups are the API groups of a module of types, by the name of their package.
func Groups(module fs.FS) (map[string]string, error) {
	names, err := fs.Glob(module, "*/*/register.go")
	if err != nil {
		return nil, err
	}
	out := map[string]string{}
	for _, name := range names {
		group, err := groupOf(module, path.Dir(name))
		if err != nil {
			return nil, err
		}
		out[strings.Split(name, "/")[0]] = group
	}
	return out, nil
}

// WriteLifecycles writes them, sorted: those of several modules, of which a later one wins.
func WriteLifecycles(source string, modules [][]Lifecycle) string {
	lines := map[string]string{}
	for _, m := range modules {
		for _, l := range m {
			lines[l.GroupVersion+" "+l.Kind] = fmt.Sprintf("%s %s %d %d %d %s", l.GroupVersion, l.Kind, l.Introduced, l.Deprecated, l.Removed, dash(l.Replacement))
		}
	}
	var out []string
	for _, line := range lines {
		out = append(out, line)
	}
	slices.Sort(out)
	return "# " + source + "\n" + strings.Join(out, "\n") + "\n"
}

// ParseLifecycles reads what WriteLifecycles wrote.
func ParseLifecycles(text string) ([]Lifecycle, error) {
	var out []Lifecycle
	for line := range strings.Lines(text) {
		if strings.HasPrefix(line, "#") {
			continue
		}
		var l Lifecycle
		if _, err := fmt.Sscan(line, &l.GroupVersion, &l.Kind, &l.Introduced, &l.Deprecated, &l.Removed, &l.Replacement); err != nil {
			return nil, fmt.Errorf("the line %q: %w", line, err)
		}
		l.Replacement = undash(l.Replacement)
		out = append(out, l)
	}
	return out, nil
}
