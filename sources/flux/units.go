package flux

import (
	"encoding/json"
	"fmt"
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

// follow reads what a Flux Kustomization of the tree applies.
func (r *reader) follow(o *manifest.Object, b []byte, at origin) {
	if o.Kind != "Kustomization" || o.Group != kustomizev1.GroupVersion.Group {
		return
	}
	flux := kustomizev1.Kustomization{}
	if filled, some := r.filled(reflect.TypeFor[kustomizev1.Kustomization](), o.Written); some {
		b, _ = json.Marshal(filled) //nolint:errchkjson // of JSON
	}
	if err := json.Unmarshal(b, &flux); err != nil {
		r.reportOf(o, finding.Error, at.place(), "foreign/undecodable", fmt.Sprintf("Flux Kustomization %s cannot be read", o.Name), r.words(err), "correct it")
		return
	}
	dir := path.Join(".", strings.TrimPrefix(flux.Spec.Path, "/"))
	if strings.HasPrefix(dir, "..") || !r.fs.IsDir(dir) {
		r.reportOf(o, finding.Note, at.place(), "foreign/not-here", fmt.Sprintf("Flux Kustomization %s applies %s of source %s", o.Name, dir, flux.Spec.SourceRef.Name), "this repository has no such directory, so what it applies is not checked", "check it in its own repository")
		return
	}
	unit := r.units[o.Name]
	if unit == nil {
		unit = &inventory.Unit{Name: o.Name}
		r.units[o.Name] = unit
	}
	for _, d := range flux.Spec.DependsOn {
		unit.After = append(unit.After, d.Name)
	}
	within, variables := r.within, r.variables
	r.within, r.variables = unit, nil
	if flux.Spec.PostBuild != nil {
		r.variables = flux.Spec.PostBuild.Substitute
	}
	r.unit(dir, &overlay{spec: flux.Spec, at: at})
	r.within, r.variables = within, variables
}
