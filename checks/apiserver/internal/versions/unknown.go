package versions

import (
	"fmt"
	"slices"
	"strings"

	"stillsuit.dev/checks/apiserver/internal/refusal"
	"stillsuit.dev/finding"
	"stillsuit.dev/generator/apis"
)

// unknown says what is wrong with a kind that no built-in group ever had, unless a
// CustomResourceDefinition may define it.
func (c Checker) unknown(apiVersion, kind, name string) []refusal.Refusal {
	group := apis.GroupOf(apiVersion)
	custom := strings.Contains(group, ".") && !apis.BuiltIn(group)
	if custom && !misspelt(group, kind) {
		return nil
	}
	key, fix := "kind", fmt.Sprintf("correct apiVersion and kind, as `kubectl api-resources` lists them")
	if m, ok := c.meant(group, kind); ok {
		switch {
		case m.Kind == kind:
			key, fix = "apiVersion", fmt.Sprintf("write `apiVersion: %s`", m.APIVersion)
		case m.APIVersion == apiVersion:
			fix = fmt.Sprintf("write `kind: %s`", m.Kind)
		default:
			fix = fmt.Sprintf("write `apiVersion: %s` and `kind: %s`", m.APIVersion, m.Kind)
		}
	}
	return one(CodeKind, finding.Error, key, fmt.Sprintf("%s is of kind %s in %s, which Kubernetes does not have", name, kind, apiVersion), whole, fix)
}

// misspelt reports whether a group that is not built in is one with a typo: it is spelt like
// one that has the kind.
func misspelt(group, kind string) bool {
	return slices.ContainsFunc(apis.Kinds(), func(k apis.Kind) bool {
		return k.Kind == kind && strings.Contains(k.Group(), ".") && finding.Near(group, k.Group(), 2)
	})
}

// meant is the kind that was probably meant: the same one in the version of its group that is
// served, or one of the same group that is spelt so, or one of any group.
func (c Checker) meant(group, kind string) (apis.Kind, bool) {
	var served, named []apis.Kind
	for _, k := range apis.Kinds() {
		if k.In(min(c.minor, apis.Newest)) != apis.Served || !k.Applied {
			continue
		}
		served = append(served, k)
		if k.Kind == kind {
			named = append(named, k)
		}
	}
	if len(named) > 0 {
		return nearest(group, named), true
	}
	for _, in := range [][]apis.Kind{ofGroup(group, served), served} {
		for _, k := range in {
			if strings.EqualFold(k.Kind, kind) || strings.EqualFold(k.Resource, kind) || apis.Meant(k.Group(), kind) == k.Resource {
				return newest(k, served), true
			}
		}
	}
	return apis.Kind{}, false
}

func ofGroup(group string, kinds []apis.Kind) []apis.Kind {
	return slices.DeleteFunc(slices.Clone(kinds), func(k apis.Kind) bool { return k.Group() != group })
}

// nearest is the kind of the group that is most like a group, in its newest version. An Event
// of no group in particular is one of the core group, which most clients write.
func nearest(group string, kinds []apis.Kind) apis.Kind {
	if of := ofGroup(group, kinds); len(of) > 0 {
		return newest(of[0], of)
	}
	for _, k := range kinds {
		if group != "" && (strings.HasPrefix(k.Group(), group) || finding.Near(group, k.Group(), 2)) {
			return newest(k, kinds)
		}
	}
	return newest(kinds[0], kinds)
}

// newest is the newest version of a kind among others.
func newest(k apis.Kind, among []apis.Kind) apis.Kind {
	for _, other := range among {
		if other.Kind == k.Kind && other.Group() == k.Group() && other.APIVersion > k.APIVersion {
			k = other
		}
	}
	return k
}
