package flux

import (
	"fmt"
	"io/fs"
	"os"
	"path"
	"reflect"
	"slices"

	"go.yaml.in/yaml/v3"

	disk "stillsuit.dev/files"
	"stillsuit.dev/finding"
	"stillsuit.dev/generator/lock"
	"stillsuit.dev/generator/manifest"
	"stillsuit.dev/inventory"
)

// Options are the choices of a Read; nil means defaults.
type Options struct {
	// Nodes is the output of `kubectl get nodes -o yaml`, and NodesFile its name.
	Nodes     []byte
	NodesFile string
	// Declared are nodes that a cluster's CUE declares, instead of Nodes, by name.
	// Places finds their lines.
	Declared map[string]*inventory.Node
	Places   inventory.Locator
	// Minor is the minor version of Kubernetes that the tree is for, 0 when nobody said. Then
	// it is that of the newest kubelet among Nodes: no kubelet may be newer than the API
	// server (kubernetes.io/releases/version-skew-policy).
	Minor int
	// Suppress is YAML: by name, the findings that somebody accepted, with the fields of
	// model.Suppression but App. SuppressFile is its name.
	Suppress     []byte
	SuppressFile string
}

// Read reads the tree in dir, which is slash-separated and relative to root, and
// the units of Flux that it names. root is the repository: a Flux Kustomization
// names its path from there. The subject lacks what the findings are about. They are in
// its Found too, with the objects that they are about.
func Read(root *os.Root, dir string, opts *Options) (*inventory.Subject, []finding.Finding, error) {
	if opts == nil {
		opts = &Options{}
	}
	locked, err := lock.Read(disk.FS(root))
	if err != nil {
		return nil, nil, err
	}
	r := newReader(root, dir, opts.Places)
	if info, err := root.Stat(path.Clean(dir)); err != nil {
		return nil, nil, fmt.Errorf("read tree: %w", err)
	} else if !info.IsDir() {
		return nil, nil, fmt.Errorf("read tree: %s is no directory", dir)
	}
	entrances{r}.read(path.Clean(dir))
	r.followed()
	entrances{r}.unapplied(path.Clean(dir))
	s := &inventory.Subject{Name: dir, Nodes: map[string]*inventory.Node{}, Lock: locked, Places: r.places, Source: func(file string) []byte {
		b, err := fs.ReadFile(disk.FS(root), file)
		if err != nil {
			return nil // then nothing in it can be changed
		}
		return b
	}}
	for _, o := range r.objects {
		s.Objects = append(s.Objects, o)
	}
	slices.SortFunc(s.Objects, func(a, b *manifest.Object) int { return a.Compare(b.ID) })
	for _, u := range r.units {
		s.Units = append(s.Units, *u)
	}
	s.Units = inventory.InOrder(s.Units)
	beside := &beside{reports: r.reports, places: r.places, subject: s}
	beside.readNodes(opts)
	if s.Minor = opts.Minor; s.Minor == 0 {
		s.Minor = beside.kubelets
	}
	if opts.Suppress != nil {
		beside.readSuppressions(opts)
	}
	if len(s.Objects) == 0 && len(r.findings) == 0 {
		r.report(finding.Error, finding.Place{File: dir}, "foreign/empty", "no Kubernetes object is here", "there is nothing to check then", "name a directory with Kubernetes YAML or a kustomization.yaml")
	}
	s.Found = r.findings
	findings := make([]finding.Finding, 0, len(s.Found))
	for _, f := range s.Found {
		findings = append(findings, f.Finding)
	}
	return s, finding.Sort(findings), nil
}

func newReader(root *os.Root, dir string, nodes inventory.Locator) *reader {
	return &reader{
		reports: &reports{fs: newFiles(root)},
		places:  &places{dir: dir, objects: map[*manifest.Object]origin{}, nodes: map[string]origin{}, declared: nodes, accepted: map[string]map[string]finding.Place{}},
		objects: map[manifest.ID]*manifest.Object{}, read: map[string]bool{}, own: map[string]bool{}, patched: map[string]bool{}, taken: map[string]bool{}, docs: map[string][]*yaml.Node{}, units: map[string]*inventory.Unit{},
	}
}

// reader is one Read of a tree.
type reader struct {
	*reports
	places  *places
	objects map[manifest.ID]*manifest.Object
	read    map[string]bool            // directories that a unit was read from, with what Flux lays over
	docs    map[string][]*yaml.Node    // of files that objects were built from
	units   map[string]*inventory.Unit // by the name of their Flux Kustomization
	within  *inventory.Unit            // the one that is read; nil outside of any
	pending []pending                  // Flux Kustomizations whose units are not read yet
	own     map[string]bool            // sources that this repository is
	covered []string                   // directories that units apply, which nothing else does
	patched map[string]bool            // files that a Flux Kustomization outside of the tree applies, and may change
	taken   map[string]bool            // files that were read as objects
	whole   bool                       // all of the tree is read, and not only what Flux applies
	// over and post are what the Flux Kustomization that is read lays over its kustomization, and
	// writes in the place of variables; nil outside of any.
	over *overlay
	post *variables
	// component says that a kustomization is read that is a part of others, which may
	// give its objects other names.
	component bool
	visits    int  // of kustomizations, each time that one is reached
	laid      laid // of the kustomization that is built
}

// keep notes an object and where it stands. Of two with one ID the first is kept.
func (r *reader) keep(o *manifest.Object, at origin) {
	if r.within != nil {
		at.unit = r.within.Name
	}
	first, twice := r.objects[o.ID]
	if twice {
		r.again(o, at, first)
		return
	}
	r.objects[o.ID], r.places.objects[o] = o, at
	if r.within != nil {
		r.within.Objects = append(r.within.Objects, o)
	}
}

// again reports an object that is there already, where that matters: two units that differ about it revert each other,
// and of two that no unit applies only one is checked.
func (r *reader) again(o *manifest.Object, at origin, first *manifest.Object) {
	before := r.places.objects[first]
	same := reflect.DeepEqual(o.Content(), first.Content())
	f := finding.Finding{
		Code: "foreign/twice", Severity: finding.Error, Place: at.place(), Related: []finding.Related{{Place: before.place(), What: "first written here"}},
	}
	switch {
	case before.place() == at.place() || r.component || first.Part:
		return
	case at.unit == before.unit && path.Dir(at.file) == path.Dir(before.file):
		f.Problem, f.Detail, f.Fix = o.DisplayName()+" is in the tree a second time", "it is at "+before.place().String()+" too, and Flux refuses a directory with both", "remove one"
	case at.unit != "" && before.unit != "" && at.unit != before.unit && !same && o.Kind != "Namespace":
		f.Problem = fmt.Sprintf("the Flux Kustomizations %s and %s both apply %s, and differ", before.unit, at.unit, o.DisplayName())
		f.Detail, f.Fix = "each of them reverts what the other one applied", "let one of them apply it"
	case !same && at.unit == "" && before.unit == "":
		f.Severity = finding.Note
		f.Problem, f.Detail = o.DisplayName()+" is in two directories, and only the first was checked", "it is at "+before.place().String()+" too"
		f.Fix = fmt.Sprintf("check each directory by itself: `stillsuit check %s`", path.Dir(at.file))
	default:
		return
	}
	r.found(inventory.Spot{Object: o}, f)
}
