package flux

import (
	"encoding/base64"
	"fmt"
	"maps"
	"slices"
	"strings"

	kustomizev1 "github.com/fluxcd/kustomize-controller/api/v1"
	appsv1 "k8s.io/api/apps/v1"
	"k8s.io/apimachinery/pkg/util/version"

	"stillsuit.dev/generator/image"
	"stillsuit.dev/generator/manifest"
)

// variables are what Flux writes in the place of ${NAME} in the objects of a unit
// (fluxcd/pkg/kustomize 1.35.6, SubstituteVariables).
type variables struct {
	unit    string            // the Flux Kustomization
	values  map[string]string // by name
	unknown map[string]string // why the value is not known, by the name of a variable that is set
	open    string            // what may set any other variable; "" for nothing
	always  bool              // substitute also where no variable is set
	lenient bool              // write nothing in the place of a variable that is not set
}

// replaces reports whether Flux replaces anything: without a variable it leaves all ${NAME} as
// they are, unless it is told to go on.
func (v *variables) replaces() bool {
	return v != nil && (len(v.values)+len(v.unknown) > 0 || v.open != "" || v.always)
}

// key tells variables apart by what they are.
func (v *variables) key() string {
	if !v.replaces() {
		return ""
	}
	return fmt.Sprintf("\x00%q %q %q", v.values, v.unknown, v.open) // sorted by name
}

// sourcesOf are the objects that a Flux Kustomization takes variables from.
func sourcesOf(k *kustomizev1.Kustomization) []manifest.ID {
	if k.Spec.PostBuild == nil {
		return nil
	}
	var out []manifest.ID
	for _, from := range k.Spec.PostBuild.SubstituteFrom {
		out = append(out, manifest.ID{Kind: from.Kind, Namespace: k.Namespace, Name: from.Name})
	}
	return out
}

// postBuild reads what Flux Kustomizations replace.
type postBuild struct{ *reader }

// variablesOf are those of a Flux Kustomization: what it sets itself wins over substituteFrom,
// whose later sources win over earlier ones.
func (r postBuild) variablesOf(k pending) *variables {
	v := &variables{unit: k.Name, values: map[string]string{}, unknown: map[string]string{}, always: k.GetSubstituteStrategy() == kustomizev1.SubstituteStrategyAlways, lenient: r.lenient()}
	set := func(name, value, unknown string) {
		delete(v.values, name)
		delete(v.unknown, name)
		if unknown != "" {
			v.unknown[name] = unknown
			return
		}
		v.values[name] = strings.ReplaceAll(value, "\n", "")
	}
	if r.patched[k.at.file] {
		v.open = "a Flux Kustomization outside of the tree"
	}
	if k.Spec.PostBuild == nil {
		return v
	}
	for _, id := range sourcesOf(k.Kustomization) {
		o := r.objects[id]
		if o == nil {
			v.open = id.String()
			continue
		}
		for name, value := range entriesOf(o) {
			switch {
			case o.Kind == "Secret": // whose values no message may repeat
				set(name, "", fmt.Sprintf("it comes from %s", id))
			case manifest.Unfilled(value):
				set(name, "", fmt.Sprintf("%s has it from elsewhere", id))
			default:
				set(name, value, "")
			}
		}
	}
	for name, value := range k.Spec.PostBuild.Substitute {
		if manifest.Unfilled(value) {
			set(name, "", fmt.Sprintf("Flux Kustomization %s has it from elsewhere", k.Name))
			continue
		}
		set(name, value, "")
	}
	return v
}

// lenient reports whether the kustomize-controller of the tree takes a variable that is not
// set: before v1.9 unless its feature gate StrictPostBuildSubstitutions is on, and since then
// where that is off (fluxcd/kustomize-controller v1.9.5, internal/features). A tree without the
// controller is of the current one.
func (r postBuild) lenient() bool {
	controller := r.objects[manifest.ID{Group: "apps", Kind: "Deployment", Namespace: "flux-system", Name: "kustomize-controller"}]
	if controller == nil {
		return false
	}
	deployment, is := controller.Value.(*appsv1.Deployment)
	if !is {
		return false
	}
	before := false
	for _, c := range deployment.Spec.Template.Spec.Containers {
		if ref, err := image.Parse(c.Image); err == nil {
			v, err := version.ParseGeneric(ref.Tag)
			before = before || err == nil && strings.HasSuffix(ref.Repository, "/kustomize-controller") && v.LessThan(version.MustParseGeneric("1.9"))
		}
		for _, arg := range c.Args {
			gate, said := strings.CutPrefix(arg, "--feature-gates=")
			if _, on, set := strings.Cut(gate, "StrictPostBuildSubstitutions="); said && set {
				return strings.HasPrefix(on, "false")
			}
		}
	}
	return before
}

// entriesOf are the keys of a ConfigMap or a Secret, with their values as text.
func entriesOf(o *manifest.Object) map[string]string {
	out := map[string]string{}
	content := o.Content()
	for _, field := range []string{"data", "stringData"} {
		entries, _ := content[field].(map[string]any)
		for _, name := range slices.Sorted(maps.Keys(entries)) {
			text := fmt.Sprint(entries[name])
			if decoded, err := base64.StdEncoding.DecodeString(text); err == nil && o.Kind == "Secret" && field == "data" {
				text = string(decoded)
			}
			out[name] = text
		}
	}
	return out
}
