package lock_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"stillsuit.dev/generator/lock"
)

func numbered(n int) string { return fmt.Sprintf("sha256:%064d", n) }

func TestRenew(t *testing.T) {
	declared := lock.Image{Digest: numbered(1), Platforms: []string{"linux/amd64", "linux/arm64"}, Provenance: lock.Declared, Evidence: []string{"a"}}
	seen := lock.Image{
		Digest: numbered(1), Platforms: []string{"linux/arm64"}, Provenance: lock.Registry, Seen: "2026-11-21",
		Manifests: map[string]string{"linux/arm64": numbered(2)}, Sizes: map[string]int64{"linux/arm64": 7},
	}
	require.Equal(t, seen, lock.Image{}.Renew(seen))
	require.Equal(t, seen, declared.Renew(seen), "the registry's word counts")

	// What others declare of the same digest is not the registry's word; what it said stays.
	declared.Users = map[string]string{"linux/arm64": "1000"}
	require.Equal(t, seen, declared.Renew(seen))
	seen.Users = map[string]string{"linux/arm64": "node"}
	require.Equal(t, []lock.Former{{Digest: numbered(9)}}, lock.Image{History: []lock.Former{{Digest: numbered(9)}}}.Renew(seen).History)

	// The same again, later and with less.
	again := seen
	again.Seen, again.Sizes, again.Manifests, again.Users = "2026-11-25", nil, nil, nil
	require.Equal(t, seen, seen.Renew(again))

	// Pushed again, twelve times.
	now := declared
	for n := 3; n < 15; n++ {
		now = now.Renew(lock.Image{Digest: numbered(n), Platforms: []string{"linux/arm64"}, Provenance: lock.Registry, Seen: fmt.Sprintf("2026-12-%02d", n)})
	}
	require.Equal(t, numbered(14), now.Digest)
	require.Len(t, now.History, lock.MaxHistory)
	require.Equal(t, lock.Former{Digest: numbered(13), Seen: "2026-12-13"}, now.History[0])
	require.Equal(t, lock.Former{Digest: numbered(4), Seen: "2026-12-04"}, now.History[9])
	require.Equal(t, []lock.Former{{Digest: numbered(1)}}, declared.Renew(lock.Image{Digest: numbered(3)}).History)
}

func TestDiff(t *testing.T) {
	one := lock.Image{Digest: numbered(1), Platforms: []string{"linux/arm64"}}
	two := lock.Image{Digest: numbered(2), Platforms: []string{"linux/arm64"}}
	before := &lock.Lock{Images: map[string]lock.Image{"a:1": one, "b:1": one, "c:1": one}}
	now := &lock.Lock{Images: map[string]lock.Image{"b:1": two, "c:1": one, "d:1": two}}
	require.Equal(t, []lock.Change{{"a:1", &one, nil}, {"b:1", &one, &two}, {"d:1", nil, &two}}, lock.Diff(before, now))
	require.Empty(t, lock.Diff(&lock.Lock{}, &lock.Lock{Images: map[string]lock.Image{}}))
}
