package change

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"stillsuit.dev/finding"
	"stillsuit.dev/generator/manifest"
	"stillsuit.dev/inventory"
)

// comparison is that of one cluster in two branches.
type comparison struct {
	base, head *inventory.Subject
	before     map[manifest.ID]*manifest.Object // objects of base
	after      map[manifest.ID]*manifest.Object // objects of head
	unit       map[manifest.ID]string           // of an object of head
	rules      []rule
	findings   []finding.Finding
}

// Compare tells what becomes of one cluster's objects, which base has, when those of
// head are applied. An error means that an object could not be read; what becomes of the
// others is there all the same.
func Compare(base, head *inventory.Subject) ([]finding.Finding, error) {
	c := &comparison{base: base, head: head, before: inventory.ByID(base.Objects), after: inventory.ByID(head.Objects), unit: map[manifest.ID]string{}, rules: rules()}
	var errs error
	for _, u := range head.Units {
		for _, o := range u.Objects {
			c.unit[o.ID] = u.Name
		}
	}
	for _, o := range head.Objects {
		if was := c.before[o.ID]; was != nil {
			if err := c.object(was, o); err != nil {
				errs = errors.Join(errs, fmt.Errorf("compare cluster %s: %w", head.Name, err))
			}
		}
	}
	if err := c.gone(); err != nil {
		errs = errors.Join(errs, fmt.Errorf("compare cluster %s: %w", head.Name, err))
	}
	return finding.Sort(c.findings), errs
}

// object compares one object that both have.
func (c *comparison) object(was, is *manifest.Object) error {
	i := slices.IndexFunc(c.rules, func(r rule) bool { return r.group == is.Group && slices.Contains(r.kinds, is.Kind) })
	if i < 0 {
		return nil
	}
	r := c.rules[i]
	p := &pair{comparison: c, rule: r, old: was, new: is}
	var err error
	if p.was, err = inventory.Read[map[string]any](was); err != nil {
		return err
	}
	if p.is, err = inventory.Read[map[string]any](is); err != nil {
		return err
	}
	if p.left() {
		return nil
	}
	for _, field := range r.frozen {
		p.freeze(field)
	}
	if r.more != nil {
		r.more(p)
	}
	return nil
}

// pair is an object as it was and as it is, decoded.
type pair struct {
	*comparison
	rule     rule
	old, new *manifest.Object
	was, is  map[string]any
}

// left reports whether Flux leaves the object as it is in the cluster
// (fluxcd.io/flux/components/kustomize/kustomizations, controlling the apply behavior).
func (p *pair) left() bool {
	for _, o := range []map[string]any{p.was, p.is} {
		if marked(o, "reconcile", "disabled") || marked(o, "ssa", "Ignore") {
			return true
		}
	}
	return marked(p.is, "ssa", "IfNotPresent")
}

// forced reports whether Flux deletes an object that it cannot change, and makes it anew.
func (p *pair) forced() bool {
	return marked(p.was, "force", "enabled") || marked(p.is, "force", "enabled")
}

// flux is the prefix of what Flux reads in metadata.
const flux = "kustomize.toolkit.fluxcd.io/"

// marked reports whether an object carries a mark of Flux's, as an annotation or label.
func marked(o map[string]any, name, value string) bool {
	for _, in := range []string{"annotations", "labels"} {
		if text, is := at(o, "metadata", in, flux+name).(string); is && strings.EqualFold(text, value) {
			return true
		}
	}
	return false
}

// spot is where a value of the new object stands. labels lead to it from what the object
// was made from.
func (p *pair) spot(field, labels []string) inventory.Spot {
	at := inventory.Spot{Object: p.new, Keys: field, Path: labels}
	return inventory.Patched(p.base, p.head, p.new, at)
}

// report adds a finding about a spot, or about what is nearest to it.
func (c *comparison) report(severity finding.Severity, code finding.Code, at inventory.Spot, fact, contrast, mend string) {
	f := finding.Finding{Code: code, Severity: severity, Problem: fact, Detail: contrast, Fix: mend}
	if f.Place, f.Path = c.head.Places.Locate(at); f.Place.IsZero() {
		f.Place.File = "clusters/" + c.head.Name
	}
	c.findings = append(c.findings, f)
}

// waiting are the units that come after one, whatever is between them, by name.
func (c *comparison) waiting(unit string) []string {
	late := map[string]bool{unit: true}
	for range c.head.Units { // as long as a chain can be
		for _, u := range c.head.Units {
			if slices.ContainsFunc(u.After, func(name string) bool { return late[name] }) {
				late[u.Name] = true
			}
		}
	}
	var out []string
	for _, u := range c.head.Units {
		if late[u.Name] && u.Name != unit {
			out = append(out, u.Name)
		}
	}
	slices.Sort(out)
	return out
}

// stuck says what a refusal of the object would hold up.
func (p *pair) stuck() string {
	unit := p.unit[p.new.ID]
	if unit == "" {
		return "Flux could not apply it"
	}
	out := "Flux could not apply unit " + unit
	const few = 3 // that are worth naming
	switch waiting := p.waiting(unit); {
	case len(waiting) == 0:
		return out
	case len(waiting) <= few:
		return out + ", and " + finding.All(waiting) + " would wait for it"
	default:
		return fmt.Sprintf("%s, and %d units would wait for it", out, len(waiting))
	}
}
