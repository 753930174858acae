package gate

import (
	"cmp"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"

	"stillsuit.dev/generator/manifest"
	"stillsuit.dev/inventory"
)

// judges reports whether an object of the tree decides what others may be.
func judges(o *manifest.Object) bool {
	switch o.Group {
	case kyverno, "kyverno.io":
		return !excuses(o)
	case "admissionregistration.k8s.io":
		return true
	}
	return false
}

func excuses(o *manifest.Object) bool {
	return o.Kind == "PolicyException" && (o.Group == kyverno || o.Group == "kyverno.io")
}

// chosen reports whether an object is made of cluster.policies, which is compared
// itself.
func chosen(o *manifest.Object) bool {
	return !o.Raw && len(o.Origin) > 1 && o.Origin[0] == "cluster" && o.Origin[1] == "policies"
}

// policyObjects compares the policies and exceptions that stand in the tree, and those
// that the generator makes of other things, such as a workspace.
func (c *comparison) policyObjects() error {
	for _, o := range c.base.Objects {
		if !judges(o) || chosen(o) {
			continue
		}
		is := c.after[o.ID]
		if is == nil {
			renamed, err := c.renamed(o)
			if err != nil {
				return err
			}
			if !renamed && !c.held(o) {
				c.weaker(path(o.Origin...), spot(o), o.DisplayName()+" is gone", "it judges objects")
			}
			continue
		}
		at, differ, err := differs(o, is)
		if err != nil {
			return err
		}
		if differ {
			c.weaker(spot(is, at...), spot(o, at...), fmt.Sprintf("%s of %s is another", strings.Join(at, "."), is.DisplayName()), "it is what was agreed on")
		}
	}
	for _, o := range c.head.Objects {
		if !excuses(o) || !o.Raw {
			continue
		}
		was := c.before[o.ID]
		if was == nil {
			c.added(spot(o), o.DisplayName()+" lets something off policies", "there is none")
			continue
		}
		at, differ, err := differs(was, o)
		if err != nil {
			return err
		}
		if differ {
			c.weaker(spot(o, at...), spot(was, at...), fmt.Sprintf("%s of %s is another", strings.Join(at, "."), o.DisplayName()), "it is what was agreed on")
		}
	}
	return nil
}

// renamed reports whether the head has the same object under a name of its own.
func (c *comparison) renamed(was *manifest.Object) (bool, error) {
	for _, o := range c.head.Objects {
		if o.Kind != was.Kind || o.Group != was.Group || o.Namespace != was.Namespace || c.before[o.ID] != nil {
			continue
		}
		if _, differ, err := differs(was, o); err != nil || !differ {
			return err == nil, err
		}
	}
	return false, nil
}

// differs compares what two objects do, and says where they differ first. What is for
// people is left out.
func differs(a, b *manifest.Object) ([]string, bool, error) {
	x, err := inventory.Read[map[string]any](a)
	if err != nil {
		return nil, false, err
	}
	y, err := inventory.Read[map[string]any](b)
	if err != nil {
		return nil, false, err
	}
	delete(x, "metadata")
	delete(y, "metadata")
	at := difference(x, y)
	return at, at != nil, nil
}

// difference leads to the first value that is another, in the order of the keys; nil
// when there is none.
func difference(x, y any) []string {
	a, is := x.(map[string]any)
	b, too := y.(map[string]any)
	if !is || !too {
		if reflect.DeepEqual(x, y) {
			return nil
		}
		return []string{}
	}
	names := slices.Collect(maps.Keys(a))
	names = slices.AppendSeq(names, maps.Keys(b))
	slices.SortFunc(names, cmp.Compare[string])
	for _, name := range slices.Compact(names) {
		if below := difference(a[name], b[name]); below != nil {
			return append([]string{name}, below...)
		}
	}
	return nil
}
