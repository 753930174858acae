package registry

import (
	"fmt"
	"strings"
	"testing"

	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/types"
	"github.com/stretchr/testify/require"

	"stillsuit.dev/generator/lock"
)

func TestPlatformsAreContainerds(t *testing.T) {
	for _, c := range []struct{ os, arch, variant, want string }{
		{"linux", "amd64", "", "linux/amd64"},
		{"linux", "amd64", "v1", "linux/amd64"},
		{"linux", "amd64", "v3", "linux/amd64/v3"},
		{"Linux", "x86_64", "", "linux/amd64"},
		{"linux", "i386", "", "linux/386"},
		{"linux", "arm64", "v8", "linux/arm64"},
		{"linux", "aarch64", "8", "linux/arm64"},
		{"linux", "arm64", "v9", "linux/arm64/v9"},
		{"linux", "arm", "", "linux/arm/v7"},
		{"linux", "arm", "6", "linux/arm/v6"},
		{"linux", "armhf", "", "linux/arm/v7"},
		{"windows", "amd64", "", "windows/amd64"},
		{"linux", "arm64/v8", "", ""},
		{"", "arm64", "", ""},
		{"linux", "", "", ""},
		{"linux\n", "arm64", "", ""},
		{"linux", strings.Repeat("a", 33), "", ""},
	} {
		got, err := platform(v1.Platform{OS: c.os, Architecture: c.arch, Variant: c.variant})
		require.Equal(t, c.want == "", err != nil, c)
		require.Equal(t, c.want, got)
	}
}

// What an index has besides images is no platform of it; of two manifests for
// one platform the first counts.
func TestReadIndex(t *testing.T) {
	entry := func(rest string, n int) string {
		return fmt.Sprintf(`{"mediaType":%q,"digest":"sha256:%064d",%s}`, types.OCIManifestSchema1, n, rest)
	}
	b := `{"manifests":[` + strings.Join([]string{
		entry(`"platform":{"os":"windows","architecture":"amd64","os.version":"10.0.2"}`, 1),
		entry(`"platform":{"os":"windows","architecture":"amd64","os.version":"10.0.1"}`, 2),
		entry(`"platform":{"os":"linux","architecture":"arm64"},"annotations":{"vnd.docker.reference.type":"attestation-manifest"}`, 3),
		entry(`"platform":{"os":"unknown","architecture":"unknown"}`, 4),
		entry(`"annotations":{}`, 5),
		fmt.Sprintf(`{"mediaType":"application/vnd.example","digest":"sha256:%064d","platform":{"os":"linux","architecture":"arm64"}}`, 6),
	}, ",") + `]}`
	got, err := readIndex("a", types.OCIImageIndex, []byte(b))
	require.NoError(t, err)
	require.Equal(t, map[string]string{"windows/amd64": fmt.Sprintf("sha256:%064d", 1)}, got)
}

// FuzzAnswers: whatever a registry answers is refused, or can be locked.
func FuzzAnswers(f *testing.F) {
	zero := fmt.Sprintf("sha256:%064d", 0)
	for _, b := range []string{
		`{"schemaVersion":2,"manifests":[{"mediaType":"application/vnd.oci.image.manifest.v1+json","size":1,"digest":"` + zero + `","platform":{"os":"linux","architecture":"arm","variant":"v7"}}]}`,
		`{"schemaVersion":2,"mediaType":"application/vnd.oci.image.manifest.v1+json","config":{"mediaType":"application/vnd.oci.image.config.v1+json","size":2,"digest":"` + zero + `"},"layers":[{"mediaType":"x","size":3,"digest":"` + zero + `"}]}`,
		`{"os":"linux","architecture":"arm64","variant":"v8"}`,
		strings.Repeat(`{"manifests":[`, 100), "null", "[]", `{"manifests":[null]}`, `{"manifests":[{"mediaType":"application/vnd.oci.image.index.v1+json"}]}`,
	} {
		f.Add([]byte(b))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		image := lock.Image{Digest: fmt.Sprintf("sha256:%064x", 1), Provenance: lock.Registry, Seen: "2026-11-21"}
		if manifests, err := readIndex("a", types.OCIImageIndex, b); err == nil {
			image.Manifests = manifests
		} else if platform, _, err := readConfig("a", b); err == nil {
			image.Manifests = map[string]string{platform: image.Digest}
		}
		for p := range image.Manifests {
			image.Platforms = append(image.Platforms, p)
		}
		if _, size, err := readManifest("a", types.OCIManifestSchema1, b); err == nil {
			require.Positive(t, size)
		}
		if image.Manifests == nil {
			return
		}
		l := &lock.Lock{Version: 1, Images: map[string]lock.Image{"example.com/a:1": image}}
		written, err := l.Marshal()
		require.NoError(t, err)
		_, err = lock.Parse(written)
		require.NoError(t, err)
	})
}
