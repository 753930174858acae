package flux

import (
	"path"

	fluxkustomize "github.com/fluxcd/pkg/apis/kustomize"

	"stillsuit.dev/generator/internal/kinds"
	"stillsuit.dev/generator/internal/labels"
	"stillsuit.dev/generator/internal/render/object"
	"stillsuit.dev/generator/internal/resolve"
	"stillsuit.dev/generator/internal/resolve/scope"
	"stillsuit.dev/generator/manifest"
	"stillsuit.dev/generator/model"
)

// instanceName is the only name of a FluxInstance that the operator looks at.
const instanceName = "flux"

// instance is the used part of the spec of the Flux Operator's FluxInstance (v1). Without
// a size the operator leaves the controllers as Flux's own manifests have them, which the
// patches are made for.
type instance struct {
	Distribution distribution    `json:"distribution"`
	Components   []string        `json:"components"`
	Cluster      instanceCluster `json:"cluster"`
	Kustomize    instanceOverlay `json:"kustomize"`
	Sync         instanceSync    `json:"sync"`
}

type distribution struct {
	Version  string `json:"version"`
	Registry string `json:"registry"`
}

// instanceCluster keeps others than Flux from its controllers, as flux bootstrap does.
type instanceCluster struct {
	Type          string `json:"type"`
	NetworkPolicy bool   `json:"networkPolicy"`
}

type instanceOverlay struct {
	Patches []fluxkustomize.Patch `json:"patches"`
}

// instanceSync becomes the source and the Kustomization flux-system, named by the namespace.
type instanceSync struct {
	Kind       string `json:"kind"`
	URL        string `json:"url"`
	Ref        string `json:"ref"`
	Path       string `json:"path"`
	PullSecret string `json:"pullSecret,omitempty"`
}

// Instance is what the Flux Operator installs Flux by, with the patches that the overlay of
// flux bootstrap has otherwise. Flux never prunes it, as the operator then uninstalls Flux.
func Instance(in *resolve.Cluster, patches []manifest.Patch) (*manifest.Object, error) {
	c := in.Desired.Cluster
	ref := c.Flux.Ref()
	if c.Flux.Source != "oci" {
		ref = "refs/heads/" + ref
	}
	spec := instance{
		Distribution: distribution{Version: c.Flux.Operator.Version, Registry: c.Flux.Operator.Registry},
		Components:   resolve.Controllers,
		Cluster:      instanceCluster{Type: "kubernetes", NetworkPolicy: true},
		Sync: instanceSync{
			Kind: c.Flux.SourceKind(), URL: c.Flux.URL, Ref: ref,
			Path: path.Join("flux-system", c.Name), PullSecret: c.Flux.Operator.Secret,
		},
	}
	for _, p := range patches {
		text, err := manifest.Marshal(p.Value)
		if err != nil {
			return nil, err
		}
		spec.Kustomize.Patches = append(spec.Kustomize.Patches, fluxkustomize.Patch{
			Patch: string(text), Target: &fluxkustomize.Selector{Kind: p.Kind, Name: p.Name},
		})
	}
	m := object.FactMeta(scope.UnitFlux, instanceName)
	m.Annotations = labels.NeverPruned()
	origin := model.Path{"cluster", "flux"}
	return object.Of(scope.Unit{}, kinds.FluxInstance, &object.Custom[instance]{ObjectMeta: m, Spec: spec}, origin).Object, nil
}
