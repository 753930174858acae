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
	"stillsuit.dev/generator/evaluate/internal/explain"
	"stillsuit.dev/generator/evaluate/internal/places"
	"stillsuit.dev/generator/evaluate/internal/source"
	"stillsuit.dev/generator/evaluate/internal/syntax"
)

// Entry is an entry of the catalogue, evaluated for one app of one cluster. Like
// its Cluster it is not safe for concurrent use.
type Entry struct {
	kind   string
	object json.RawMessage
	places places.Finder
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
	return e.watch.find(e.places, append([]string{e.kind}, path...))
}

// Nearest is Cluster.Nearest for a path below the entry's app or container.
func (e *Entry) Nearest(path ...string) finding.Place {
	return e.watch.nearest(e.places, append([]string{e.kind}, path...))
}

// catalogued is a package of the catalogue, for one cluster.
type catalogued struct {
	pkg   explain.Package
	built bool
	// plain says that the app's name only ends up in texts, so that one
	// evaluation serves every app: stand takes the name's place.
	plain bool
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
	p.pkg.Context, p.pkg.Schema = c.ctx, c.repo.src.Schema(p.pkg.Inst)
	fields := syntax.TopLevelFields(p.pkg.Inst)
	var wanted []source.TopLevel
	for _, k := range source.Kinds() {
		if _, ok := fields[k.Field]; ok {
			wanted = append(wanted, k)
		}
	}
	lines := constraintLines(p.pkg.Inst, p.pkg.Schema, wanted)
	if _, ok := fields["name"]; !ok {
		p.plain = true
	} else if p.plain = plain(p.pkg.Inst); p.plain {
		lines += fmt.Sprintf("name: %q\n", stand)
	}
	imports := map[string]*build.Instance{schemaImport: p.pkg.Schema}
	if _, ok := fields["cluster"]; ok {
		shared, err := c.share()
		if err != nil {
			return err
		}
		lines += "cluster: " + clusterImport + ".value\n"
		imports[clusterImport] = shared
	}
	if err := add(p.pkg.Inst, lines, imports); err != nil {
		return err
	}
	p.pkg.Value = c.ctx.BuildInstance(p.pkg.Inst)
	p.pkg.Places = places.New(p.pkg.Inst, p.pkg.Value)
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
	inst.ImportPath = source.ModuleName + "/cluster"
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
	pkg := p.pkg
	if !p.plain && pkg.Inst.Err == nil {
		pkg.Value = pkg.Value.FillPath(cue.ParsePath("name"), appName)
		pkg.Places = pkg.Places.Of(pkg.Value)
	}
	e := &Entry{kind: kind, places: pkg.Places, files: source.Files(pkg.Inst)}
	text, known := p.texts[kind]
	if !known {
		v := pkg.Value.LookupPath(cue.ParsePath(kind))
		err := v.Validate(cue.Concrete(true), cue.Final())
		if err == nil {
			text, err = v.MarshalJSON()
		}
		if err != nil || pkg.Inst.Err != nil {
			fs := explain.Evaluation(pkg, err)
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
