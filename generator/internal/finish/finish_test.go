package finish

import (
	"maps"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"stillsuit.dev/generator/internal/render/object"
	"stillsuit.dev/generator/internal/resolve"
	"stillsuit.dev/generator/internal/resolve/scope"
	"stillsuit.dev/generator/manifest"
	"stillsuit.dev/generator/model"
)

// TestTwice puts objects of one ID in, in every order: that of the earlier declared entry
// counts, what stands in CUE as it is comes last of its entry, and each other is told once.
func TestTwice(t *testing.T) {
	obj := func(raw bool, origin ...string) object.Made {
		return object.Made{Unit: scope.Unit{Name: origin[1]}, Object: &manifest.Object{ID: manifest.ID{Kind: "Service", Namespace: "home", Name: "web"}, Origin: origin, Raw: raw}}
	}
	all := []object.Made{
		obj(false, "apps", "b", "workloads", "x"), obj(true, "apps", "b", "objects", "web"),
		obj(false, "charts", "a"), obj(false, "namespaces", "a"),
	}
	orders, first := 0, all[0].Object
	permute(all, func(order []object.Made) {
		orders++
		s := &model.Reporter{}
		f := assemble(s, &resolve.Cluster{}, order)
		require.Equal(t, []string{"b"}, slices.Sorted(maps.Keys(f.units)))
		require.Len(t, f.units["b"].Objects, 1)
		require.Same(t, first, f.units["b"].Objects[0])
		var told []string
		for _, x := range s.Findings {
			require.EqualValues(t, "render/twice", x.Code)
			require.Equal(t, "apps.b.workloads.x makes it too", x.Detail)
			told = append(told, x.Path)
		}
		require.ElementsMatch(t, []string{"apps.b.objects.web", "charts.a", "namespaces.a"}, told)
	})
	require.Equal(t, 24, orders)

	kept := map[string]bool{} // without the order, the one that comes first counts
	permute(all, func(order []object.Made) {
		f := newFinisher(&model.Reporter{}, &resolve.Cluster{}, len(all))
		f.before = func(a, b object.Made) int { return a.Compare(b.ID) }
		f.put(order...)
		kept[slices.Sorted(maps.Keys(f.units))[0]] = true
	})
	require.Equal(t, []string{"a", "b"}, slices.Sorted(maps.Keys(kept)))
}

// permute calls do with every order.
func permute(all []object.Made, do func([]object.Made)) {
	var from func(n int)
	from = func(n int) {
		if n == len(all) {
			do(slices.Clone(all))
			return
		}
		for i := n; i < len(all); i++ {
			all[n], all[i] = all[i], all[n]
			from(n + 1)
			all[n], all[i] = all[i], all[n]
		}
	}
	from(0)
}
