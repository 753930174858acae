package apis

import (
	"fmt"
	"slices"
	"strings"

	"stillsuit.dev/finding"
)

// Correct says where an apiVersion and kind go wrong that no built-in kind has, by the key of
// the object that is wrong, and what to write in a minor. It reports false for a kind that a
// CustomResourceDefinition may define: one of a group with a dot that is not built in, unless
// it is one with a typo.
func Correct(apiVersion, kind string, minor int) (key, fix string, wrong bool) {
	group := GroupOf(apiVersion)
	if strings.Contains(group, ".") && !BuiltIn(group) && !misspelt(group, kind) {
		return "", "", false
	}
	key, fix = "kind", "correct apiVersion and kind, as `kubectl api-resources` lists them"
	if m, ok := meantKind(group, kind, minor); ok {
		switch {
		case m.Kind == kind:
			key, fix = "apiVersion", fmt.Sprintf("write `apiVersion: %s`", m.APIVersion)
		case m.APIVersion == apiVersion:
			fix = fmt.Sprintf("write `kind: %s`", m.Kind)
		default:
			fix = fmt.Sprintf("write `apiVersion: %s` and `kind: %s`", m.APIVersion, m.Kind)
		}
	}
	return key, fix, true
}

// misspelt reports whether a group is spelt like a built-in one that has the kind.
func misspelt(group, kind string) bool {
	return slices.ContainsFunc(tables().all, func(k Kind) bool {
		return k.Kind == kind && strings.Contains(k.Group(), ".") && finding.Near(group, k.Group(), 2)
	})
}

// meantKind is the kind that was probably meant: the same one in the version of its group that is
// served, or one of the same group that is spelt so, or one of any group.
func meantKind(group, kind string, minor int) (Kind, bool) {
	var served, named []Kind
	for _, k := range tables().all {
		if k.In(minor) != Served || !k.Applied {
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
	for _, in := range [][]Kind{ofGroup(group, served), served} {
		for _, k := range in {
			if strings.EqualFold(k.Kind, kind) || strings.EqualFold(k.Resource, kind) || Meant(k.Group(), kind) == k.Resource {
				return newest(k, served), true
			}
		}
	}
	return Kind{}, false
}

func ofGroup(group string, kinds []Kind) []Kind {
	return slices.DeleteFunc(slices.Clone(kinds), func(k Kind) bool { return k.Group() != group })
}

// nearest is the kind of the group that is most like a group, in its newest version. An Event
// of no group in particular is one of events.k8s.io.
func nearest(group string, kinds []Kind) Kind {
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
func newest(k Kind, among []Kind) Kind {
	for _, other := range among {
		if other.Kind == k.Kind && other.Group() == k.Group() && other.APIVersion > k.APIVersion {
			k = other
		}
	}
	return k
}

// ReadAs is the apiVersion whose Go type reads the objects of a kind: a newer one for versions
// that only differ in their defaults, or in fields that say nothing of pods.
func ReadAs(apiVersion, kind string) string {
	switch {
	case slices.Contains([]string{"apps/v1beta1", "apps/v1beta2", "extensions/v1beta1"}, apiVersion) && slices.Contains([]string{"Deployment", "DaemonSet", "ReplicaSet", "StatefulSet"}, kind):
		return "apps/v1"
	case slices.Contains([]string{"batch/v1beta1", "batch/v2alpha1"}, apiVersion) && kind == "CronJob":
		return "batch/v1"
	case apiVersion == "policy/v1beta1" && kind == "PodDisruptionBudget":
		return "policy/v1"
	}
	return apiVersion
}
