package change

import (
	"fmt"
	"maps"
	"reflect"
	"slices"
)

// templates reports a StatefulSet that would make other claims.
func templates(p *pair) {
	field := []string{"spec", "volumeClaimTemplates"}
	old, new := list(at(p.was, field...)), list(at(p.is, field...))
	was, is := byName(old), byName(new)
	report := func(r refusal) {
		r.field, r.why = field, "a StatefulSet makes the same claims as long as it lives"
		p.refused(r)
	}
	// With one pod, or none, the claims of a declared workload are no matter of its
	// StatefulSet.
	labels := func(volume string, templates int) []string {
		if templates == 0 {
			return []string{"replicas"}
		}
		return []string{"volumes", volume}
	}
	for _, name := range slices.Sorted(maps.Keys(is)) {
		if was[name] == nil {
			report(refusal{labels: labels(name, len(was)), fact: fmt.Sprintf("%s makes a claim of volume %s for each of its pods", p.new.DisplayName(), name), before: "it makes none of that name"})
		}
	}
	for _, name := range slices.Sorted(maps.Keys(was)) {
		if is[name] == nil {
			report(refusal{labels: labels(name, len(is)), fact: fmt.Sprintf("%s makes no claims of volume %s", p.new.DisplayName(), name), before: "it makes one for each of its pods"})
			continue
		}
		for _, keys := range differing(was[name], is[name]) {
			report(refusal{
				labels: []string{"volumes", name, declared(dotted(keys))}, before: before(at(was[name], keys...)),
				fact: fmt.Sprintf("%s of volume %s of %s %s", dotted(keys), name, p.new.DisplayName(), words(at(is[name], keys...))),
			})
		}
	}
	if len(was) == len(is) && !slices.Equal(names(old), names(new)) && reflect.DeepEqual(was, is) {
		report(refusal{fact: p.new.DisplayName() + " makes its claims in another order"})
	}
}

// declared is the field of a volume that a field of its claim is made from.
func declared(field string) string {
	switch field {
	case "spec.resources.requests.storage":
		return "size"
	case "spec.storageClassName":
		return "class"
	case "spec.accessModes":
		return "access"
	}
	return ""
}

// byName are templates of claims by their name, as the API server keeps them.
func byName(templates []map[string]any) map[string]map[string]any {
	out := map[string]map[string]any{}
	for _, t := range templates {
		name, _ := at(t, "metadata", "name").(string)
		spec, _ := t["spec"].(map[string]any)
		spec = maps.Clone(spec)
		if spec != nil && spec["volumeMode"] == nil {
			spec["volumeMode"] = "Filesystem"
		}
		out[name] = map[string]any{"metadata": t["metadata"], "spec": spec}
	}
	return out
}

func names(templates []map[string]any) []string {
	var out []string
	for _, t := range templates {
		name, _ := at(t, "metadata", "name").(string)
		out = append(out, name)
	}
	return out
}

// differing leads to each value that is another, sorted.
func differing(x, y any) [][]string {
	if reflect.DeepEqual(x, y) {
		return nil
	}
	_, is := x.(map[string]any)
	_, too := y.(map[string]any)
	if !is || !too {
		return [][]string{{}}
	}
	var out [][]string
	for _, key := range either(x, y) {
		a, b := x.(map[string]any)[key], y.(map[string]any)[key]
		for _, below := range differing(a, b) {
			out = append(out, append([]string{key}, below...))
		}
	}
	return out
}
