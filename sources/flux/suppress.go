package flux

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"stillsuit.dev/finding"
	"stillsuit.dev/generator/model"
	"stillsuit.dev/inventory"
)

// readSuppressions reads the findings that somebody accepted: a mapping from a name
// to what the suppression says. One that cannot be read hides nothing.
func (b *beside) readSuppressions(opts *Options) {
	docs, ok := b.given(opts.Suppress, opts.SuppressFile)
	if !ok {
		return
	}
	b.subject.Suppressions = map[string]*model.Suppression{}
	for _, doc := range docs {
		all := written(doc)
		if all.Kind == 0 || all.Kind == yaml.ScalarNode && all.Tag == "!!null" {
			continue
		}
		if all.Kind != yaml.MappingNode {
			b.wrong(origin{file: opts.SuppressFile, node: all}, "this file holds no suppressions", "each has a name, and code, reason and until below it", "write NAME: {code: …}")
			continue
		}
		for i := 0; i+1 < len(all.Content); i += 2 {
			b.suppression(opts.SuppressFile, all.Content[i], written(all.Content[i+1]))
		}
	}
}

// wrong reports a suppression that cannot be read.
func (b *beside) wrong(at origin, fact, contrast, mend string) {
	b.found(inventory.Spot{}, inventory.WrongSuppression(at.place(), fact, contrast, mend))
}

// suppression keeps one, with the places of its fields, when all of it can be read.
func (b *beside) suppression(file string, key, value *yaml.Node) {
	name, at := key.Value, origin{file: file, node: key}
	if _, twice := b.subject.Suppressions[name]; twice {
		b.wrong(at, fmt.Sprintf("suppression %s is there twice", name), "each has a name of its own", "rename one")
		return
	}
	out := &model.Suppression{}
	into := map[string]*string{
		"code": (*string)(&out.Code), "kind": &out.Kind, "namespace": &out.Namespace, "name": &out.Name, "node": &out.Node, "policy": &out.Policy, "reason": &out.Reason, "until": &out.Until,
	}
	known := slices.Sorted(maps.Keys(into))
	if value.Kind != yaml.MappingNode {
		b.wrong(at, fmt.Sprintf("suppression %s says nothing that can be read", name), "it takes "+finding.All(known), "write them below it")
		return
	}
	places := map[string]finding.Place{"": at.place()}
	sound := true
	for i := 0; i+1 < len(value.Content); i += 2 {
		field, said := value.Content[i], written(value.Content[i+1])
		at := origin{file: file, node: field}
		switch to := into[field.Value]; {
		case field.Value == "app":
			b.wrong(at, fmt.Sprintf("suppression %s is about app %s", name, said.Value), "in a tree that no CUE produced there are only objects", "say the object's kind, namespace and name")
		case to == nil:
			mend := finding.DidYouMean(field.Value, known, "remove it")
			b.wrong(at, fmt.Sprintf("suppression %s says %s", name, field.Value), "it takes "+finding.All(known), mend)
		case places[field.Value] != finding.Place{}:
			b.wrong(at, fmt.Sprintf("suppression %s says %s twice", name, field.Value), "only one of them can hold", "remove one")
		case said.Kind != yaml.ScalarNode || said.Tag == "!!null":
			b.wrong(at, fmt.Sprintf("%s of suppression %s is no text", field.Value, name), "each field is one", "write one")
		default:
			*to, places[field.Value] = strings.TrimSpace(said.Value), at.place()
			continue
		}
		sound = false
	}
	if sound {
		b.subject.Suppressions[name], b.places.accepted[name] = out, places
	}
}

// locateSuppression is the place of a suppression or of one of its fields.
func (p *places) locateSuppression(labels []string) (finding.Place, string) {
	places, field := p.accepted[labels[0]], strings.Join(labels[1:], "/")
	if place, said := places[field]; said {
		return place, "/" + strings.Join(labels, "/")
	}
	return places[""], "/" + labels[0]
}
