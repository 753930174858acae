// Package lock reads and writes images.lock.json: for each image reference the
// digest of its index and the platforms that it is built for. It never reaches
// the network.
package lock

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"slices"
	"strings"

	kjson "sigs.k8s.io/json"

	"stillsuit.dev/generator/image"
)

// File is where the lock lies, relative to the repository's root.
const File = "images.lock.json"

// Provenance says how a fact about an image is known.
type Provenance string

// The provenances.
const (
	Registry Provenance = "registry" // seen in the registry, on the date in Seen
	Declared Provenance = "declared" // said by the publisher or by others; Evidence says where
)

// Image is what is known of one reference.
type Image struct {
	// Digest is that of the index, "sha256:…"; empty where it is declared which
	// platforms there are and nobody says the digest.
	Digest string `json:"digest,omitempty"`
	// Platforms are those of the index, as os/arch or os/arch/variant, sorted.
	Platforms []string `json:"platforms"`
	// Manifests are the digests of the platforms' own manifests, by platform. An
	// image without an index has one, and it is Digest.
	Manifests map[string]string `json:"manifests,omitempty"`
	// Sizes are the bytes that a node of the platform pulls, compressed: the config
	// and all layers of its manifest. By platform; one that is not here is unknown.
	Sizes map[string]int64 `json:"sizes,omitempty"`
	// Users are those that the images of the platforms name to run as, as their configs
	// have them: "1000", "1000:1000", "node"; "" for none, which is root. By platform;
	// one that is not here is unknown.
	Users map[string]string `json:"users,omitempty"`
	// Provenance says how all of it is known.
	Provenance Provenance `json:"provenance"`
	// Seen is the day on which the registry gave them, YYYY-MM-DD.
	Seen string `json:"seen,omitempty"`
	// Evidence says who declares them.
	Evidence []string `json:"evidence,omitempty"`
	// History is what the tag was before, newest first, at most MaxHistory.
	History []Former `json:"history,omitempty"`
}

// MaxHistory is the number of former digests that an image keeps.
const MaxHistory = 10 // our choice

// Former is a digest that a tag had before it was pushed again.
type Former struct {
	// Digest is the one that was locked.
	Digest string `json:"digest"`
	// Seen is the day on which it was last locked from the registry, YYYY-MM-DD;
	// empty when it was declared.
	Seen string `json:"seen,omitempty"`
}

// Lock is the content of images.lock.json.
type Lock struct {
	// Version is that of the format: 1.
	Version int `json:"version"`
	// Images are the facts by reference, spelt out as image.Reference.Tagged does:
	// docker.io/library/redis:8.10.1.
	Images map[string]Image `json:"images"`
}

// Of is what is known of an image: by its tag, or by its digest where it has no tag.
func (l *Lock) Of(ref image.Reference) (Image, bool) {
	if ref.Lockable() {
		known, ok := l.Images[ref.Tagged()]
		return known, ok
	}
	for _, other := range l.Others(ref) {
		if known := l.Images[other.Tagged()]; known.Digest == ref.Digest {
			return known, true
		}
	}
	return Image{}, false
}

// Others are the images of a reference's repository that the lock has under other tags,
// sorted. For a reference without a tag they are all of its repository.
func (l *Lock) Others(ref image.Reference) []image.Reference {
	var out []image.Reference
	for key := range l.Images {
		other, err := image.ParseFull(key) // as it is for every key
		if err == nil && other.Repository == ref.Repository && (other.Tag != ref.Tag || !ref.Lockable()) {
			out = append(out, other)
		}
	}
	slices.SortFunc(out, func(a, b image.Reference) int { return strings.Compare(a.Tag, b.Tag) })
	return out
}

// Read returns the lock of a repository; one without the file has an empty lock.
func Read(repo fs.FS) (*Lock, error) {
	b, err := fs.ReadFile(repo, File)
	if errors.Is(err, fs.ErrNotExist) {
		return &Lock{Version: 1}, nil
	}
	if err != nil {
		var pe *fs.PathError
		if errors.As(err, &pe) { // its path may be the machine's
			err = pe.Err
		}
		return nil, fmt.Errorf("read %s: %w", File, err)
	}
	return Parse(b)
}

// Parse reads a lock. Everything that is wrong with it is in the error, with its line.
func Parse(b []byte) (*Lock, error) {
	l := &Lock{}
	b = bytes.TrimPrefix(b, []byte("\ufeff")) // an editor's byte order mark
	strict, err := kjson.UnmarshalStrict(b, l)
	if err != nil {
		return nil, unreadable(b, err)
	}
	errs := strict
	if l.Version != 1 {
		errs = append(errs, fmt.Errorf("version is %d, and this stillsuit reads version 1", l.Version))
	}
	refs := slices.Sorted(maps.Keys(l.Images))
	for _, ref := range refs {
		errs = append(errs, check(ref, l.Images[ref]))
	}
	errs = append(errs, l.spellOut()...)
	if err := placed(b, errs, refs); err != nil {
		return nil, err
	}
	return l, nil
}

// spellOut gives every image the one key that it is looked up by.
func (l *Lock) spellOut() (errs []error) {
	written := map[string]string{} // by the key that it becomes
	images := map[string]Image{}
	for _, key := range slices.Sorted(maps.Keys(l.Images)) {
		full := key
		if ref, err := image.ParseFull(key); err == nil { // else it is an error already
			full = ref.Tagged()
		}
		if other, twice := written[full]; twice {
			errs = append(errs, fmt.Errorf("%s and %s are the same image", other, key))
		}
		written[full], images[full] = key, l.Images[key]
	}
	if l.Images != nil {
		l.Images = images
	}
	return errs
}

// Marshal returns the lock's canonical bytes.
func (l *Lock) Marshal() ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	if err := e.Encode(l); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}

// Size returns the compressed bytes of the image for a platform as it is written
// in Platforms, and false when they are not known.
func (i Image) Size(platform string) (int64, bool) {
	bytes, ok := i.Sizes[platform]
	return bytes, ok
}

// User returns the user that the image for a platform names, and false when it is not
// known.
func (i Image) User(platform string) (string, bool) {
	user, ok := i.Users[platform]
	return user, ok
}

// OnePlatform reports whether Digest is that of one platform's manifest, and not
// of an index. It is false where the manifests are not known.
func (i Image) OnePlatform() bool {
	for _, digest := range i.Manifests {
		if digest == i.Digest {
			return true
		}
	}
	return false
}

// Arches returns the Linux architectures of the image, sorted, each once.
func (i Image) Arches() []string {
	var arches []string
	for _, p := range i.Platforms {
		if os, rest, _ := strings.Cut(p, "/"); os == "linux" {
			arch, _, _ := strings.Cut(rest, "/")
			arches = append(arches, arch)
		}
	}
	slices.Sort(arches)
	return slices.Compact(arches)
}
