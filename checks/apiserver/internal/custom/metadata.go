package custom

import (
	"encoding/json"
	"fmt"
	"maps"
	"reflect"
	"strconv"
	"strings"

	"k8s.io/apiextensions-apiserver/pkg/apiserver/schema/objectmeta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"stillsuit.dev/checks/apiserver/internal/refusal"
	"stillsuit.dev/finding"
	"stillsuit.dev/generator/manifest"
	"stillsuit.dev/generator/valid"
)

// filledIn reports whether the API server writes a field of metadata itself, whatever the
// object says: k8s.io/apiserver, pkg/registry/rest/meta.go, FillObjectMetaSystemFields, and
// k8s.io/apiextensions-apiserver, pkg/registry/customresource/strategy.go, PrepareForCreate.
func filledIn(name string) bool {
	switch name {
	case "creationTimestamp", "deletionTimestamp", "deletionGracePeriodSeconds", "generation":
		return true
	}
	return false
}

// headed is what every object has, for the types of its metadata.
var headed = reflect.TypeFor[metav1.PartialObjectMetadata]()

// metadata decodes the metadata of an object, and reports what server-side apply refuses in
// it: it reads metadata by its own schema, which has no other fields, and knows the items of
// some lists by their keys (k8s.io/client-go, applyconfigurations/internal, ObjectMeta). What
// is refused, and what the API server fills in, is taken out of the object. false says that
// nothing else can be told about it.
func (r *resource) metadata(object map[string]any) (*metav1.ObjectMeta, bool) {
	written, is := object["metadata"].(map[string]any)
	if !is && object["metadata"] != nil {
		r.mismatch(manifest.Mismatches(headed, map[string]any{"metadata": object["metadata"]})[0])
		return nil, false
	}
	object["metadata"] = r.typed(written)
	meta, _, err := objectmeta.GetObjectMeta(object, false)
	if err != nil {
		r.unreadable(err)
		return nil, false
	}
	return meta, true
}

// typed is metadata without what is refused in it, which it reports.
func (r *resource) typed(metadata map[string]any) map[string]any {
	out := maps.Clone(metadata)
	for name, value := range metadata {
		if !filledIn(name) {
			continue
		}
		delete(out, name)
		_, text := value.(string)
		if _, truth := value.(bool); (text || truth) && strings.HasSuffix(name, "Timestamp") {
			continue // any scalar is one, as the schema does not type a time
		}
		switch value.(type) {
		case nil, int64, float64, json.Number:
		default:
			out[name] = value
		}
	}
	wrong := manifest.Mismatches(headed, map[string]any{"metadata": out})
	for _, m := range wrong {
		r.mismatch(m)
		delete(out, m.Keys[1])
	}
	for _, name := range keyed() {
		if found := repeatedItems(r.name, name, out[name]); len(found) > 0 {
			r.out = append(r.out, found...)
			delete(out, name)
		}
	}
	return out
}

// keyed are the lists of metadata whose items server-side apply tells apart: finalizers is a
// set, and ownerReferences a map by uid.
func keyed() []string { return []string{"finalizers", "ownerReferences"} }

// mismatch reports a field that metadata does not have, or a value of another type.
func (r *resource) mismatch(m manifest.Mismatch) {
	if unfilled(m.Value) || unfilled(m.Keys[len(m.Keys)-1]) {
		return
	}
	problem, detail, fix := m.Say(headed, r.name)
	code := CodeInvalid
	if m.Unknown() {
		code, detail, fix = CodeUnknown, refusedWhole, "remove it"
		if like := m.Meant(); like != "" {
			fix = fmt.Sprintf("write `%s`, or remove it", like)
		}
	}
	r.out = append(r.out, refusal.Refusal{Code: code, Severity: finding.Error, Keys: m.Keys, Problem: problem, Detail: detail, Fix: fix})
}

// repeatedItems reports the items of a list of an object's metadata that server-side apply cannot
// tell apart.
func repeatedItems(object, name string, value any) []refusal.Refusal {
	list, _ := value.([]any)
	var out []refusal.Refusal
	seen := map[string]int{}
	for i, item := range list {
		keys := []string{"metadata", name, strconv.Itoa(i)}
		at := valid.Dotted(keys) + " of " + object
		refuse := func(code finding.Code, problem, detail, fix string) {
			out = append(out, refusal.Refusal{Code: code, Severity: finding.Error, Keys: keys, Problem: problem, Detail: detail, Fix: fix})
		}
		if item == nil {
			refuse(CodeInvalid, at+" is null", "server-side apply tells the items of the list apart by their values, and null is none", "remove it")
			continue
		}
		id := item
		if reference, is := item.(map[string]any); is {
			if id = reference["uid"]; id == nil {
				id = "" // its default
			}
		}
		if unfilled(id) {
			continue
		}
		first, twice := seen[fmt.Sprint(id)]
		switch {
		case !twice:
			seen[fmt.Sprint(id)] = i
		case name == "finalizers":
			refuse(CodeDuplicate, fmt.Sprintf("%s repeats %s", at, shown(id)), refusedWhole, "remove it")
		default:
			refuse(CodeDuplicate, fmt.Sprintf("%s repeats uid %s of %s[%d]", at, shown(id), name, first), refusedWhole, "remove one of them")
		}
	}
	return out
}

// refusedWhole says what becomes of an object for one field.
const refusedWhole = "server-side apply refuses the object for it, and Flux applies nothing of the unit then"

// unreadable reports that metadata cannot be decoded.
func (r *resource) unreadable(err error) {
	r.out = append(r.out, refusal.Refusal{
		Code: CodeInvalid, Severity: finding.Error, Keys: []string{"metadata"},
		Problem: "metadata of " + r.name + " cannot be read", Detail: "the API server says: " + err.Error(), Fix: "correct it",
	})
}
