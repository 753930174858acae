package registry

import (
	"encoding/json"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/google/go-containerregistry/pkg/name"
	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/remote"
	"github.com/google/go-containerregistry/pkg/v1/types"

	"stillsuit.dev/generator/image"
)

// What an index may hold, our choice: the largest of Docker's own images have
// some twenty platforms, each with an attestation.
const (
	maxPlatforms   = 64
	maxDescriptors = 512
	maxSize        = 1 << 50 // bytes of one image
)

// read turns the answer for ref into an Image.
func read(ref name.Reference, got *remote.Descriptor, want *Want, options []remote.Option) (*Image, error) {
	image := &Image{Digest: got.Digest.String()}
	if want.Sizes {
		image.Sizes = map[string]int64{}
	}
	if want.Users {
		image.Users = map[string]string{}
	}
	switch got.MediaType {
	case types.OCIImageIndex, types.DockerManifestList:
		manifests, err := readIndex(ref.Name(), got.MediaType, got.Manifest)
		if err != nil {
			return nil, err
		}
		image.Manifests = manifests
		if err := image.each(ref, want, options); err != nil {
			return nil, err
		}
	case types.OCIManifestSchema1, types.DockerManifestSchema2:
		m, size, err := readManifest(ref.Name(), got.MediaType, got.Manifest)
		if err != nil {
			return nil, err
		}
		config, err := fetchConfig(got, m)
		if err != nil {
			return nil, err
		}
		platform, user, err := readConfig(ref.Name(), config)
		if err != nil {
			return nil, err
		}
		image.Manifests = map[string]string{platform: image.Digest}
		image.note(platform, size, user)
	case types.DockerManifestSchema1, types.DockerManifestSchema1Signed:
		return nil, &UnfitError{ref.Name(), "it has the manifest of Docker before 2016, schema 1, which containerd no longer pulls"}
	default:
		return nil, &UnfitError{ref.Name(), fmt.Sprintf("it is no image, but %q", got.MediaType)}
	}
	image.Platforms = slices.Sorted(maps.Keys(image.Manifests))
	return image, nil
}

// note keeps of a platform what was wanted.
func (i *Image) note(platform string, size int64, user string) {
	if i.Sizes != nil {
		i.Sizes[platform] = size
	}
	if i.Users != nil {
		i.Users[platform] = user
	}
}

// each asks for the manifest of each platform, and for its config where users are wanted.
func (i *Image) each(ref name.Reference, want *Want, options []remote.Option) error {
	if !want.Sizes && !want.Users {
		return nil
	}
	for _, platform := range slices.Sorted(maps.Keys(i.Manifests)) {
		at := ref.Context().Digest(i.Manifests[platform])
		got, err := remote.Get(at, options...) // which verifies the digest
		if err != nil {
			return err
		}
		m, size, err := readManifest(at.Name(), got.MediaType, got.Manifest)
		if err != nil {
			return err
		}
		user := ""
		if want.Users {
			config, err := fetchConfig(got, m)
			if err != nil {
				return err
			}
			if user, err = readUser(config); err != nil {
				return err
			}
		}
		i.note(platform, size, user)
	}
	return nil
}

// fetchConfig gets the config of one platform's image, and verifies it.
func fetchConfig(got *remote.Descriptor, m *v1.Manifest) ([]byte, error) {
	if m.Config.Size > maxBody {
		return nil, fmt.Errorf("%w: its config has %d bytes", errAnswer, m.Config.Size)
	}
	image, err := got.Image()
	if err != nil {
		return nil, err
	}
	return image.RawConfigFile()
}

// document are the fields by which an index and a manifest are told apart. What
// has those of both is taken for one here and for the other there
// (GHSA-qq97-vm5h-rrhg).
type document struct {
	MediaType types.MediaType `json:"mediaType"`
	Manifests json.RawMessage `json:"manifests"`
	Config    json.RawMessage `json:"config"`
	Layers    json.RawMessage `json:"layers"`
}

func unambiguous(t types.MediaType, b []byte) error {
	var d document
	if err := json.Unmarshal(b, &d); err != nil {
		return fmt.Errorf("%w: it is no JSON object: %w", errAnswer, err)
	}
	if d.MediaType != "" && d.MediaType != t {
		return fmt.Errorf("%w: its header says %q, and it says %q", errAnswer, t, d.MediaType)
	}
	if t.IsIndex() && (d.Config != nil || d.Layers != nil) || t.IsImage() && d.Manifests != nil {
		return fmt.Errorf("%w: it is an index and a manifest at once", errAnswer)
	}
	return nil
}

// readIndex returns the digests of an index's manifests by platform. Where two
// are for one platform it is the first, as containerd has it.
func readIndex(ref string, t types.MediaType, b []byte) (map[string]string, error) {
	if err := unambiguous(t, b); err != nil {
		return nil, err
	}
	var index v1.IndexManifest
	if err := json.Unmarshal(b, &index); err != nil {
		return nil, fmt.Errorf("%w: %w", errAnswer, err)
	}
	if len(index.Manifests) > maxDescriptors {
		return nil, fmt.Errorf("%w: its index has %d entries", errAnswer, len(index.Manifests))
	}
	manifests := map[string]string{}
	for _, d := range index.Manifests {
		switch {
		case d.MediaType.IsIndex():
			return nil, &UnfitError{ref, "it has an index within an index, which nodes do not resolve alike"}
		case !d.MediaType.IsImage(), d.Annotations["vnd.docker.reference.type"] == "attestation-manifest",
			d.Platform == nil, d.Platform.OS == "unknown": // what is about an image, and not one
			continue
		}
		platform, err := platform(*d.Platform)
		if err != nil {
			return nil, err
		}
		digest, err := sha256Of(d.Digest)
		if err != nil {
			return nil, err
		}
		if _, ok := manifests[platform]; !ok {
			manifests[platform] = digest
		}
	}
	switch n := len(manifests); {
	case n == 0:
		return nil, &UnfitError{ref, "its index has no image with a platform"}
	case n > maxPlatforms:
		return nil, fmt.Errorf("%w: its index has %d platforms", errAnswer, n)
	}
	return manifests, nil
}

// readManifest returns the manifest of one platform, and the bytes to be pulled.
func readManifest(ref string, t types.MediaType, b []byte) (*v1.Manifest, int64, error) {
	if !t.IsImage() {
		return nil, 0, fmt.Errorf("%w: a manifest of the index is %q", errAnswer, t)
	}
	if err := unambiguous(t, b); err != nil {
		return nil, 0, err
	}
	var m v1.Manifest
	if err := json.Unmarshal(b, &m); err != nil {
		return nil, 0, fmt.Errorf("%w: %w", errAnswer, err)
	}
	if !m.Config.MediaType.IsConfig() {
		return nil, 0, &UnfitError{ref, fmt.Sprintf("it is no image, but %q", m.Config.MediaType)}
	}
	var size int64
	for _, d := range append([]v1.Descriptor{m.Config}, m.Layers...) {
		if d.Size < 0 || d.Size > maxSize || size > maxSize {
			return nil, 0, fmt.Errorf("%w: it has a layer of %d bytes", errAnswer, d.Size)
		}
		size += d.Size
	}
	if size == 0 {
		return nil, 0, fmt.Errorf("%w: its manifest has no bytes", errAnswer)
	}
	return &m, size, nil
}

// readConfig returns the platform and the user that a config names.
func readConfig(ref string, b []byte) (string, string, error) {
	var c v1.Platform
	if err := json.Unmarshal(b, &c); err != nil {
		return "", "", fmt.Errorf("%w: %w", errAnswer, err)
	}
	if c.OS == "" || c.Architecture == "" {
		return "", "", &UnfitError{ref, "its config names no platform"}
	}
	at, err := platform(c)
	if err != nil {
		return "", "", err
	}
	user, err := readUser(b)
	return at, user, err
}

// readUser returns the user that a config names (OCI image-spec, config.User).
func readUser(b []byte) (string, error) {
	var c struct {
		Config struct {
			User string `json:"User"`
		} `json:"config"`
	}
	if err := json.Unmarshal(b, &c); err != nil {
		return "", fmt.Errorf("%w: %w", errAnswer, err)
	}
	if !image.IsUser(c.Config.User) {
		return "", fmt.Errorf("%w: its user is %.64q", errAnswer, c.Config.User)
	}
	return c.Config.User, nil
}

// platform writes a platform as the lock does, in the normal form of containerd
// (github.com/containerd/platforms, database.go), which compares nodes with it.
func platform(p v1.Platform) (string, error) {
	os, arch, variant := strings.ToLower(p.OS), strings.ToLower(p.Architecture), strings.ToLower(p.Variant)
	switch arch {
	case "i386":
		arch, variant = "386", ""
	case "x86_64", "x86-64", "amd64":
		arch = "amd64"
		if variant == "v1" {
			variant = ""
		}
	case "aarch64", "arm64":
		arch = "arm64"
		if variant == "8" || variant == "v8" {
			variant = ""
		}
	case "armhf":
		arch, variant = "arm", "v7"
	case "armel":
		arch, variant = "arm", "v6"
	case "arm":
		switch variant {
		case "", "7":
			variant = "v7"
		case "5", "6", "8":
			variant = "v" + variant
		}
	}
	parts := []string{os, arch}
	if variant != "" {
		parts = append(parts, variant)
	}
	text := strings.Join(parts, "/")
	if slices.ContainsFunc(parts, func(part string) bool { return strings.Contains(part, "/") }) ||
		!regexp.MustCompile(`^[a-z0-9]{1,32}/[a-z0-9]{1,32}(/[a-z0-9.]{1,32})?$`).MatchString(text) {
		return "", fmt.Errorf("%w: %q is no platform", errAnswer, text)
	}
	return text, nil
}

// sha256Of is the digest as the lock holds it.
func sha256Of(h v1.Hash) (string, error) {
	if h.Algorithm != "sha256" {
		return "", fmt.Errorf("%w: a digest is %q and not sha256", errAnswer, h.Algorithm)
	}
	return h.String(), nil
}
