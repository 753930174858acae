package evaluate

import (
	"context"
	"encoding/json"
	"regexp"
	"slices"

	"cuelang.org/go/cue"
	"cuelang.org/go/cue/build"
	"cuelang.org/go/cue/cuecontext"
	"cuelang.org/go/cue/inject/embed"

	"stillsuit.dev/finding"
)

// sections are the fields that a cluster's package may have at the top level.
// Definitions that the schemas lack constrain nothing.
var sections = [...]constraint{
	{"cluster", "#Cluster", false},
	{"namespaces", "#Namespace", true},
	{"apps", "#App", true},
	{"charts", "#Chart", true},
	{"rbac", "#RBAC", true},
	{"policies", "#Policy", true},
}

// Cluster is the evaluated package of one cluster. It is not safe for
// concurrent use; different Clusters are.
type Cluster struct {
	name      string
	repo      *Repo
	ctx       *cue.Context
	inst      *build.Instance
	value     cue.Value
	object    json.RawMessage
	sections  map[string]Entries
	places    places
	catalogue map[string]*catalogued // the packages that were asked for, by directory
	shared    *build.Instance        // the cluster's value, as a package that they import
}

// Entries is one section of a cluster: its entries' JSON, by name.
type Entries struct {
	Names []string // sorted
	JSON  map[string]json.RawMessage
}

// safeName is what the name of a directory must match to be loaded: other
// characters mean something in a CUE import path.
var safeName = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9_-]{0,62}$`)

// Cluster loads and evaluates the package in clusters/<name>. When there are
// findings of severity Error the Cluster is nil. All mistakes of one stage are
// told together: files that do not parse, names that do not resolve, then
// values that do not fit.
func (r *Repo) Cluster(ctx context.Context, name string) (c *Cluster, fs []finding.Finding, err error) {
	defer guard("cluster "+name, &err)
	names, err := r.Clusters()
	if err != nil {
		return nil, nil, err
	}
	if !slices.Contains(names, name) || !safeName.MatchString(name) {
		return nil, []finding.Finding{r.unknownCluster(name, names)}, nil
	}
	c = &Cluster{name: name, repo: r, catalogue: map[string]*catalogued{}}
	x := &explainer{repo: r, dir: repoMount + "/" + clustersDir + "/" + name, cluster: true}
	done := r.trace("load")
	c.inst = r.load(repoMount, "./"+clustersDir+"/"+name)[0]
	x.schema = r.schema(c.inst)
	done()
	if err := r.src.failed(); err != nil {
		return nil, nil, err
	}
	if fs := x.loaded(c.inst); len(fs) > 0 {
		return nil, fs, nil
	}
	if err := ctx.Err(); err != nil {
		return nil, nil, err
	}
	defer r.trace("evaluate")()
	if x.schema != nil {
		if fs := x.loaded(x.schema); len(fs) > 0 {
			return nil, fs, nil
		}
	}
	supposed, err := r.suppose.lines(r, x.schema)
	if err != nil {
		return nil, nil, err
	}
	lines := constraintLines(c.inst, x.schema, constraints(c.inst)) + supposed
	if err := add(c.inst, lines, map[string]*build.Instance{schemaImport: x.schema}); err != nil {
		return nil, nil, err
	}
	c.ctx = cuecontext.New(cuecontext.WithInjection(embed.New()))
	c.value = c.ctx.BuildInstance(c.inst)
	c.places = newPlaces(c.inst)
	x.places, x.value, x.ctx = c.places, c.value, c.ctx
	fs = append(fs, x.topLevel(c.inst)...)
	if err := c.marshal(); err != nil || c.inst.Err != nil {
		fs = append(fs, x.evaluated(c.inst, err)...)
	}
	if err := r.src.failed(); err != nil { // an embedded file
		return nil, nil, err
	}
	if len(fs) > 0 {
		return nil, onePerPlace(fs), nil
	}
	return c, nil, nil
}

// constraints returns those that hold for a cluster's package. One without the
// field cluster does not get it: that it is missing is told by topLevel.
func constraints(inst *build.Instance) []constraint {
	if _, ok := topLevelFields(inst)["cluster"]; ok {
		return sections[:]
	}
	return sections[1:]
}

// marshal checks the whole package and fills in the JSON of its sections.
func (c *Cluster) marshal() error {
	if err := c.value.Validate(cue.Concrete(true), cue.Final()); err != nil {
		return err
	}
	c.sections = map[string]Entries{}
	for _, s := range sections {
		v := c.value.LookupPath(cue.MakePath(cue.Str(s.field)))
		if !v.Exists() {
			continue
		}
		var err error
		if !s.each {
			c.object, err = v.MarshalJSON()
		} else {
			c.sections[s.field], err = marshalEntries(v)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func marshalEntries(v cue.Value) (Entries, error) {
	e := Entries{JSON: map[string]json.RawMessage{}}
	it, err := v.Fields()
	if err != nil {
		return e, err
	}
	for it.Next() {
		name := it.Selector().Unquoted()
		if e.JSON[name], err = it.Value().MarshalJSON(); err != nil {
			return e, err
		}
		e.Names = append(e.Names, name)
	}
	slices.Sort(e.Names)
	return e, nil
}

// Name returns the name of the cluster's directory.
func (c *Cluster) Name() string { return c.name }

// Object returns the JSON of the field cluster, nil when the package has none.
func (c *Cluster) Object() json.RawMessage { return c.object }

// Entries returns a section: namespaces, apps, charts, rbac or policies. It is
// empty when the package has no such field.
func (c *Cluster) Entries(section string) Entries { return c.sections[section] }

// Files returns the CUE files that the cluster's package consists of and those
// that it imports from the repository, without the schemas: sorted,
// slash-separated, relative to the root.
func (c *Cluster) Files() []string { return repoFiles(c.inst) }

// Place returns where in the user's files the value at a CUE path is set: the
// start of its field's label, or of the element of a list. Elements of path are
// plain names (no quotes) and indices of lists from 0. Of several places it is
// the first by file and line, but one that gives a value comes before one that
// only constrains it, and a field before a pattern. It returns false when the
// path does not exist or nothing in a user's file sets it.
func (c *Cluster) Place(path ...string) (finding.Place, bool) {
	return c.places.find(c.value, path)
}

// Nearest returns the place of the value at a CUE path, or of its nearest
// ancestor that has one, or the first file of the cluster's package.
func (c *Cluster) Nearest(path ...string) finding.Place {
	return c.places.nearest(c.value, path)
}
