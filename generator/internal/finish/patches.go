package finish

import (
	"encoding/json"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strconv"
	"strings"

	jsonpatch "gopkg.in/evanphx/json-patch.v4"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/util/strategicpatch"
	kjson "sigs.k8s.io/json"

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
			if err := merge(o, patch.Merge); err != nil {
				r.Error(at.Join("merge").Join(err.keys...), "patch/invalid", fmt.Sprintf("patch %s cannot be laid over %s", key, o.DisplayName()), err.why, err.fix)
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

// unmerged says why a patch cannot be laid over an object.
type unmerged struct {
	keys     []string // in the patch
	why, fix string
}

// merge lays a patch over an object, strategically when its Go type is known. What does not
// fit that type is left out of the value, and stays in what is written: checks/apiserver reports it.
func merge(o *manifest.Object, patch map[string]any) *unmerged {
	if o.Verbatim != nil {
		return &unmerged{why: "it is an encrypted file, which is copied unchanged", fix: "change the file with `sops " + o.Source + "`, and remove the patch"}
	}
	md, _ := patch["metadata"].(map[string]any)
	for _, key := range []string{"name", "namespace"} {
		if md[key] != nil {
			return &unmerged{[]string{"metadata", key}, "a patch cannot rename or move an object", "remove `" + key + "` from the patch"}
		}
	}
	if again := repeated(o, patch); again != nil {
		return again
	}
	from := o.Value
	if o.Written != nil {
		from = o.Written
	}
	plain, err := laid(o, from, retained(patch))
	if err != nil {
		return unmergeable(o, patch)
	}
	if _, raw := o.Value.(map[string]any); raw || o.Group == kinds.ServiceMonitor.Group {
		o.Value = plain
		return nil
	}
	into := reflect.New(reflect.TypeOf(o.Value).Elem()).Interface()
	if written.Decode(plain, into) != nil { // a check says why
		o.Value, o.Written = plain, nil
		return nil
	}
	o.Value, o.Written = into, plain
	return nil
}

// lists calls found for each list in a patch that Kubernetes merges, with the field by which
// it finds the item to change, until found returns something.
func lists(o *manifest.Object, patch map[string]any, found func(list []any, by string, keys []string) *unmerged) *unmerged {
	t := reflect.TypeOf(o.Value)
	var first *unmerged
	manifest.Walk(t, patch, nil, func(_ reflect.Type, value any, keys []string) {
		list, _ := value.([]any)
		if first != nil || len(list) == 0 {
			return
		}
		if by := manifest.MergeKey(t, keys); by != "" {
			first = found(list, by, keys)
		}
	})
	return first
}

// repeated finds an item of a patch that would silently replace one before it.
func repeated(o *manifest.Object, patch map[string]any) *unmerged {
	return lists(o, patch, func(list []any, by string, keys []string) *unmerged {
		seen := map[string]int{}
		for i, item := range list {
			fields, _ := item.(map[string]any)
			if fields[by] == nil || fields["$patch"] != nil { // one that is deleted may come again
				continue
			}
			key := fmt.Sprint(fields[by])
			if first, twice := seen[key]; twice {
				return &unmerged{
					append(slices.Clone(keys), strconv.Itoa(i)),
					fmt.Sprintf("%s has the %s %s of item %d, and Kubernetes merges this list by %s: the second replaces the first", manifest.Dotted(append(slices.Clone(keys), strconv.Itoa(i))), by, key, first, by),
					"remove one of them",
				}
			}
			seen[key] = i
		}
		return nil
	})
}

// unmergeable says why a patch fails: an item of a list that is merged has no key, or the
// patch and the object have other types in one place.
func unmergeable(o *manifest.Object, patch map[string]any) *unmerged {
	found := lists(o, patch, func(list []any, by string, keys []string) *unmerged {
		for i, item := range list {
			fields, is := item.(map[string]any)
			if is && fields[by] == nil && fields["$patch"] == nil {
				return &unmerged{
					append(slices.Clone(keys), strconv.Itoa(i)),
					fmt.Sprintf("%s has no %s in the patch, by which Kubernetes finds the item to change", manifest.Dotted(append(slices.Clone(keys), strconv.Itoa(i))), by),
					fmt.Sprintf("add `%s` to the item", by),
				}
			}
		}
		return nil
	})
	if found == nil {
		found = &unmerged{why: "the object has a value of another type where the patch has a block or a list", fix: "write the fields of the patch as the kind has them: `kubectl explain " + strings.ToLower(o.Kind) + "` shows them"}
	}
	return found
}

// laid is a patch over an object.
func laid(o *manifest.Object, from any, patch map[string]any) (map[string]any, error) {
	below, err := json.Marshal(from)
	if err != nil {
		return nil, err
	}
	over, err := json.Marshal(patch)
	if err != nil {
		return nil, err
	}
	if _, raw := o.Value.(map[string]any); raw || o.Group == kinds.ServiceMonitor.Group {
		// Of a kind that is not Kubernetes' own only a part is known here.
		below, err = jsonpatch.MergePatch(below, over)
	} else {
		below, err = strategicpatch.StrategicMergePatch(below, over, reflect.New(reflect.TypeOf(o.Value).Elem()).Interface())
	}
	if err != nil {
		return nil, err
	}
	var out map[string]any
	return out, kjson.UnmarshalCaseSensitivePreserveInts(below, &out)
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
