package flux

import (
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"path"
	"reflect"
	"slices"
	"strings"

	kustomizev1 "github.com/fluxcd/kustomize-controller/api/v1"
	"github.com/fluxcd/pkg/apis/kustomize"
	"go.yaml.in/yaml/v3"
	"sigs.k8s.io/kustomize/api/types"
	"sigs.k8s.io/kustomize/kyaml/resid"
	kyaml "sigs.k8s.io/yaml"

	"stillsuit.dev/finding"
	"stillsuit.dev/generator/manifest"
	"stillsuit.dev/inventory"
)

// overlay is what a Flux Kustomization lays over the kustomization on disk; nil
// for none.
type overlay struct {
	spec kustomizev1.KustomizationSpec
	at   origin
}

// laid is the part of the spec that changes what is built.
func (o *overlay) laid() kustomizev1.KustomizationSpec {
	return kustomizev1.KustomizationSpec{
		TargetNamespace: o.spec.TargetNamespace, NamePrefix: o.spec.NamePrefix, NameSuffix: o.spec.NameSuffix,
		Patches: o.spec.Patches, Images: o.spec.Images, Components: o.spec.Components,
	}
}

// key tells overlays apart by what they change; "" changes nothing.
func (o *overlay) key() string {
	if o == nil {
		return ""
	}
	b, err := json.Marshal(o.laid())
	if err != nil { // it came from JSON
		return err.Error()
	}
	none, _ := json.Marshal((&overlay{}).laid()) //nolint:errchkjson // the same type
	if string(b) == string(none) {
		return ""
	}
	return string(b)
}

// lay returns a kustomization as kustomize-controller changes it before it builds
// (fluxcd/pkg/kustomize, Generator.GenerateManifest).
func (o *overlay) lay(r *reader, dir string) ([]byte, error) {
	k := &types.Kustomization{}
	if file := r.kustomizationIn(dir); file != "" {
		data, err := r.fs.ReadFile(file)
		if err != nil {
			return nil, err
		}
		if err := k.Unmarshal(data); err != nil {
			return nil, err
		}
	} else {
		k.Resources = r.listed(dir)
	}
	k.FixKustomization()
	if o != nil {
		o.over(r, dir, k)
	}
	return kyaml.Marshal(k)
}

func (o *overlay) over(r *reader, dir string, k *types.Kustomization) {
	spec := o.spec
	if spec.TargetNamespace != "" {
		k.Namespace = spec.TargetNamespace
	}
	if spec.NamePrefix != "" {
		k.NamePrefix = spec.NamePrefix
	}
	if spec.NameSuffix != "" {
		k.NameSuffix = spec.NameSuffix
	}
	for _, p := range spec.Patches {
		k.Patches = append(k.Patches, types.Patch{Patch: p.Patch, Target: selector(p.Target)})
	}
	for _, c := range spec.Components {
		if spec.IgnoreMissingComponents && !r.fs.Exists(path.Join(dir, c)) {
			continue
		}
		k.Components = append(k.Components, c)
	}
	for _, image := range spec.Images {
		i := slices.IndexFunc(k.Images, func(i types.Image) bool { return i.Name == image.Name })
		if i < 0 {
			k.Images, i = append(k.Images, types.Image{Name: image.Name}), len(k.Images)
		}
		if image.NewName != "" {
			k.Images[i].NewName = image.NewName
		}
		if image.NewTag != "" || image.Digest != "" {
			k.Images[i].NewTag, k.Images[i].Digest = image.NewTag, image.Digest
		}
	}
}

// common is an object with the labels and annotations that the Flux Kustomization gives to
// all, and the layers of the object with those.
func (o *overlay) common(object any, layers []layer) (any, []layer) {
	if o == nil || o.spec.CommonMetadata == nil {
		return object, layers
	}
	whole, is := object.(map[string]any)
	if !is {
		return object, layers
	}
	whole = maps.Clone(whole)
	metadata, is := whole["metadata"].(map[string]any)
	if !is {
		return object, layers
	}
	metadata = maps.Clone(metadata)
	for field, pairs := range map[string]map[string]string{"labels": o.spec.CommonMetadata.Labels, "annotations": o.spec.CommonMetadata.Annotations} {
		before, _ := metadata[field].(map[string]any)
		all := map[string]any{}
		maps.Copy(all, before)
		for key, value := range pairs {
			all[key] = value
		}
		if len(all) > 0 {
			metadata[field] = all
		}
	}
	whole["metadata"], object = metadata, whole
	says := fields(o.written())["commonmetadata"]
	if says == nil {
		return object, layers
	}
	layers = slices.Clone(layers)
	for _, field := range []string{"labels", "annotations"} {
		layers = append(layers, layer{o.at.file, pairs(fields(says)[field])})
	}
	return object, layers
}

// written is the spec as it is written; nil when that is unknown.
func (o *overlay) written() *yaml.Node {
	if o.at.node == nil {
		return nil
	}
	return fields(o.at.node)["spec"]
}

func selector(s *kustomize.Selector) *types.Selector {
	if s == nil {
		return nil
	}
	return &types.Selector{
		ResId:              resid.ResId{Gvk: resid.Gvk{Group: s.Group, Version: s.Version, Kind: s.Kind}, Name: s.Name, Namespace: s.Namespace},
		LabelSelector:      s.LabelSelector,
		AnnotationSelector: s.AnnotationSelector,
	}
}

// pending is a Flux Kustomization whose unit is not read yet.
type pending struct {
	*kustomizev1.Kustomization
	o  *manifest.Object
	at origin
}

// follow notes a Flux Kustomization of the tree, so that what it applies is read too.
func (r *reader) follow(o *manifest.Object, b []byte, at origin) {
	if o.Kind != "Kustomization" || o.Group != kustomizev1.GroupVersion.Group || r.objects[o.ID] != o {
		return
	}
	flux := &kustomizev1.Kustomization{}
	if filled, some := filled(reflect.TypeFor[kustomizev1.Kustomization](), o.Written); some {
		b, _ = json.Marshal(filled) //nolint:errchkjson // of JSON
	}
	if err := json.Unmarshal(b, flux); err != nil {
		r.reportOf(o, finding.Error, at.place(), "foreign/undecodable", fmt.Sprintf("Flux Kustomization %s cannot be read", o.Name), r.words(err), "correct it")
		return
	}
	r.pending = append(r.pending, pending{flux, o, at})
}

// followed reads the units of all Flux Kustomizations: one whose variables are in other units
// after those.
func (r *reader) followed() {
	for len(r.pending) > 0 {
		next := slices.IndexFunc(r.pending, func(p pending) bool {
			return !slices.ContainsFunc(sourcesOf(p.Kustomization), func(id manifest.ID) bool { return r.objects[id] == nil })
		})
		p := r.pending[max(next, 0)]
		r.pending = slices.Delete(r.pending, max(next, 0), max(next, 0)+1)
		r.apply(p)
	}
}

// apply reads what a Flux Kustomization applies.
func (r *reader) apply(p pending) {
	dir := path.Join(".", strings.TrimPrefix(p.Spec.Path, "/"))
	switch {
	case p.Spec.Suspend:
		r.reportOf(p.o, finding.Note, p.at.place(), "foreign/suspended", fmt.Sprintf("Flux Kustomization %s is suspended", p.o.Name), fmt.Sprintf("Flux does not apply %s, so it was not checked", dir), "")
		return
	case r.elsewhere(p):
		r.reportOf(p.o, finding.Note, p.at.place(), "foreign/not-here", fmt.Sprintf("Flux Kustomization %s applies %s of the %s %s", p.o.Name, dir, p.Spec.SourceRef.Kind, p.Spec.SourceRef.Name), "that is not this repository, so what it applies was not checked", "check it in its own repository")
		return
	case strings.HasPrefix(dir, "..") || !r.fs.IsDir(dir):
		r.reportOf(p.o, finding.Note, p.at.place(), "foreign/not-here", fmt.Sprintf("Flux Kustomization %s applies %s of source %s", p.o.Name, dir, p.Spec.SourceRef.Name), "this repository has no such directory, so what it applies is not checked", "check it in its own repository")
		return
	}
	unit := r.units[p.o.Name]
	if unit == nil {
		unit = &inventory.Unit{Name: p.o.Name}
		r.units[p.o.Name] = unit
	}
	for _, d := range p.Spec.DependsOn {
		unit.After = append(unit.After, d.Name)
	}
	r.within, r.post, r.over = unit, postBuild{r}.variablesOf(p), &overlay{spec: p.Spec, at: p.at}
	r.unit(dir, r.over)
	r.within, r.post, r.over = nil, nil, nil
}

// elsewhere reports whether a Flux Kustomization is of another source than this repository:
// of one that the tree defines, and from which Flux does not apply the tree itself.
func (r *reader) elsewhere(p pending) bool {
	ref := p.Spec.SourceRef
	id := manifest.ID{Group: "source.toolkit.fluxcd.io", Kind: ref.Kind, Namespace: cmp.Or(ref.Namespace, p.Namespace), Name: ref.Name}
	source := r.objects[id]
	if source == nil || ref.Name == "flux-system" {
		return false // it comes with the bootstrap
	}
	var all []declaredUnit
	for _, other := range append(slices.Clone(r.pending), p) {
		dir := path.Join(".", strings.TrimPrefix(other.Spec.Path, "/"))
		all = append(all, declaredUnit{file: other.at.file, source: other.Spec.SourceRef.Name, dir: dir})
	}
	r.own[ref.Name] = r.own[ref.Name] || ownSource(all, ref.Name)
	return !r.own[ref.Name]
}
