package change

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"stillsuit.dev/finding"
)

// freeze reports a field that cannot change and did.
func (p *pair) freeze(path string) {
	keys := strings.Split(path, ".")
	if keys[len(keys)-1] != "*" {
		p.field(keys)
		return
	}
	keys = keys[:len(keys)-1]
	for _, key := range either(at(p.was, keys...), at(p.is, keys...)) {
		if !slices.Contains(p.rule.free, key) {
			p.field(append(slices.Clone(keys), key))
		}
	}
}

func (p *pair) field(keys []string) {
	was, is, path := at(p.was, keys...), at(p.is, keys...), dotted(keys)
	if same(was, is, p.rule.filled[path]) {
		return
	}
	p.refused(refusal{field: keys, labels: p.rule.labels[path], fact: fmt.Sprintf("%s of %s %s", path, p.new.DisplayName(), words(is)), before: before(was)})
}

// refusal is a change that the API server takes in no case.
type refusal struct {
	field, labels []string // where it stands, in the object and from its origin
	fact, before  string   // how it is, and how it was, where that fits into a sentence
	why           string   // Kubernetes does not let it change, unless said otherwise
	keep          string   // how to take it back, when more can be said
}

func (p *pair) refused(r refusal) {
	contrast, keep := cmp.Or(r.why, "Kubernetes does not let it change"), cmp.Or(r.keep, "take it back")
	if r.before != "" {
		contrast = "in the base " + r.before + ", and " + contrast
	}
	switch at := p.spot(r.field, r.labels); {
	case !p.forced():
		p.report(finding.Error, codeRefused, at, r.fact, contrast+": "+p.stuck(), keep+", or "+p.mend())
	case p.rule.anew == "":
		p.report(finding.Warning, codeDeletes, at, r.fact, fmt.Sprintf("%s: by its annotation %sforce Flux deletes it, and with it %s", contrast, flux, p.rule.lost), keep+", or "+p.rule.otherwise)
	}
}

// doubt is a change that the API server refuses unless the cluster has what is not known
// here.
type doubt struct {
	field, labels          []string
	fact, before, whenever string // how it is, how it was, and what must be so
	look                   string // how to find out
}

func (p *pair) unsure(d doubt) {
	contrast := fmt.Sprintf("%s: unless %s, ", d.before, d.whenever)
	switch at := p.spot(d.field, d.labels); {
	case !p.forced():
		p.report(finding.Warning, codeUnsure, at, d.fact, contrast+p.stuck(), d.look)
	case p.rule.anew == "":
		p.report(finding.Warning, codeDeletes, at, d.fact, fmt.Sprintf("%sFlux deletes it by its annotation %sforce, and with it %s", contrast, flux, p.rule.lost), "take the annotation away, and "+d.look)
	}
}

// mend is how an object can be what it cannot become.
func (p *pair) mend() string {
	o := p.new
	switch {
	case p.rule.anew == "":
		return p.rule.otherwise
	case o.Raw:
		return fmt.Sprintf("give it the annotation %sforce: \"enabled\", for Flux to delete it and make it anew: %s", flux, p.rule.anew)
	case len(o.Origin) > 1 && o.Origin[0] == "apps":
		return fmt.Sprintf("add to app %s patches: anew: {kind: %q, name: %q, merge: metadata: annotations: %q: \"enabled\"}, for Flux to delete it and make it anew: %s", o.Origin[1], o.Kind, o.Name, flux+"force", p.rule.anew)
	}
	name := strings.ToLower(o.Kind) + " " + o.Name
	if o.Namespace != "" {
		name = "-n " + o.Namespace + " " + name
	}
	return fmt.Sprintf("delete it by hand as you merge, for Flux to make it anew (kubectl delete %s): %s", name, p.rule.anew)
}
