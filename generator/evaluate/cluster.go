package evaluate

import (
	"context"
	"encoding/json"
	"errors"
	"slices"

	"cuelang.org/go/cue"
	"cuelang.org/go/cue/build"
	"cuelang.org/go/cue/cuecontext"
	"cuelang.org/go/cue/inject/embed"

	"stillsuit.dev/finding"
	"stillsuit.dev/generator/evaluate/internal/explain"
	"stillsuit.dev/generator/evaluate/internal/places"
	"stillsuit.dev/generator/evaluate/internal/source"
	"stillsuit.dev/generator/evaluate/internal/syntax"
	"stillsuit.dev/generator/evaluate/internal/words"
)

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
	places    places.Finder
	catalogue map[string]*catalogued // the packages that were asked for, by directory
	shared    *build.Instance        // the cluster's value, as a package that they import
	watch     *watch
	rehearsed bool // with its catalogue entries, in a process of its own
}

// Entries is one section of a cluster: its entries' JSON, by name.
type Entries struct {
	Names []string // sorted
	JSON  map[string]json.RawMessage
}

// Cluster loads and evaluates the package in clusters/<name>. When there are
// findings of severity Error the Cluster is nil. All mistakes of one stage are
// told together: files that do not parse, names that do not resolve, then
// values that do not fit.
func (r *Repo) Cluster(ctx context.Context, name string) (*Cluster, []finding.Finding, error) {
	names, err := r.Clusters()
	if err != nil {
		return nil, nil, err
	}
	if !slices.Contains(names, name) || !source.ValidName(name) {
		return nil, []finding.Finding{explain.UnknownCluster(r.src, name, names)}, nil
	}
	for _, at := range r.budget.Known {
		if at.Cluster == name {
			return nil, []finding.Finding{r.exceeded(r.blame(ctx, at))}, nil
		}
	}
	return r.bounded(ctx, name, nil)
}

// bounded evaluates a cluster, or parts of it, within the budget.
func (r *Repo) bounded(ctx context.Context, name string, parts Parts) (*Cluster, []finding.Finding, error) {
	var c *Cluster
	var fs []finding.Finding
	var err error
	w := &watch{repo: r, cluster: name}
	gone := w.do(ctx, nil, finding.Place{}, func() { c, fs, err = r.evaluate(ctx, w, parts) })
	if gone != nil {
		fs, err := r.told(gone)
		return nil, fs, err
	}
	r.quote(fs)
	return c, fs, err
}

// evaluate loads and evaluates the cluster of w, or parts of it.
func (r *Repo) evaluate(ctx context.Context, w *watch, parts Parts) (c *Cluster, fs []finding.Finding, err error) {
	name := w.cluster
	defer guard("cluster "+name, &err)
	c = &Cluster{name: name, repo: r, watch: w, catalogue: map[string]*catalogued{}}
	p := explain.Package{Source: r.src, Dir: source.RepoMount + "/" + source.ClustersDir + "/" + name, Cluster: true}
	done := r.trace("load")
	c.inst = r.src.Load(source.RepoMount, "./"+source.ClustersDir+"/"+name)[0]
	p.Inst, p.Schema = c.inst, r.src.Schema(c.inst)
	done()
	w.loaded.Store(true)
	if err := r.src.Failed(name); err != nil {
		return nil, nil, err
	}
	if fs := explain.Loading(p); len(fs) > 0 {
		return nil, fs, nil
	}
	if err := ctx.Err(); err != nil {
		return nil, nil, err
	}
	if parts != nil {
		split(c.inst, parts)
	} else if r.budget.Careful || multiplies(c.inst) {
		if fs := c.rehearse(ctx); len(fs) > 0 {
			return nil, fs, nil
		}
	}
	defer r.trace("evaluate")()
	if p.Schema != nil {
		schema := p
		schema.Inst = p.Schema
		if fs := explain.Loading(schema); len(fs) > 0 {
			return nil, fs, nil
		}
	}
	supposed, err := r.suppose.lines(r, p.Schema)
	if err != nil {
		return nil, nil, err
	}
	lines := constraintLines(c.inst, p.Schema, constraints(c.inst)) + supposed
	if err := add(c.inst, lines, map[string]*build.Instance{schemaImport: p.Schema}); err != nil {
		return nil, nil, err
	}
	c.ctx = cuecontext.New(cuecontext.WithInjection(embed.New()))
	c.value = c.ctx.BuildInstance(c.inst)
	c.places = places.New(c.inst, c.value)
	p.Places, p.Value, p.Context = c.places, c.value, c.ctx
	fs = append(fs, explain.CheckTopLevel(p)...)
	var much *tooLarge
	if err := c.marshal(); errors.As(err, &much) {
		fs = append(fs, tooMuch(name, much.path, c.places.Nearest(much.path)))
	} else if err != nil || c.inst.Err != nil {
		fs = append(fs, explain.Evaluation(p, err)...)
	}
	if err := r.src.Failed(name); err != nil { // an embedded file
		return nil, nil, err
	}
	if len(fs) > 0 {
		return nil, explain.OnePerPlace(fs), nil
	}
	return c, nil, nil
}

// constraints returns those that hold for a cluster's package. One without the
// field cluster does not get it: that it is missing is told by topLevel.
func constraints(inst *build.Instance) []source.TopLevel {
	if _, ok := syntax.TopLevelFields(inst)["cluster"]; ok {
		return source.Sections()
	}
	return source.Sections()[1:]
}

// marshal checks the whole package and fills in the JSON of its sections.
func (c *Cluster) marshal() error {
	if err := c.value.Validate(cue.Concrete(true), cue.Final()); err != nil {
		return err
	}
	c.sections = map[string]Entries{}
	size := 0
	for _, s := range source.Sections() {
		v := c.value.LookupPath(cue.MakePath(cue.Str(s.Field)))
		if !v.Exists() {
			continue
		}
		var err error
		if !s.Each {
			c.object, err = marshalWithin(&size, v, s.Field)
		} else {
			c.sections[s.Field], err = marshalEntries(&size, v, s.Field)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func marshalEntries(size *int, v cue.Value, section string) (Entries, error) {
	e := Entries{JSON: map[string]json.RawMessage{}}
	it, err := v.Fields()
	if err != nil {
		return e, err
	}
	for it.Next() {
		name := it.Selector().Unquoted()
		if e.JSON[name], err = marshalWithin(size, it.Value(), section, name); err != nil {
			return e, err
		}
		e.Names = append(e.Names, name)
	}
	slices.Sort(e.Names)
	return e, nil
}

// tooLarge says at which value the JSON of a cluster became larger than maxJSON.
type tooLarge struct{ path []string }

func (e *tooLarge) Error() string { return words.Dotted(e.path) + " is too large" }

// marshalWithin returns the JSON of v, as far as size, which it adds to, stays below maxJSON.
func marshalWithin(size *int, v cue.Value, path ...string) (json.RawMessage, error) {
	b, err := v.MarshalJSON()
	if *size += len(b); err == nil && *size > maxJSON {
		return nil, &tooLarge{path}
	}
	return b, err
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
func (c *Cluster) Files() []string { return source.Files(c.inst) }

// Place returns where in the user's files the value at a CUE path is set: the
// start of its field's label, or of the element of a list. Elements of path are
// plain names (no quotes) and indices of lists from 0. Of several places it is
// the first by file and line, but one that gives a value comes before one that
// only constrains it, and a field before a pattern. It returns false when the
// path does not exist or nothing in a user's file sets it.
func (c *Cluster) Place(path ...string) (finding.Place, bool) {
	return c.watch.find(c.places, path)
}

// Nearest returns the place of the value at a CUE path, or of its nearest
// ancestor that has one, or the first file of the cluster's package.
func (c *Cluster) Nearest(path ...string) finding.Place {
	return c.watch.nearest(c.places, path)
}
