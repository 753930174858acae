package versions

import (
	"fmt"
	"strings"

	"stillsuit.dev/checks/apiserver/internal/refusal"
	"stillsuit.dev/finding"
	"stillsuit.dev/generator/apis"
)

// fluxGroups is how the groups of Flux's controllers end.
const fluxGroups = ".toolkit.fluxcd.io"

// fluxVersion is the release of Flux whose kinds are known, and for which stillsuit renders.
const fluxVersion = "2.9"

// fluxKinds are the kinds of Flux 2.9 with the only version that it has of each
// (github.com/fluxcd/flux2/v2 v2.9.5, cmd/flux/migrate.go; the modules api of its
// controllers, at the versions in its go.mod, have no other).
func fluxKinds() map[string]string {
	return map[string]string{
		"source.toolkit.fluxcd.io/GitRepository":        "v1",
		"source.toolkit.fluxcd.io/OCIRepository":        "v1",
		"source.toolkit.fluxcd.io/HelmRepository":       "v1",
		"source.toolkit.fluxcd.io/HelmChart":            "v1",
		"source.toolkit.fluxcd.io/Bucket":               "v1",
		"source.toolkit.fluxcd.io/ExternalArtifact":     "v1",
		"kustomize.toolkit.fluxcd.io/Kustomization":     "v1",
		"helm.toolkit.fluxcd.io/HelmRelease":            "v2",
		"notification.toolkit.fluxcd.io/Receiver":       "v1",
		"notification.toolkit.fluxcd.io/Alert":          "v1beta3",
		"notification.toolkit.fluxcd.io/Provider":       "v1beta3",
		"image.toolkit.fluxcd.io/ImageRepository":       "v1",
		"image.toolkit.fluxcd.io/ImagePolicy":           "v1",
		"image.toolkit.fluxcd.io/ImageUpdateAutomation": "v1",
	}
}

// fluxRemoved are the versions that Flux removed, with the release: 2.7
// (fluxcd.io/blog/2025/09/flux-v2.7.0), 2.8 (fluxcd/flux2 issue 5711) and 2.9
// (fluxcd/flux2 issue 5942, fluxcd/image-reflector-controller 1.2.0).
func fluxRemoved() map[string]string {
	return map[string]string{
		"source.toolkit.fluxcd.io/v1beta1": "2.7", "kustomize.toolkit.fluxcd.io/v1beta1": "2.7", "helm.toolkit.fluxcd.io/v2beta1": "2.7",
		"image.toolkit.fluxcd.io/v1beta1": "2.7", "notification.toolkit.fluxcd.io/v1beta1": "2.7",
		"source.toolkit.fluxcd.io/v1beta2": "2.8", "kustomize.toolkit.fluxcd.io/v1beta2": "2.8", "helm.toolkit.fluxcd.io/v2beta2": "2.8",
		"image.toolkit.fluxcd.io/v1beta2": "2.9", "notification.toolkit.fluxcd.io/v1beta2": "2.9",
	}
}

// fluxKind asks about a kind of Flux's. Which release runs a directory is not known, unless
// its definitions are there: then what Flux removed is a warning.
func (c Checker) fluxKind(apiVersion, kind, name string) []refusal.Refusal {
	group := apis.GroupOf(apiVersion)
	version, known := fluxKinds()[group+"/"+kind]
	release, removed := fluxRemoved()[apiVersion]
	if !known || apiVersion == group+"/"+version || !removed && !c.flux {
		return nil // of a kind that Flux 2.9 does not have, another release or your own definition may
	}
	severity, detail := finding.Warning, "which release of Flux applies this directory is not known; with a newer one "+whole
	if c.flux {
		severity, detail = finding.Error, "the cluster runs Flux "+fluxVersion+"; "+whole
	}
	fix := fmt.Sprintf("write `apiVersion: %s/%s`; `flux migrate -f .` does it for all files", group, version)
	if !removed {
		return one(CodeKind, severity, "apiVersion", fmt.Sprintf("%s has apiVersion %s, which Flux %s does not have", name, apiVersion, fluxVersion), detail, fix)
	}
	return one(CodeRemoved, severity, "apiVersion", fmt.Sprintf("%s has apiVersion %s, which Flux %s removed", name, apiVersion, release), detail, strings.TrimSpace(fix))
}
