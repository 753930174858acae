package evaluate

import (
	"context"
	"slices"
	"strings"

	"cuelang.org/go/cue/ast"
	"cuelang.org/go/cue/build"
	"cuelang.org/go/cue/literal"

	"stillsuit.dev/finding"
	"stillsuit.dev/generator/evaluate/internal/explain"
	"stillsuit.dev/generator/evaluate/internal/source"
	"stillsuit.dev/generator/evaluate/internal/syntax"
)

// Catalogue returns the catalogue's entry of that name and kind, for an app or
// chart called appName: the package apps/<entry> of the repository, else the one
// that comes with the program, with its field name set to appName and its
// field cluster to this cluster's. With findings of severity Error the Entry
// is nil. The place of an unknown entry is for the caller to know: the finding
// has none.
func (c *Cluster) Catalogue(kind, entry, appName string) (e *Entry, fs []finding.Finding, err error) {
	if e := c.ready(kind, entry, appName); e != nil {
		return e, nil, nil
	}
	path := []string{"apps", appName}
	if kind == KindChart {
		path[0] = "charts"
	}
	at, _ := c.places.Cheap(path)
	gone := c.watch.do(context.Background(), path, at, func() { e, fs, err = c.evaluateEntry(kind, entry, appName) })
	if gone != nil {
		fs, err := c.repo.told(gone)
		return nil, fs, err
	}
	return e, fs, err
}

// ready returns an entry that needs no evaluation any more, else nil.
func (c *Cluster) ready(kind, entry, appName string) *Entry {
	dir, err := c.repo.src.EntryDir(entry)
	if p := c.catalogue[dir]; err == nil && p != nil && p.built && p.plain && p.texts[kind] != nil {
		if e, fs, err := p.entry(kind, appName); err == nil && len(fs) == 0 {
			e.watch = c.watch
			return e
		}
	}
	return nil
}

func (c *Cluster) evaluateEntry(kind, entry, appName string) (e *Entry, fs []finding.Finding, err error) {
	defer guard("catalogue entry "+entry, &err)
	dir, err := c.repo.src.EntryDir(entry)
	if err != nil {
		return nil, nil, err
	}
	if dir == "" {
		return nil, []finding.Finding{explain.UnknownEntry(c.repo.src, entry)}, nil
	}
	p := c.parsed(dir)
	if err := c.repo.src.Failed(c.name); err != nil {
		return nil, nil, err
	}
	if fs := explain.Loading(p.pkg); len(fs) > 0 {
		return nil, fs, nil
	}
	fields := syntax.TopLevelFields(p.pkg.Inst)
	if _, ok := fields[kind]; !ok {
		return nil, []finding.Finding{explain.WrongKind(kind, entry, fields)}, nil
	}
	defer c.repo.trace("evaluate")()
	if !p.built && multiplies(p.pkg.Inst) {
		if fs := c.rehearse(context.Background()); len(fs) > 0 {
			return nil, fs, nil
		}
	}
	if err := c.build(p); err != nil {
		return nil, nil, err
	}
	e, fs, err = p.entry(kind, appName)
	if e != nil {
		e.watch = c.watch
	}
	return e, fs, err
}

// parsed returns the parsed package in dir. The first call parses all that
// the cluster's files name with from at once, since each call of the loader
// parses the schemas again.
func (c *Cluster) parsed(dir string) *catalogued {
	if p := c.catalogue[dir]; p != nil {
		return p
	}
	dirs := []string{dir}
	if len(c.catalogue) == 0 {
		for _, name := range fromNames(c.inst) {
			if d, err := c.repo.src.EntryDir(name); err == nil && d != "" {
				dirs = append(dirs, d)
			}
		}
	}
	slices.Sort(dirs)
	dirs = slices.Compact(dirs)
	defer c.repo.trace("load")()
	for _, mount := range []string{source.RepoMount, source.ModuleMount} {
		var args, loaded []string
		for _, d := range dirs {
			if rest, ok := strings.CutPrefix(d, mount+"/"); ok {
				args, loaded = append(args, "./"+rest), append(loaded, d)
			}
		}
		if len(args) == 0 {
			continue
		}
		insts := c.repo.src.Load(mount, args...)
		for i, d := range loaded {
			// When the loader gives up on all packages it returns one error.
			inst := insts[min(i, len(insts)-1)]
			c.catalogue[d] = &catalogued{pkg: explain.Package{Source: c.repo.src, Dir: d, Inst: inst}, texts: map[string][]byte{}}
		}
	}
	return c.catalogue[dir]
}

// fromNames returns what the files of inst name with from, as far as it is
// written as a plain text.
func fromNames(inst *build.Instance) []string {
	var names []string
	for _, f := range inst.Files {
		ast.Walk(f, func(n ast.Node) bool {
			if field, ok := n.(*ast.Field); ok {
				if label, _, err := ast.LabelName(field.Label); err == nil && label == "from" {
					if lit, ok := field.Value.(*ast.BasicLit); ok {
						if name, err := literal.Unquote(lit.Value); err == nil {
							names = append(names, name)
						}
					}
				}
			}
			return true
		}, nil)
	}
	return names
}
