package registry

import (
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-containerregistry/pkg/authn"
	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/empty"
	"github.com/google/go-containerregistry/pkg/v1/mutate"
	"github.com/google/go-containerregistry/pkg/v1/types"
	"github.com/stretchr/testify/require"
)

// running is an image for a platform that names a user.
func running(t *testing.T, p v1.Platform, user string) v1.Image {
	t.Helper()
	image := built(t, p)
	config, err := image.ConfigFile()
	require.NoError(t, err)
	config = config.DeepCopy()
	config.Config.User = user
	image, err = mutate.ConfigFile(image, config)
	require.NoError(t, err)
	return image
}

// TestUsers counts what users cost: a manifest and a config for each platform, which give
// the sizes too, and nothing more than the config that is read anyway without an index.
func TestUsers(t *testing.T) {
	users := map[string]string{"linux/amd64": "", "linux/arm64": "1000:1000", "linux/arm/v7": "node"}
	index := mutate.IndexMediaType(empty.Index, types.OCIImageIndex)
	for _, p := range []v1.Platform{{OS: "linux", Architecture: "amd64"}, {OS: "linux", Architecture: "arm64"}, {OS: "linux", Architecture: "arm", Variant: "v7"}} {
		at, err := platform(p)
		require.NoError(t, err)
		index = mutate.AppendManifests(index, mutate.IndexAddendum{Add: running(t, p, users[at]), Descriptor: v1.Descriptor{Platform: &p}})
	}
	s := start(t, nil, false)
	pushIndex(t, s, "a/index:1", index)
	push(t, s, "a/single:1", running(t, v1.Platform{OS: "linux", Architecture: "arm64"}, "nobody"))

	for name, c := range map[string]struct {
		path  string
		want  *Want
		users map[string]string
		sizes int
		sent  int // besides the first one, which asks how to ask
	}{
		"an index":            {"a/index:1", &Want{Users: true}, users, 0, 1 + 2*len(users)},
		"sizes too":           {"a/index:1", &Want{Users: true, Sizes: true}, users, len(users), 1 + 2*len(users)},
		"sizes alone":         {"a/index:1", &Want{Sizes: true}, nil, len(users), 1 + len(users)},
		"neither":             {"a/index:1", nil, nil, 0, 1},
		"no index":            {"a/single:1", &Want{Users: true}, map[string]string{"linux/arm64": "nobody"}, 0, 2},
		"no index, not asked": {"a/single:1", nil, nil, 0, 2},
	} {
		s.forget()
		got, err := client(t, authn.AuthConfig{}, s).Resolve(t.Context(), reference(t, s.host+"/"+c.path), c.want)
		require.NoError(t, err, name)
		require.Equal(t, c.users, got.Users, name)
		require.Len(t, got.Sizes, c.sizes, name)
		sent := s.forget()
		require.Len(t, sent, 1+c.sent, "%s\n%s", name, strings.Join(sent, "\n"))
	}
}

// A registry cannot put into the lock what the lock would refuse, nor a config that is not
// the one that the manifest names.
func TestUsersOfAHostileRegistry(t *testing.T) {
	at := v1.Platform{OS: "linux", Architecture: "arm64"}
	for name, user := range map[string]string{"a line": "a\nb", "a terminal": "\x1b[2J", "much": strings.Repeat("a", 257)} {
		s := start(t, nil, false)
		index := mutate.AppendManifests(mutate.IndexMediaType(empty.Index, types.OCIImageIndex),
			mutate.IndexAddendum{Add: running(t, at, user), Descriptor: v1.Descriptor{Platform: &at}})
		pushIndex(t, s, "a/b:1", index)
		_, err := client(t, authn.AuthConfig{}, s).Resolve(t.Context(), reference(t, s.host+"/a/b:1"), &Want{Users: true})
		require.ErrorContains(t, err, "its user is", name)
		_, err = client(t, authn.AuthConfig{}, s).Resolve(t.Context(), reference(t, s.host+"/a/b:1"), nil)
		require.NoError(t, err, "who does not ask for users is not told of them")
	}
	s := start(t, nil, false)
	index := mutate.AppendManifests(mutate.IndexMediaType(empty.Index, types.OCIImageIndex),
		mutate.IndexAddendum{Add: running(t, at, "root"), Descriptor: v1.Descriptor{Platform: &at}})
	pushIndex(t, s, "a/b:1", index)
	s.answer(func(w http.ResponseWriter, r *http.Request) bool {
		if !strings.Contains(r.URL.Path, "/blobs/") {
			return false
		}
		_, _ = w.Write([]byte(`{"config":{"User":"1000"}}`)) // the client says what it got
		return true
	})
	_, err := client(t, authn.AuthConfig{}, s).Resolve(t.Context(), reference(t, s.host+"/a/b:1"), &Want{Users: true})
	require.Error(t, err)
}
