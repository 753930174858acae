package tree

import (
	"bytes"
	"fmt"
	"path"
	"slices"
	"strings"

	"sigs.k8s.io/kustomize/api/types"
	"sigs.k8s.io/kustomize/kyaml/resid"

	"stillsuit.dev/generator/manifest"
	"stillsuit.dev/generator/model"
)

// Root is the directory that holds every cluster's tree.
const Root = "flux-system"

// fluxDir is the directory of Flux's own objects, in the tree and in the
// cluster: `flux bootstrap` decides on it.
const fluxDir = "flux-system"

// Layout lays a cluster's objects out below Root/<cluster>: the root
// kustomization lists Flux's overlay and each unit's ks.yaml, and a unit's
// objects lie in app/, one file a kind. sources tells the files that the value
// at a CUE path was written in, for the seals.
func Layout(set *manifest.Set, sources func(path []string) []string) (Tree, error) {
	l := layout{set: set, sources: sources, root: path.Join(Root, set.Cluster)}
	l.tree.Owned = []string{l.root}
	top := []string{fluxDir}
	for _, unit := range set.Units {
		if err := l.unit(unit); err != nil {
			return Tree{}, fmt.Errorf("lay out unit %s: %w", unit.Name, err)
		}
		top = append(top, path.Join(unit.Dir, "ks.yaml"))
	}
	slices.Sort(top)
	if err := l.kustomization(l.root, types.Kustomization{Resources: top}, nil); err != nil {
		return Tree{}, err
	}
	if err := l.overlay(); err != nil {
		return Tree{}, err
	}
	slices.SortFunc(l.tree.Files, func(a, b File) int { return strings.Compare(a.Path, b.Path) })
	return l.tree, nil
}

type layout struct {
	set     *manifest.Set
	sources func(path []string) []string
	root    string
	tree    Tree
	buffer  bytes.Buffer // for the file that is put together
}

func (l *layout) add(name string, content []byte, origins ...[]string) {
	var sources []string
	for _, o := range origins {
		sources = append(sources, l.sources(o)...)
	}
	slices.Sort(sources)
	l.tree.Files = append(l.tree.Files, File{Path: name, Content: content, Sources: slices.Compact(sources)})
}

// unit writes ks.yaml and app/ of one unit.
func (l *layout) unit(u *manifest.Unit) error {
	dir := path.Join(l.root, u.Dir)
	flux, err := u.Flux.YAML()
	if err != nil {
		return err
	}
	l.add(path.Join(dir, "ks.yaml"), flux, u.Origin)
	files := map[string][]*manifest.Object{}
	for _, o := range u.Objects {
		name := strings.ToLower(o.Kind) + ".yaml"
		switch {
		case o.Verbatim != nil:
			name = o.Name + ".sops.yaml"
		case name == kustomizationFile: // kustomize's own file has that name
			name = "flux-" + name
		}
		files[name] = append(files[name], o)
	}
	var names []string
	for name, objects := range files {
		content, err := l.join(objects)
		if err != nil {
			return err
		}
		names = append(names, name)
		file := path.Join(dir, "app", name)
		if objects[0].Verbatim != nil {
			l.tree.Files = append(l.tree.Files, File{Path: file, Content: content, Sources: []string{objects[0].Source}})
			continue
		}
		l.add(file, content, u.Origin)
	}
	slices.Sort(names)
	return l.kustomization(path.Join(dir, "app"), types.Kustomization{Resources: names}, u.Origin)
}

// join writes several objects into one file, each below the CUE path that it
// came from.
func (l *layout) join(objects []*manifest.Object) ([]byte, error) {
	if objects[0].Verbatim != nil {
		return objects[0].Verbatim, nil
	}
	b := &l.buffer
	b.Reset()
	for i, o := range objects {
		if i > 0 {
			b.WriteString("---\n")
		}
		b.WriteString("# " + model.Path(o.Origin).String() + "\n")
		if err := o.WriteYAML(b); err != nil {
			return nil, err
		}
	}
	return bytes.Clone(b.Bytes()), nil
}

func (l *layout) kustomization(dir string, k types.Kustomization, origin []string) error {
	k.TypeMeta = types.TypeMeta{APIVersion: types.KustomizationVersion, Kind: types.KustomizationKind}
	content, err := manifest.Marshal(&k)
	if err != nil {
		return err
	}
	l.add(path.Join(dir, kustomizationFile), content, origin)
	return nil
}

// kustomizationFile is the name that we give to kustomizations, of the three that
// kustomize knows.
const kustomizationFile = "kustomization.yaml"

// gotk are the files that `flux bootstrap` writes. It builds our overlay before
// they exist, so a comment stands in for each until then.
var gotk = []string{"gotk-components.yaml", "gotk-sync.yaml"}

const placeholder = "# flux bootstrap writes this file.\n"

// sopsFile is where sops looks for its rules.
const sopsFile = ".sops.yaml"

// overlay writes the directory that `flux bootstrap` takes over: it keeps our
// kustomization byte for byte, and applies it. Where the Flux Operator installs Flux, the
// directory has what it installs Flux by.
func (l *layout) overlay() error {
	dir := path.Join(l.root, fluxDir)
	if o := l.set.Instance; o != nil {
		content, err := l.join([]*manifest.Object{o})
		if err != nil {
			return err
		}
		name := strings.ToLower(o.Kind) + ".yaml"
		l.add(path.Join(dir, name), content, o.Origin)
		return l.kustomization(dir, types.Kustomization{Resources: []string{name}}, o.Origin)
	}
	k := types.Kustomization{Resources: gotk}
	for _, p := range l.set.Bootstrap {
		patch, err := manifest.Marshal(p.Value)
		if err != nil {
			return err
		}
		k.Patches = append(k.Patches, types.Patch{
			Patch:  string(patch),
			Target: &types.Selector{ResId: resid.ResId{Gvk: resid.Gvk{Kind: p.Kind}, Name: p.Name}},
		})
	}
	for _, name := range gotk {
		l.tree.Files = append(l.tree.Files, File{
			Path: path.Join(dir, name), Once: true,
			Content: []byte(placeholder),
		})
	}
	return l.kustomization(dir, k, []string{"cluster"})
}

// sopsConfig is .sops.yaml (getsops.io).
type sopsConfig struct {
	CreationRules []sopsCreationRule `json:"creation_rules"`
}

type sopsCreationRule struct {
	PathRegex      string `json:"path_regex"`
	EncryptedRegex string `json:"encrypted_regex"`
	Age            string `json:"age"`
}

// SOPS lays out .sops.yaml, which sops looks for at the repository's root: to
// whom the secrets of each cluster are encrypted.
func SOPS(sets []*manifest.Set, sources func(set *manifest.Set) []string) (Tree, error) {
	var config sopsConfig
	var from []string
	for _, s := range sets {
		if s.SOPS == nil {
			continue
		}
		config.CreationRules = append(config.CreationRules, sopsCreationRule{s.SOPS.PathRegex, s.SOPS.EncryptedRegex, strings.Join(s.SOPS.Age, ",")})
		from = append(from, sources(s)...)
	}
	if len(config.CreationRules) == 0 {
		return Tree{}, nil
	}
	slices.Sort(from)
	content, err := manifest.Marshal(config)
	return Tree{Files: []File{{Path: sopsFile, Content: content, Sources: slices.Compact(from)}}}, err
}
