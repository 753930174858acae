// Package apis knows what API servers have: the built-in kinds by version of Kubernetes, with
// when each came, was deprecated and went, and the resources and verbs that rights can name.
// The two tables are made by stillsuit-gen from what releases of Kubernetes say of
// themselves; each row names its source. Kinds that a CustomResourceDefinition defines are
// not in them.
package apis

import (
	"cmp"
	_ "embed"
	"maps"
	"slices"
	"strconv"
	"strings"
	"sync"
)

// Newest is the newest minor version of Kubernetes whose kinds are known, and Oldest the
// first of which they are known in full.
const (
	Oldest = 29
	Newest = 37
)

//go:embed kinds.txt
var kindsText string

//go:embed resources.txt
var resourcesText string

// Kind is a built-in kind in one version of its group.
type Kind struct {
	// APIVersion and Kind are as in an object.
	APIVersion, Kind string
	// Resource is the plural by which the API serves it.
	Resource string
	// Cluster says that its objects have no namespace.
	Cluster bool
	// Introduced is the first minor that has it, Deprecated the first that warns, and
	// Removed the first that does not have it any more; 0 where there is none. Where only
	// a bound of Removed is known, RemovedBefore says that it may have been earlier.
	Introduced, Deprecated, Removed int
	RemovedBefore                   bool
	// Off says that an API server has it only with --runtime-config.
	Off bool
	// Applied says that objects of the kind can be created and patched; a review or a
	// binding is only answered.
	Applied bool
	// ReplacedBy is the apiVersion and kind to use instead, where there are any.
	ReplacedBy Name
	// Change is what to change besides the apiVersion, as an imperative; with a ! in front,
	// instead of it.
	Change string
	// Source says where the row is from: releases, and lifecycle for the types' own
	// announcements.
	Source string
}

// Name is the apiVersion and kind of objects.
type Name struct{ APIVersion, Kind string }

// Group is the kind's API group; "" for the core group.
func (k Kind) Group() string { return GroupOf(k.APIVersion) }

// GroupOf is the group of an apiVersion: apps of apps/v1, and "" of v1.
func GroupOf(apiVersion string) string {
	group, _, ok := strings.Cut(apiVersion, "/")
	if !ok {
		return ""
	}
	return group
}

// State is whether the API server of a minor has a kind.
type State int

// The states of a kind.
const (
	Served State = iota
	Off          // only with --runtime-config
	Removed
	Later // it comes with a later minor
)

// In is the kind's state in a minor.
func (k Kind) In(minor int) State {
	switch {
	case k.Removed > 0 && minor >= k.Removed:
		return Removed
	case minor < k.Introduced:
		return Later
	case k.Off:
		return Off
	}
	return Served
}

// Find returns a kind by what objects say.
func Find(apiVersion, kind string) (Kind, bool) {
	k, ok := tables().kinds[Name{apiVersion, kind}]
	return k, ok
}

// Kinds are all kinds, by apiVersion and kind.
func Kinds() []Kind { return slices.Clone(tables().all) }

// BuiltIn reports whether a group is, or was, one of Kubernetes' own.
func BuiltIn(group string) bool { return tables().groups[group] }

// Groups are Kubernetes' own groups: those that API servers have, sorted, and then those that
// are gone.
func Groups() []string { return slices.Clone(tables().ordered) }

type parsed struct {
	all       []Kind
	kinds     map[Name]Kind
	groups    map[string]bool
	ordered   []string
	resources map[string]map[string]resource // by group and name
}

var tables = sync.OnceValue(func() *parsed {
	out := &parsed{kinds: map[Name]Kind{}, groups: map[string]bool{}, resources: map[string]map[string]resource{}}
	for f := range rows(kindsText) {
		k := Kind{
			APIVersion: f[0], Kind: f[1], Resource: f[2], Cluster: f[3] == "C", Introduced: number(f[4]), Deprecated: number(f[5]),
			Removed: number(strings.TrimPrefix(f[6], "~")), RemovedBefore: strings.HasPrefix(f[6], "~"),
			Off: f[7] == "off", Applied: f[8] == "yes", Source: f[10], Change: f[11],
		}
		k.ReplacedBy.APIVersion, k.ReplacedBy.Kind, _ = strings.Cut(f[9], " ")
		out.all = append(out.all, k)
		out.kinds[Name{k.APIVersion, k.Kind}] = k
		out.groups[k.Group()] = true
	}
	gone := func(group string) int {
		if slices.ContainsFunc(out.all, func(k Kind) bool { return k.Group() == group && k.Removed == 0 }) {
			return 0
		}
		return 1
	}
	out.ordered = slices.SortedFunc(maps.Keys(out.groups), func(a, b string) int { return cmp.Or(gone(a)-gone(b), strings.Compare(a, b)) })
	for f := range rows(resourcesText) {
		if out.resources[f[0]] == nil {
			out.resources[f[0]] = map[string]resource{}
		}
		out.resources[f[0]][f[1]] = resource{kind: f[2], verbs: words(f[3]), short: words(f[4])}
	}
	return out
})

// rows are those of a table that stillsuit-gen wrote, by field.
func rows(text string) func(yield func([]string) bool) {
	return func(yield func([]string) bool) {
		for line := range strings.Lines(text) {
			if !strings.HasPrefix(line, "#") && !yield(strings.Split(strings.TrimSuffix(line, "\n"), "|")) {
				return
			}
		}
	}
}

func number(s string) int {
	n, _ := strconv.Atoi(s) // the table has nothing else
	return n
}

func words(s string) []string {
	if s == "" {
		return nil
	}
	return strings.Split(s, ",")
}
