package evaluate

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"

	"cuelang.org/go/cue"
	"cuelang.org/go/cue/ast"
	"cuelang.org/go/cue/build"
	"cuelang.org/go/cue/parser"
	"cuelang.org/go/cue/token"

	"stillsuit.dev/finding"
)

// Entry is an entry of the catalogue, evaluated for one app of one cluster. Like
// its Cluster it is not safe for concurrent use.
type Entry struct {
	kind   string
	value  cue.Value
	object json.RawMessage
	places places
	files  []string
	watch  *watch
}

// JSON returns the entry's field app or container.
func (e *Entry) JSON() json.RawMessage { return e.object }

// Files returns the entry's CUE files in the repository; none when the entry
// is one that comes with the program.
func (e *Entry) Files() []string { return e.files }

// Place is Cluster.Place for a path below the entry's app or container. The
// file of an entry that comes with the program is stillsuit.dev/apps/….
func (e *Entry) Place(path ...string) (finding.Place, bool) {
	return e.watch.find(e.places, e.value, append([]string{e.kind}, path...))
}

// Nearest is Cluster.Nearest for a path below the entry's app or container.
func (e *Entry) Nearest(path ...string) finding.Place {
	return e.watch.nearest(e.places, e.value, append([]string{e.kind}, path...))
}

// catalogued is a package of the catalogue, for one cluster.
type catalogued struct {
	inst  *build.Instance
	x     *explainer
	built bool
	// plain says that the app's name only ends up in texts, so that one
	// evaluation serves every app: stand takes the name's place.
	plain bool
	value cue.Value
	texts map[string][]byte // the JSON by kind, when plain
}

// stand stands for an app's name in the evaluation of a plain package.
const stand = "stillsuit0app0name"

// build evaluates the package, once.
func (c *Cluster) build(p *catalogued) error {
	if p.built {
		return nil
	}
	p.built = true
	p.x.inst, p.x.ctx, p.x.schema = p.inst, c.ctx, c.repo.schema(p.inst)
	fields := topLevelFields(p.inst)
	var wanted []constraint
	for _, k := range kinds {
		if _, ok := fields[k.field]; ok {
			wanted = append(wanted, k)
		}
	}
	lines := constraintLines(p.inst, p.x.schema, wanted)
	if _, ok := fields["name"]; !ok {
		p.plain = true
	} else if p.plain = plain(p.inst); p.plain {
		lines += fmt.Sprintf("name: %q\n", stand)
	}
	imports := map[string]*build.Instance{schemaImport: p.x.schema}
	if _, ok := fields["cluster"]; ok {
		shared, err := c.share()
		if err != nil {
			return err
		}
		lines += "cluster: " + clusterImport + ".value\n"
		imports[clusterImport] = shared
	}
	if err := add(p.inst, lines, imports); err != nil {
		return err
	}
	p.value = c.ctx.BuildInstance(p.inst)
	p.x.places, p.x.value = newPlaces(p.inst), p.value
	return nil
}

// share returns the cluster's value as a package, so that all entries refer to
// one value and none copies it.
func (c *Cluster) share() (*build.Instance, error) {
	if c.shared != nil {
		return c.shared, nil
	}
	inst := build.NewContext().NewInstance("", nil)
	file, err := parser.ParseFile("stillsuit:cluster", "package cluster\nvalue: "+string(c.object)+"\n")
	if err != nil {
		return nil, fmt.Errorf("share the cluster's value: %w", err)
	}
	if err := inst.AddSyntax(file); err != nil {
		return nil, fmt.Errorf("share the cluster's value: %w", err)
	}
	inst.ImportPath = moduleName + "/cluster"
	c.shared = inst
	return inst, inst.Complete()
}

// plain reports whether a package is made of blocks, lists, literals, references
// and interpolated texts only: then nothing but texts can depend on its name.
func plain(inst *build.Instance) bool {
	ok := true
	for _, f := range inst.Files {
		ast.Walk(f, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.Field:
				if _, _, err := ast.LabelName(n.Label); err != nil {
					ok = false
				}
			case *ast.BinaryExpr:
				ok = ok && n.Op == token.AND
			case *ast.Comprehension, *ast.CallExpr, *ast.IndexExpr, *ast.SliceExpr, *ast.UnaryExpr, *ast.PostfixExpr:
				ok = false
			}
			return ok
		}, nil)
	}
	return ok
}

// entry returns the package's entry of a kind for one app.
func (p *catalogued) entry(kind, appName string) (*Entry, []finding.Finding, error) {
	e := &Entry{kind: kind, value: p.value, places: p.x.places, files: repoFiles(p.inst)}
	if !p.plain && p.inst.Err == nil {
		e.value = p.value.FillPath(cue.ParsePath("name"), appName)
	}
	text, known := p.texts[kind]
	if !known {
		v := e.value.LookupPath(cue.ParsePath(kind))
		err := v.Validate(cue.Concrete(true), cue.Final())
		if err == nil {
			text, err = v.MarshalJSON()
		}
		if err != nil || p.inst.Err != nil {
			x := *p.x
			x.value = e.value
			fs := x.evaluated(p.inst, err)
			for i, f := range fs {
				fs[i].Problem = strings.ReplaceAll(f.Problem, stand, appName)
				fs[i].Detail = strings.ReplaceAll(f.Detail, stand, appName)
				fs[i].Fix = strings.ReplaceAll(f.Fix, stand, appName)
			}
			return nil, fs, nil
		}
		if p.plain {
			p.texts[kind] = text
		}
	}
	e.object = text
	if p.plain {
		quoted, err := json.Marshal(appName)
		if err != nil {
			return nil, nil, fmt.Errorf("write the name %q: %w", appName, err)
		}
		e.object = bytes.ReplaceAll(text, []byte(stand), quoted[1:len(quoted)-1])
	}
	return e, nil, nil
}
