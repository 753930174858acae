package evaluate

import (
	"errors"
	"fmt"
	"maps"
	"path"
	"slices"
	"strings"

	"cuelang.org/go/cue/ast"
	"cuelang.org/go/cue/build"

	"stillsuit.dev/finding"
	"stillsuit.dev/generator/evaluate/internal/syntax"
)

// Supposition is what a cluster is taken to have besides what its CUE says.
type Supposition struct {
	// Entries are entries of the catalogue, each as an app or chart of its own that is
	// called supposed-<entry>, in the namespace supposed if it has none.
	Entries []string
	// Nodes are the profile of each node by its name: a definition of the schemas such
	// as CM4_8GB.
	Nodes map[string]string
}

// supposed is what the names of supposed apps and charts start with.
const supposed = "supposed-"

// lines are the supposition in CUE.
func (s Supposition) lines(r *Repo, schema *build.Instance) (string, error) {
	var b strings.Builder
	for _, name := range slices.Sorted(maps.Keys(s.Nodes)) {
		if schema == nil {
			return "", errors.New("this repository has no schemas, and so no profiles of nodes")
		}
		profile := strings.TrimPrefix(s.Nodes[name], "#")
		if known := profiles(schema); !slices.Contains(known, profile) {
			return "", unknown("profile", profile, known)
		}
		fmt.Fprintf(&b, "cluster: nodes: %q: %s.#%s\n", name, schemaImport, profile)
	}
	for _, entry := range s.Entries {
		dir, err := r.src.EntryDir(entry)
		if err != nil {
			return "", err
		}
		if dir == "" {
			names, err := r.CatalogueNames()
			return "", errors.Join(unknown("entry of the catalogue", entry, names), err)
		}
		mount, rest, _ := strings.Cut(dir, "/")
		fields := syntax.TopLevelFields(r.src.Load(mount, "./"+rest)[0])
		switch {
		case fields["app"] != nil:
			fmt.Fprintf(&b, "apps: %q: {from: %q, namespace: \"supposed\"}\n", supposed+entry, entry)
		case fields["chart"] != nil:
			fmt.Fprintf(&b, "charts: %q: from: %q\n", supposed+entry, entry)
		default:
			return "", fmt.Errorf("%s of the catalogue is a container, which runs in an app", entry)
		}
	}
	return b.String(), nil
}

// profiles are the machines that can be bought, as the schemas describe them.
func profiles(schema *build.Instance) []string {
	var out []string
	for _, f := range schema.Files {
		if path.Base(f.Filename) != "profiles.cue" {
			continue
		}
		for _, d := range f.Decls {
			if field, ok := d.(*ast.Field); ok {
				name, _, _ := ast.LabelName(field.Label) // one that is no name is no definition
				out = append(out, strings.TrimPrefix(name, "#"))
			}
		}
	}
	slices.Sort(out)
	return out
}

func unknown(what, name string, known []string) error {
	if like := finding.Suggest(name, known); like != "" {
		return fmt.Errorf("there is no %s called %s; did you mean %s?", what, name, like)
	}
	return fmt.Errorf("there is no %s called %s; there are %s", what, name, finding.All(known))
}
