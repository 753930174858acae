package lock

import (
	"maps"
	"reflect"
	"slices"
)

// Renew returns the image with what its registry says now. A digest that it had
// before goes into its history. What now does not say of the same digest stays,
// and so does the day when nothing is new.
func (i Image) Renew(now Image) Image {
	if i.Digest == "" {
		now.History = i.History
		return now
	}
	if i.Digest != now.Digest {
		former := append([]Former{{Digest: i.Digest, Seen: i.Seen}}, i.History...)
		now.History = former[:min(len(former), MaxHistory)]
		return now
	}
	now.History = i.History
	if now.Manifests == nil {
		now.Manifests = maps.Clone(i.Manifests)
	}
	if now.Sizes == nil {
		now.Sizes = maps.Clone(i.Sizes)
	}
	if now.Users == nil && i.Provenance == now.Provenance { // what others declare is not the registry's word
		now.Users = maps.Clone(i.Users)
	}
	gone := func(p string) bool { return !slices.Contains(now.Platforms, p) }
	maps.DeleteFunc(now.Manifests, func(p, _ string) bool { return gone(p) })
	maps.DeleteFunc(now.Sizes, func(p string, _ int64) bool { return gone(p) })
	maps.DeleteFunc(now.Users, func(p, _ string) bool { return gone(p) })
	if i.Provenance == now.Provenance {
		now.Seen = i.Seen
	}
	return now
}

// Change is an image that two locks know differently. Before or After is nil
// where the lock lacks it.
type Change struct {
	Ref           string
	Before, After *Image
}

// Diff returns what is new, gone or different in now, by reference.
func Diff(before, now *Lock) []Change {
	refs := slices.AppendSeq(slices.Collect(maps.Keys(before.Images)), maps.Keys(now.Images))
	slices.Sort(refs)
	var changes []Change
	for _, ref := range slices.Compact(refs) {
		c := Change{Ref: ref}
		if i, ok := before.Images[ref]; ok {
			c.Before = &i
		}
		if i, ok := now.Images[ref]; ok {
			c.After = &i
		}
		if !reflect.DeepEqual(c.Before, c.After) {
			changes = append(changes, c)
		}
	}
	return changes
}
