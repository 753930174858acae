// Package finish puts objects into units, applies patches, and then decides what only
// finished objects tell: order, health checks, and exceptions that list objects.
package finish

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"stillsuit.dev/generator/internal/render/object"
	"stillsuit.dev/generator/internal/resolve"
	"stillsuit.dev/generator/internal/resolve/scope"
	"stillsuit.dev/generator/manifest"
	"stillsuit.dev/generator/model"
)

// finisher puts the objects of a cluster into their units, and works out what only all
// of them together can tell.
type finisher struct {
	*model.Reporter
	c         *resolve.Cluster
	units     map[string]*manifest.Unit
	byID      map[manifest.ID]*manifest.Object
	definers  map[string]string   // units that define an API group, by the group
	dependsOn map[string][]string // the units that a unit waits for, once all are there

	before func(a, b object.Made) int // tells which of two objects of one ID counts
}

// Finish puts the objects of a cluster into their units, patches them, and closes the
// units. In which order the objects come does not matter.
func Finish(s *model.Reporter, c *resolve.Cluster, all []object.Made, bootstrap []manifest.Patch) *manifest.Set {
	r := assemble(s, c, all)
	r.patched()
	r.put(r.exceptions()...)
	r.definitions()
	return r.set(bootstrap)
}

// assemble puts objects into their units. In which order they come does not matter.
func assemble(s *model.Reporter, c *resolve.Cluster, all []object.Made) *finisher {
	r := newFinisher(s, c, len(all))
	r.put(all...)
	return r
}

func newFinisher(r *model.Reporter, c *resolve.Cluster, objects int) *finisher {
	return &finisher{
		Reporter: r, c: c,
		units:     map[string]*manifest.Unit{},
		byID:      make(map[manifest.ID]*manifest.Object, objects),
		definers:  map[string]string{},
		dependsOn: map[string][]string{},
		before:    declaredBefore,
	}
}

// put adds objects, which it sorts, and reports those that are there already.
func (r *finisher) put(all ...object.Made) {
	slices.SortStableFunc(all, r.before)
	for _, m := range all {
		if other, twice := r.byID[m.ID]; twice {
			r.Error(m.Object.Origin, "render/twice",
				fmt.Sprintf("%s is made here", m.ID),
				fmt.Sprintf("%s makes it too", model.Path(other.Origin)),
				"rename one of them")
			continue
		}
		r.byID[m.ID] = m.Object
		u := r.units[m.Unit.Name]
		if u == nil {
			u = &manifest.Unit{Name: m.Unit.Name, Dir: m.Unit.Dir, Origin: m.Unit.Origin}
			r.units[m.Unit.Name] = u
		}
		u.Objects = append(u.Objects, m.Object)
	}
}

// sections are the parts of a declaration. Of two objects with one ID, that of the
// earlier part counts.
var sections = []string{"apps", "charts", "rbac", "cluster", "namespaces"}

// declaredBefore orders objects by their ID, and those of one ID by where they are made:
// what stands in CUE as it is comes last of its app or chart.
func declaredBefore(a, b object.Made) int {
	x, y := a.Object, b.Object
	if order := x.Compare(y.ID); order != 0 {
		return order
	}
	section := func(o *manifest.Object) int { return slices.Index(sections, o.Origin[0]) }
	entry := func(o *manifest.Object) string { return strings.Join(o.Origin[:min(2, len(o.Origin))], " ") }
	raw := func(o *manifest.Object) int { return map[bool]int{false: 0, true: 1}[o.Raw] }
	return cmp.Or(cmp.Compare(section(x), section(y)), cmp.Compare(entry(x), entry(y)), cmp.Compare(raw(x), raw(y)), slices.Compare(x.Origin, y.Origin))
}

// patched lays the patches of apps over their objects.
func (r *finisher) patched() {
	objects := r.objectsOf()
	for _, name := range slices.Sorted(maps.Keys(r.c.Desired.Apps)) {
		if app := r.c.Desired.Apps[name]; app.Off == "" && len(app.Workloads) > 0 {
			scope.Guarded(r.Reporter, "the patches of app", model.Path{"apps", name}, func() { r.patches(name, app, objects[name]) })
		}
	}
}

// set closes the units: each gets its Flux Kustomization.
func (r *finisher) set(bootstrap []manifest.Patch) *manifest.Set {
	s := &manifest.Set{Cluster: r.c.Desired.Cluster.Name, Bootstrap: bootstrap, SOPS: r.sopsRule()}
	r.order()
	for _, name := range slices.Sorted(maps.Keys(r.units)) {
		u := r.units[name]
		slices.SortFunc(u.Objects, func(a, b *manifest.Object) int { return a.Compare(b.ID) })
		u.After = r.dependsOn[u.Name]
		u.Flux = r.kustomization(u)
		s.Units = append(s.Units, u)
	}
	slices.SortFunc(s.Units, func(a, b *manifest.Unit) int { return strings.Compare(a.Dir, b.Dir) })
	return s
}
