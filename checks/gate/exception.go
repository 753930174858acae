package gate

import (
	"fmt"
	"maps"
	"slices"

	"stillsuit.dev/generator/model"
)

// exceptions compares what is let off policies: each must be covered by one of the base.
func (c facts) exceptions() {
	base, head := c.base.Choice().Exceptions, c.head.Choice().Exceptions
	for _, name := range slices.Sorted(maps.Keys(head)) {
		e := head[name]
		covered := false
		for _, b := range base {
			covered = covered || b.Policy == e.Policy && within(b.App, e.App) && within(b.Namespace, e.Namespace) && b.Until >= e.Until
		}
		if covered {
			continue
		}
		at := fact("policies", "exceptions", name)
		b, known := base[name]
		switch {
		case !known:
			c.added(at, fmt.Sprintf("exception %s lets something off policy %s", name, e.Policy), "there is none")
		case b.Policy == e.Policy && within(b.App, e.App) && within(b.Namespace, e.Namespace):
			c.same(fact("policies", "exceptions", name, "until"), fmt.Sprintf("exception %s holds until %s", name, e.Until), "it ends on "+b.Until)
		default:
			c.same(at, fmt.Sprintf("exception %s lets more off policy %s", name, e.Policy), "it is about less, or about another")
		}
	}
	// What an app is exempt from lets it off policies by itself; what is loosened in
	// its pods is told from these.
	was := model.Exemptions(c.base.Apps, c.base.Charts)
	for _, e := range model.Exemptions(c.head.Apps, c.head.Charts) {
		known := slices.ContainsFunc(was, func(b model.Exemption) bool { return slices.Equal(b.At, e.At) && b.Field == e.Field })
		switch {
		case known:
		case e.At[0] == "charts" && c.base.Charts[e.At[1]] != nil:
			c.same(path(e.At.Join("exempt", e.Field)...), fmt.Sprintf("pods of chart %s may be %s", e.At[1], e.Field), "they may not")
		case e.Field == "ready" && c.base.Apps[e.At[1]] != nil:
			c.same(path(e.At...), "the pods of app "+e.At[1]+" have no readiness probe", "a probe does")
		}
	}
}

// within reports whether what a field names is among what another one does: an empty
// one names all.
func within(wide, narrow string) bool { return wide == "" || wide == narrow }
