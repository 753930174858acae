package builtin

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"stillsuit.dev/finding"
	"stillsuit.dev/generator/manifest"
)

// duplicates reports items of a list that server-side apply takes for the same one. Where they
// are, as neither says what tells it apart, the validation may have said so already.
func (a *answer) duplicates(found []duplicate, said bool) {
	for _, d := range found {
		list, _ := manifest.At(a.written, d.keys).([]any)
		if d.said != said || d.again >= len(list) || unfilled(list[d.again]) && !sameKeys(d, list) || a.covered(d) {
			continue
		}
		keys := append(slices.Clone(d.keys), strconv.Itoa(d.again))
		name := d.keys[len(d.keys)-1]
		switch {
		case said:
			a.add(CodeDuplicate, keys,
				fmt.Sprintf("%s of %s repeats %s of %s[%d]", manifest.Dotted(keys), a.name(), d.key(list[d.again]), name, d.first),
				a.differing(keys, list[d.first], list[d.again])+"Flux applies objects server-side, and the API server rejects an object with such a list", d.fix())
		case !a.refuses(keys...):
			a.add(CodeDuplicate, keys,
				fmt.Sprintf("%s of %s has no %s, and neither has %s[%d]", manifest.Dotted(keys), a.name(), finding.OneOf(d.by), name, d.first),
				"Flux applies objects server-side, and the API server takes them for the same item and rejects the object", "add `"+d.by[0]+"`, or remove one of them")
		}
	}
}

// strays reports items of a list that server-side apply cannot tell apart from others: those
// that are null, or those that lack what tells them apart, of which the validation may have
// said so already.
func (a *answer) strays(found []stray, null bool) {
	for _, s := range found {
		switch at := manifest.Dotted(s.keys) + " of " + a.name(); {
		case s.null != null || a.refuses(s.keys...):
		case null:
			a.add(CodeInvalid, s.keys, at+" is null", "Flux applies objects server-side, and the API server rejects an object with null in this list", "remove it, or write a value")
		default:
			a.add(CodeInvalid, s.keys, at+" has no "+finding.OneOf(s.by), "Flux applies objects server-side, and the API server tells the items of this list apart by that", "add `"+s.by[0]+"`, or remove the item")
		}
	}
}

// covered reports whether an earlier item of the same key is reported already: three of one
// name are one mistake.
func (a *answer) covered(d duplicate) bool {
	for i := d.first + 1; i < d.again; i++ {
		list, _ := manifest.At(a.written, d.keys).([]any)
		if d.key(list[i]) == d.key(list[d.again]) {
			return true
		}
	}
	return false
}

// sameKeys reports whether nothing in the keys of two items is filled in later.
func sameKeys(d duplicate, list []any) bool {
	if len(d.by) == 0 {
		return !unfilled(list[d.again])
	}
	item, _ := list[d.again].(map[string]any)
	return !slices.ContainsFunc(d.by, func(field string) bool { return unfilled(item[field]) })
}

// key says what tells an item apart: name TZ, or containerPort 80 with protocol TCP.
func (d duplicate) key(item any) string {
	if len(d.by) == 0 {
		return "the value " + fmt.Sprint(item)
	}
	fields, _ := item.(map[string]any)
	var out []string
	for _, field := range d.by {
		value, said := fields[field]
		if !said && field == "protocol" {
			value = "TCP"
		}
		if value != nil {
			out = append(out, fmt.Sprintf("%s %v", field, value))
		}
	}
	return strings.Join(out, " with ")
}

func (d duplicate) fix() string {
	switch {
	case slices.Contains(d.by, "protocol"):
		return "remove one of them, or give one another port or protocol"
	case slices.Contains(d.by, "name"):
		return "remove one of them, or rename it"
	case slices.Contains(d.by, "mountPath"):
		return "remove one of them, or mount it at another path"
	}
	return "remove one of them"
}

// differing says in what two items differ, where that is one short text or number.
func (a *answer) differing(keys []string, first, again any) string {
	one, _ := first.(map[string]any)
	two, _ := again.(map[string]any)
	for _, key := range slices.Sorted(maps.Keys(two)) {
		x, y := plain(one[key]), plain(two[key])
		if x != y && x != "" && y != "" && !manifest.Sensitive(a.written, append(slices.Clone(keys), key)) {
			return fmt.Sprintf("the first has %s %s, and the second %s; ", key, x, y)
		}
	}
	return ""
}

// plain is a text or number as it stands in a sentence; "" for anything else.
func plain(value any) string {
	switch v := value.(type) {
	case nil, map[string]any, []any:
		return ""
	case string:
		if len(v) > 40 || strings.ContainsAny(v, "\n\r") {
			return ""
		}
		return v
	}
	return fmt.Sprint(value)
}
