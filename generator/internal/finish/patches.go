package finish

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"reflect"
	"slices"

	jsonpatch "gopkg.in/evanphx/json-patch.v4"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/util/strategicpatch"

	"stillsuit.dev/finding"
	"stillsuit.dev/generator/internal/kinds"
	"stillsuit.dev/generator/internal/resolve/written"
	"stillsuit.dev/generator/manifest"
	"stillsuit.dev/generator/model"
)

// patches changes the objects of an app, which lie in its own unit and in those
// that span apps.
func (r *finisher) patches(name string, app *model.App, objects []*manifest.Object) {
	for _, key := range slices.Sorted(maps.Keys(app.Patches)) {
		patch, at := *app.Patches[key], model.Path{"apps", name, "patches", key}
		if patch.Kind == "" || len(patch.Merge) == 0 {
			r.Error(at, "app/missing-field", fmt.Sprintf("patch %s has no kind or nothing to merge", key), "a patch lays merge over the objects of a kind", `write kind: "Deployment" and merge: {…}`)
			continue
		}
		if patch.Kind == "Secret" && r.plain(at.Join("merge"), key, patch.Merge) {
			continue
		}
		var kinds []string
		found := false
		for _, o := range objects {
			kinds = append(kinds, o.Kind+" "+o.Name)
			if o.Kind != patch.Kind || patch.Name != "" && o.Name != patch.Name {
				continue
			}
			if !found { // of each patch once, however many objects it changes
				gvk := schema.FromAPIVersionAndKind(o.APIVersion, o.Kind)
				patch.Merge = written.Refused(r.Reporter, at.Join("merge"), gvk, patch.Merge)
			}
			found = true
			if err := r.merge(o, patch.Merge); err != nil {
				keys, why, mend := manifest.Misfit(err, o.Value)
				r.Error(at.Join("merge").Join(keys...), "patch/invalid", fmt.Sprintf("patch %s does not fit %s: %s", key, o.ID, why), "", mend)
			}
		}
		if !found {
			r.Error(at, "patch/no-target", fmt.Sprintf("patch %s changes %s", key, oneNonEmpty(patch.Kind+" "+patch.Name)), fmt.Sprintf("app %s has %s", name, finding.AllSorted(kinds)), "name one of them")
		}
	}
}

// plain reports a patch that writes values of a Secret in plain text.
func (r *finisher) plain(at model.Path, patch string, merge map[string]any) bool {
	plain := manifest.ClearText(merge)
	if len(plain) == 0 {
		return false
	}
	r.Error(at.Join(plain[0]...), "secret/plain", fmt.Sprintf("patch %s writes the %s of a Secret in plain text", patch, finding.Named("key", written.Keys(plain))), "anyone who can read the repository can read it",
		"write the whole Secret to a file, encrypt that with sops --encrypt --in-place, name the file in secrets, remove the patch, and change what it protects")
	return true
}

// objectsOf lists what was made for each app, sorted by ID.
func (r *finisher) objectsOf() map[string][]*manifest.Object {
	out := map[string][]*manifest.Object{}
	for _, id := range slices.SortedFunc(maps.Keys(r.byID), manifest.ID.Compare) {
		o := r.byID[id]
		if len(o.Origin) < 2 || o.Origin[0] != "apps" || len(o.Origin) == 3 && o.Origin[2] == "namespace" {
			continue // of the cluster, or of a namespace that an app only names
		}
		out[o.Origin[1]] = append(out[o.Origin[1]], o)
	}
	return out
}

func oneNonEmpty(s string) string {
	if s[len(s)-1] == ' ' {
		return "every " + s[:len(s)-1]
	}
	return s
}

// merge lays a patch over an object, strategically when its Go type is known,
// and takes the result only when that type has all of its fields.
func (r *finisher) merge(o *manifest.Object, patch map[string]any) error {
	if o.Verbatim != nil {
		return errors.New("it is an encrypted file, which is copied as it is")
	}
	if md, ok := patch["metadata"].(map[string]any); ok && (md["name"] != nil || md["namespace"] != nil) {
		return errors.New("a patch cannot rename or move an object")
	}
	from, err := json.Marshal(o.Value)
	if err != nil {
		return err
	}
	over, err := json.Marshal(retained(patch))
	if err != nil {
		return err
	}
	var plain map[string]any
	if _, raw := o.Value.(map[string]any); raw || o.Group == kinds.ServiceMonitor.Group {
		// Of a kind that is not Kubernetes' own only a part is known here.
		if from, err = jsonpatch.MergePatch(from, over); err != nil {
			return err
		}
		err = json.Unmarshal(from, &plain)
		o.Value = plain
		return err
	}
	into := reflect.New(reflect.TypeOf(o.Value).Elem()).Interface()
	if from, err = strategicpatch.StrategicMergePatch(from, over, into); err != nil {
		return err
	}
	if err := json.Unmarshal(from, &plain); err != nil {
		return err
	}
	if err := written.Strictly(plain, into); err != nil {
		return err
	}
	o.Value = into
	return nil
}

// retained adds to a patch that sets another strategy that nothing of the old one stays:
// the API server refuses both (retainKeys of apps/v1, which patches of kubectl carry).
func retained(patch map[string]any) map[string]any {
	spec, _ := patch["spec"].(map[string]any)
	for _, field := range []string{"strategy", "updateStrategy"} {
		strategy, _ := spec[field].(map[string]any)
		if _, said := strategy["rollingUpdate"]; said || strategy["type"] == nil || strategy["type"] == "RollingUpdate" {
			continue
		}
		patch, spec, strategy = maps.Clone(patch), maps.Clone(spec), maps.Clone(strategy)
		patch["spec"], spec[field], strategy["rollingUpdate"] = spec, strategy, nil
	}
	return patch
}
