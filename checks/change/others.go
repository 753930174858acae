package change

import (
	"encoding/base64"
	"fmt"
	"maps"
	"reflect"
	"slices"
)

// completions reports what cannot change in a Job, and can while it did not start.
func completions(p *pair) {
	field := []string{"spec", "template"}
	if suspended, _ := at(p.was, "spec", "suspend").(bool); !same(at(p.was, field...), at(p.is, field...), nil) {
		fact := "spec.template of " + p.new.DisplayName() + " is another"
		if suspended {
			p.unsure(doubt{field: field, fact: fact, before: "it is a Job", whenever: "it did not start yet and only where its pods may run changes", look: "look whether it started, or " + p.mend()})
		} else {
			p.refused(refusal{field: field, fact: fact})
		}
	}
	field = []string{"spec", "completions"}
	was, is, pods := at(p.was, field...), at(p.is, field...), at(p.is, "spec", "parallelism")
	var filled any // without both there is one
	if at(p.was, "spec", "parallelism") == nil && (pods == nil || is != nil) {
		filled = float64(1)
	}
	if same(was, is, filled) || at(p.is, "spec", "completionMode") == "Indexed" && is != nil && same(is, pods, float64(1)) {
		return
	}
	p.refused(refusal{field: field, fact: fmt.Sprintf("spec.completions of %s %s", p.new.DisplayName(), words(is)), before: "it " + words(was)})
}

// volume reports what cannot change in a PersistentVolume, and can be set once.
func volume(p *pair) {
	for _, name := range []string{"csi", "nodeAffinity", "volumeAttributesClassName"} {
		was, is := at(p.was, "spec", name), at(p.is, "spec", name)
		switch {
		case same(was, is, nil):
			continue
		case name == "csi" && at(p.was, "spec", "csi", "controllerExpandSecretRef") == nil:
			a, _ := is.(map[string]any)
			a = maps.Clone(a)
			delete(a, "controllerExpandSecretRef")
			if was != nil && reflect.DeepEqual(was, any(a)) {
				continue
			}
		case name == "nodeAffinity" && was == nil, name == "volumeAttributesClassName" && is != nil:
			continue
		}
		p.refused(refusal{field: []string{"spec", name}, fact: fmt.Sprintf("spec.%s of %s %s", name, p.new.DisplayName(), words(is)), before: before(was)})
	}
}

// immutable reports what is in a ConfigMap or Secret that says that it stays.
func immutable(p *pair) {
	if at(p.was, "immutable") != true {
		return
	}
	if at(p.is, "immutable") != true {
		p.refused(refusal{field: []string{"immutable"}, fact: p.new.DisplayName() + " is not immutable", before: "it is"})
	}
	was, is := content(p.was), content(p.is)
	if reflect.DeepEqual(was, is) {
		return
	}
	field, fact := []string{"data"}, "what is in "+p.new.DisplayName()+" is another"
	if p.old.Verbatim != nil && p.new.Verbatim != nil && slices.Equal(slices.Sorted(maps.Keys(was)), slices.Sorted(maps.Keys(is))) {
		p.unsure(doubt{field: field, fact: fact, before: "in the base it is immutable", whenever: "the same is encrypted in both", look: "decrypt both, or " + p.mend()})
		return
	}
	p.refused(refusal{field: field, fact: fact, before: "it is immutable"})
}

// content is what is in a ConfigMap or Secret, by key.
func content(o map[string]any) map[string]any {
	out := map[string]any{}
	for _, of := range []string{"data", "binaryData", "stringData"} {
		m, _ := o[of].(map[string]any)
		for key, v := range m {
			if text, is := v.(string); is && of == "stringData" {
				v = base64.StdEncoding.EncodeToString([]byte(text))
			}
			out[key] = v
		}
	}
	return out
}

// scopes reports a quota that would count other pods.
func scopes(p *pair) {
	sorted := func(o map[string]any) []string {
		var out []string
		items, _ := at(o, "spec", "scopes").([]any)
		for _, item := range items {
			out = append(out, fmt.Sprint(item))
		}
		slices.Sort(out)
		return slices.Compact(out)
	}
	if !slices.Equal(sorted(p.was), sorted(p.is)) {
		p.refused(refusal{field: []string{"spec", "scopes"}, fact: "spec.scopes of " + p.new.DisplayName() + " is another"})
	}
}

// images reports what cannot change in a Pod by itself, whose images can.
func images(p *pair) {
	for _, name := range []string{"containers", "initContainers"} {
		without := func(o map[string]any) []map[string]any {
			var out []map[string]any
			for _, c := range list(at(o, "spec", name)) {
				c = maps.Clone(c)
				delete(c, "image")
				out = append(out, c)
			}
			return out
		}
		if !reflect.DeepEqual(without(p.was), without(p.is)) {
			p.refused(refusal{field: []string{"spec", name}, fact: fmt.Sprintf("spec.%s of %s is another", name, p.new.DisplayName())})
		}
	}
	kept, _ := at(p.is, "spec", "tolerations").([]any)
	was, _ := at(p.was, "spec", "tolerations").([]any)
	for _, toleration := range was {
		if !slices.ContainsFunc(kept, func(other any) bool { return reflect.DeepEqual(toleration, other) }) {
			p.refused(refusal{field: []string{"spec", "tolerations"}, fact: p.new.DisplayName() + " has fewer tolerations", before: "it has others"})
			return
		}
	}
}
