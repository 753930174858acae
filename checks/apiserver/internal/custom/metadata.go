package custom

import (
	"fmt"
	"slices"
	"strconv"

	"stillsuit.dev/checks/apiserver/internal/refusal"
	"stillsuit.dev/finding"
	"stillsuit.dev/generator/valid"
)

// repeatedMetadata reports items of the lists in metadata that server-side apply takes for the
// same one: it reads ownerReferences as a map by uid, and finalizers as a set
// (k8s.io/apimachinery, pkg/apis/meta/v1, ObjectMeta).
func repeatedMetadata(name string, object map[string]any) []refusal.Refusal {
	metadata, _ := object["metadata"].(map[string]any)
	var out []refusal.Refusal
	for _, list := range []struct{ field, by string }{{"finalizers", ""}, {"ownerReferences", "uid"}} {
		items, _ := metadata[list.field].([]any)
		seen := map[string]bool{}
		for i, item := range items {
			what := ""
			if list.by != "" {
				fields, _ := item.(map[string]any)
				item, what = fields[list.by], list.by+" "
			}
			text, is := item.(string)
			if !is || unfilled(text) {
				continue
			}
			if seen[text] {
				keys := []string{"metadata", list.field, strconv.Itoa(i)}
				out = append(out, refusal.Refusal{
					Code: CodeDuplicate, Severity: finding.Error, Keys: keys,
					Problem: fmt.Sprintf("%s of %s repeats %s%q", valid.Dotted(keys), name, what, text),
					Detail:  "an item before it in the list has the same, and server-side apply tells items apart by that",
					Fix:     "remove one",
				})
			}
			seen[text] = true
		}
	}
	return out
}

// unknownOwners reports fields that an owner reference does not have.
func (r *resource) unknownOwners() {
	known := []string{"apiVersion", "blockOwnerDeletion", "controller", "kind", "name", "uid"} // k8s.io/apimachinery, OwnerReference
	metadata, _ := r.written["metadata"].(map[string]any)
	owners, _ := metadata["ownerReferences"].([]any)
	for i, owner := range owners {
		fields, _ := owner.(map[string]any)
		for key := range fields {
			if !slices.Contains(known, key) && !unfilled(key) {
				r.out = append(r.out, unknownField(r.name, stray{keys: []string{"metadata", "ownerReferences", strconv.Itoa(i), key}, known: known}))
			}
		}
	}
}
