package locking_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"

	"stillsuit.dev/generator/image"

	"github.com/stretchr/testify/require"

	"stillsuit.dev/checks/images/locking"
	"stillsuit.dev/generator/lock"
	"stillsuit.dev/sources/registry"
)

func digest(n int) string { return fmt.Sprintf("sha256:%064d", n) }

// registries are those of a test: what each reference is, by tag or digest.
type registries struct {
	mu     sync.Mutex
	images map[string]any // registry.Image or error
	asked  []string
}

func (r *registries) Resolve(_ context.Context, of image.Reference, want *registry.Want) (*registry.Image, error) {
	ref := of.Tagged()
	if of.Digest != "" {
		ref = of.Repository + "@" + of.Digest
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.asked = append(r.asked, strings.TrimSpace(ref+" "+want.Known))
	if want.Users {
		r.asked = append(r.asked, "users of "+ref)
	}
	switch is := r.images[ref].(type) {
	case registry.Image:
		if is.Digest == want.Known {
			return &registry.Image{Digest: is.Digest}, nil
		}
		return &is, nil
	case error:
		return nil, is
	}
	return nil, &registry.MissingError{Ref: ref, Code: "MANIFEST_UNKNOWN"}
}

func indexOf(n int, platforms ...string) registry.Image {
	i := registry.Image{Digest: digest(n), Platforms: platforms, Manifests: map[string]string{}}
	for k, p := range platforms {
		i.Manifests[p] = digest(100*n + k)
	}
	return i
}

func seen(n int, platforms ...string) lock.Image {
	return lock.Image{Digest: digest(n), Platforms: platforms, Manifests: indexOf(n, platforms...).Manifests, Provenance: lock.Registry, Seen: "2026-11-01"}
}

func declared(n int, platforms ...string) lock.Image {
	return lock.Image{Digest: digest(n), Platforms: platforms, Provenance: lock.Declared, Evidence: []string{"somebody"}}
}

func TestAsk(t *testing.T) {
	down := errors.New("no answer")
	r := &registries{images: map[string]any{
		"example.com/new:1": indexOf(1, "linux/arm64"), "example.com/same:1": indexOf(2, "linux/arm64"), "example.com/said:1": indexOf(3, "linux/amd64"),
		"example.com/moved:1": indexOf(5, "linux/amd64"), "example.com/down:1": down, "example.com/later:1": down,
	}}
	known := &lock.Lock{Version: 1, Images: map[string]lock.Image{
		"example.com/same:1": seen(2, "linux/arm64"), "example.com/said:1": declared(3, "linux/amd64", "linux/arm64"), "example.com/moved:1": seen(4, "linux/amd64"),
		"example.com/down:1": seen(6, "linux/amd64"),
	}}
	refs := []string{"example.com/new:1", "example.com/same:1", "example.com/said:1", "example.com/moved:1", "example.com/down:1", "example.com/later:1", "example.com/gone:1", "example.com/new:1"}
	summary := func(answers []locking.Answer) []string {
		var out []string
		for _, a := range answers {
			switch {
			case a.Err != nil:
				out = append(out, fmt.Sprintf("%s definite=%t", a.Ref, a.Definite()))
			default:
				out = append(out, fmt.Sprintf("%s %s %s %v history=%d", a.Ref, a.Image.Digest[70:], a.Image.Seen, a.Image.Platforms, len(a.Image.History)))
			}
		}
		return out
	}
	var progress []string
	answers := locking.Ask(t.Context(), r, known, refs, "2026-11-21", &locking.Options{Progress: func(done, of int) { progress = append(progress, fmt.Sprint(done, "/", of)) }})
	require.Equal(t, []string{"example.com/gone:1 definite=true", "example.com/later:1 definite=false", "example.com/new:1 1 2026-11-21 [linux/arm64] history=0"}, summary(answers))
	require.Equal(t, []string{"1/3", "2/3", "3/3"}, progress)

	answers = locking.Ask(t.Context(), r, known, refs, "2026-11-21", &locking.Options{Update: true})
	require.Equal(t, []string{
		"example.com/down:1 definite=false", "example.com/gone:1 definite=true", "example.com/later:1 definite=false",
		"example.com/moved:1 5 2026-11-21 [linux/amd64] history=1", "example.com/new:1 1 2026-11-21 [linux/arm64] history=0",
		"example.com/said:1 3 2026-11-21 [linux/amd64] history=0", "example.com/same:1 2 2026-11-01 [linux/arm64] history=0",
	}, summary(answers))
	require.Contains(t, r.asked, "example.com/same:1 "+digest(2), "a digest of which all is known costs one request")
	require.Contains(t, r.asked, "example.com/said:1", "what others declare is asked for whole")
}

// Sizes of what is locked are those of the locked digest, wherever its tag is now.
func TestAskForSizes(t *testing.T) {
	sized := indexOf(1, "linux/arm64")
	sized.Sizes = map[string]int64{"linux/arm64": 7}
	r := &registries{images: map[string]any{"a.io/b:1": indexOf(2, "linux/arm64"), "a.io/b@" + digest(1): sized}}
	known := &lock.Lock{Images: map[string]lock.Image{"a.io/b:1": seen(1, "linux/arm64")}}
	answers := locking.Ask(t.Context(), r, known, []string{"a.io/b:1"}, "2026-11-21", &locking.Options{Sizes: true})
	require.Len(t, answers, 1)
	want := seen(1, "linux/arm64")
	want.Sizes = sized.Sizes
	require.Equal(t, want, answers[0].Image)
	known.Images["a.io/b:1"] = want
	require.Empty(t, locking.Ask(t.Context(), r, known, []string{"a.io/b:1"}, "2026-11-21", &locking.Options{Sizes: true}))
}

// What the lock knows of users is asked for again, of new tags too; what it lacks is
// asked for without --update.
func TestAskForUsers(t *testing.T) {
	with := func(i registry.Image, user string) registry.Image {
		i.Users = map[string]string{"linux/arm64": user}
		return i
	}
	r := &registries{images: map[string]any{
		"a.io/b:1": with(indexOf(1, "linux/arm64"), "1000"), "a.io/b:2": with(indexOf(2, "linux/arm64"), "node"), "a.io/b@" + digest(1): with(indexOf(1, "linux/arm64"), "1000"),
		"a.io/said:1": indexOf(3, "linux/arm64"), "a.io/other:1": indexOf(4, "linux/arm64"),
	}}
	known := &lock.Lock{Images: map[string]lock.Image{"a.io/b:1": seen(1, "linux/arm64"), "a.io/said:1": {Platforms: []string{"linux/arm64"}, Provenance: lock.Declared, Evidence: []string{"x"}}}}
	require.Empty(t, locking.Ask(t.Context(), r, known, []string{"a.io/b:1"}, "2026-11-21", nil))
	answers := locking.Ask(t.Context(), r, known, []string{"a.io/b:1"}, "2026-11-21", &locking.Options{Users: true})
	require.Len(t, answers, 1)
	require.Equal(t, map[string]string{"linux/arm64": "1000"}, answers[0].Image.Users)
	require.Equal(t, "2026-11-01", answers[0].Image.Seen, "nothing is new")
	known.Images["a.io/b:1"] = answers[0].Image
	require.Empty(t, locking.Ask(t.Context(), r, known, []string{"a.io/b:1"}, "2026-11-21", &locking.Options{Users: true}))

	answers = locking.Ask(t.Context(), r, known, []string{"a.io/b:2", "a.io/other:1", "a.io/said:1"}, "2026-11-21", nil)
	require.Len(t, answers, 3, "an entry without a digest is asked for")
	require.Equal(t, map[string]string{"linux/arm64": "node"}, answers[0].Image.Users, "the tag before had users")
	require.Nil(t, answers[1].Image.Users)
	require.Equal(t, digest(3), answers[2].Image.Digest)
	require.Equal(t, lock.Registry, answers[2].Image.Provenance)
	require.Contains(t, r.asked, "users of a.io/b:2")
	require.NotContains(t, r.asked, "users of a.io/other:1")
}

// What somebody wrote by hand is found out, whatever it is; the day and the evidence are
// no one's but the lock's.
func TestVerifyWhatChanged(t *testing.T) {
	real := seen(1, "linux/amd64", "linux/arm64")
	real.Sizes = map[string]int64{"linux/arm64": 7}
	real.Users = map[string]string{"linux/amd64": "", "linux/arm64": ""}
	is := indexOf(1, "linux/amd64", "linux/arm64")
	is.Sizes, is.Users = map[string]int64{"linux/amd64": 8, "linux/arm64": 7}, map[string]string{"linux/amd64": "", "linux/arm64": ""}
	for name, c := range map[string]struct {
		forge func(*lock.Image)
		want  string
	}{
		"nothing":      {func(*lock.Image) {}, ""},
		"another day":  {func(i *lock.Image) { i.Seen, i.Evidence = "2026-11-02", []string{"x"} }, ""},
		"a digest":     {func(i *lock.Image) { i.Digest = digest(99) }, "registry/removed"},
		"a platform":   {func(i *lock.Image) { i.Platforms = append(i.Platforms, "linux/arm/v7") }, "registry/platforms"},
		"a manifest":   {func(i *lock.Image) { i.Manifests = map[string]string{"linux/arm64": digest(98)} }, "registry/differs"},
		"a size":       {func(i *lock.Image) { i.Sizes = map[string]int64{"linux/arm64": 1} }, "registry/differs"},
		"a user":       {func(i *lock.Image) { i.Users = map[string]string{"linux/arm64": "1000"} }, "registry/differs"},
		"no digest":    {func(i *lock.Image) { i.Digest, i.Provenance, i.Evidence = "", lock.Declared, []string{"x"} }, ""},
		"no platform":  {func(i *lock.Image) { i.Digest, i.Platforms = "", []string{"linux/arm64", "linux/ppc64le"} }, "registry/platforms"},
		"a provenance": {func(i *lock.Image) { i.Provenance, i.Digest = lock.Registry, digest(97) }, "registry/removed"},
	} {
		forged := real
		c.forge(&forged)
		base := &lock.Lock{Images: map[string]lock.Image{"a.io/b:1": real, "a.io/same:1": seen(2, "linux/arm64"), "a.io/gone:1": seen(3, "linux/arm64")}}
		head := &lock.Lock{Images: map[string]lock.Image{"a.io/b:1": forged, "a.io/same:1": seen(2, "linux/arm64")}}
		r := &registries{images: map[string]any{"a.io/b:1": is}}
		refs := locking.Changed(base, head)
		if name == "nothing" || name == "another day" {
			require.Empty(t, refs, name)
			refs = []string{"a.io/b:1"}
		}
		require.Equal(t, []string{"a.io/b:1"}, refs, name)
		verdicts := locking.Verify(t.Context(), r, head, refs, nil, &locking.Verifying{All: true})
		require.Len(t, verdicts, 1, name)
		require.NoError(t, verdicts[0].Err, name)
		got := ""
		if f := verdicts[0].Finding; f != nil {
			got = string(f.Code)
		}
		require.Equal(t, c.want, got, name)
	}
	// Without All, a digest that the registry still has vouches for the rest: the mutant.
	forged := real
	forged.Platforms = append([]string{"linux/386"}, real.Platforms...)
	r := &registries{images: map[string]any{"a.io/b:1": is}}
	verdicts := locking.Verify(t.Context(), r, &lock.Lock{Images: map[string]lock.Image{"a.io/b:1": forged}}, []string{"a.io/b:1"}, nil, nil)
	require.Nil(t, verdicts[0].Finding)
}

func TestVerify(t *testing.T) {
	down := errors.New("no answer")
	both := []string{"linux/amd64", "linux/arm64"}
	known := &lock.Lock{Version: 1, Images: map[string]lock.Image{
		"a.io/same:1": seen(1, both...), "a.io/said:1": declared(2, both...), "a.io/unsaid:1": declared(3, both...), "a.io/moved:1": seen(4, both...),
		"a.io/replaced:1": seen(5, both...), "a.io/untagged:1": seen(6, both...), "a.io/gone:1": seen(7, both...), "a.io/chart:1": declared(8, both...),
		"a.io/down:1": seen(9, both...), "a.io/half:1": seen(10, both...),
	}}
	r := &registries{images: map[string]any{
		"a.io/same:1": indexOf(1, both...), "a.io/said:1": indexOf(2, both...), "a.io/unsaid:1": indexOf(3, "linux/amd64"),
		"a.io/moved:1": indexOf(14, both...), "a.io/moved@" + digest(4): indexOf(4, both...),
		"a.io/replaced:1":            indexOf(15, "linux/amd64"),
		"a.io/untagged@" + digest(6): indexOf(6, both...),
		"a.io/chart:1":               &registry.UnfitError{Ref: "a.io/chart:1", Reason: `it is no image, but "a chart"`},
		"a.io/down:1":                down,
		"a.io/half:1":                indexOf(20, both...),
		"a.io/half@" + digest(10):    down,
	}}
	source, err := known.Marshal()
	require.NoError(t, err)
	var got []string
	for _, v := range locking.Verify(t.Context(), r, known, locking.Refs(known), source, nil) {
		switch {
		case v.Err != nil:
			require.Nil(t, v.Finding)
			got = append(got, v.Ref+" "+v.Err.Error())
		case v.Finding != nil:
			line := strings.Split(string(source), "\n")[v.Finding.Place.Line-1]
			require.Contains(t, line[v.Finding.Place.Column-1:], `"`+v.Ref+`": {`)
			got = append(got, string(v.Finding.Code)+": "+v.Finding.Message())
		default:
			got = append(got, v.Ref)
		}
	}
	mend := func(ref string) string {
		return ". Read what changed, then run `stillsuit images lock --update " + ref + "`."
	}
	require.Equal(t, []string{
		`registry/unfit: a.io/chart:1 cannot be locked: it is no image, but "a chart". Take another tag.`,
		"a.io/down:1 no answer",
		"registry/removed: the registry has neither a.io/gone:1 nor its digest. Take another tag.",
		"a.io/half:1 no answer",
		"registry/retagged: a.io/moved:1 is locked to sha256:000000000000…. It was pushed again, and is sha256:000000000000… now" + mend("a.io/moved:1"),
		"registry/removed: the registry does not have sha256:000000000000…, to which a.io/replaced:1 is locked. The tag is sha256:000000000000… now, and no longer built for linux/arm64" + mend("a.io/replaced:1"),
		"a.io/said:1",
		"a.io/same:1",
		"registry/platforms: a.io/unsaid:1 is locked for linux/amd64 and linux/arm64. Its registry has it for linux/amd64" + mend("a.io/unsaid:1"),
		"registry/missing: the registry no longer has the tag of a.io/untagged:1. It still has the locked digest, which nodes pull. Take another tag.",
	}, got)
}

func TestCodesAreDocumented(t *testing.T) {
	var codes []string
	for _, c := range locking.Codes() {
		require.NotEmpty(t, c.Title)
		require.Greater(t, len(c.Text), 100)
		codes = append(codes, string(c.Code))
	}
	require.ElementsMatch(t, []string{"registry/missing", "registry/retagged", "registry/removed", "registry/platforms", "registry/differs", "registry/unfit"}, codes)
}
