package gate_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"stillsuit.dev/checks/gate"
	"stillsuit.dev/generator/lock"
)

// An entry that says less, or of the same image otherwise, lets more pass.
func TestLockOfUsersAndDigests(t *testing.T) {
	digest := "sha256:" + strings.Repeat("1", 64)
	was := lock.Image{Digest: digest, Platforms: []string{"linux/arm64"}, Users: map[string]string{"linux/arm64": ""}, Provenance: lock.Declared, Evidence: []string{"x"}}
	for name, c := range map[string]struct {
		change func(*lock.Image)
		want   []string
	}{
		"nothing":         {func(*lock.Image) {}, nil},
		"the digest":      {func(i *lock.Image) { i.Digest = "" }, []string{"a.io/b:1 has no digest"}},
		"a platform more": {func(i *lock.Image) { i.Digest, i.Platforms = "", []string{"linux/amd64", "linux/arm64"} }, []string{"a.io/b:1 has no digest", "images.lock.json claims a build of a.io/b:1 for linux/amd64 too"}},
		"the user":        {func(i *lock.Image) { i.Users = map[string]string{"linux/arm64": "1000"} }, []string{`images.lock.json claims that a.io/b:1 runs as "1000" for linux/arm64`}},
		"no user":         {func(i *lock.Image) { i.Users = nil }, []string{"images.lock.json no longer has the user of a.io/b:1 for linux/arm64"}},
	} {
		is := was
		c.change(&is)
		var got []string
		for _, f := range gate.Lock(&lock.Lock{Images: map[string]lock.Image{"a.io/b:1": was}}, &lock.Lock{Images: map[string]lock.Image{"a.io/b:1": is}}, nil) {
			got = append(got, f.Problem)
		}
		require.Equal(t, c.want, got, name)
	}
	// A digest or user that is known now is nothing less.
	now := was
	was.Digest, was.Users = "", nil
	require.Empty(t, gate.Lock(&lock.Lock{Images: map[string]lock.Image{"a.io/b:1": was}}, &lock.Lock{Images: map[string]lock.Image{"a.io/b:1": now}}, nil))
}
