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
	// Digest is that of the index, "sha256:…".
	Digest string `json:"digest"`
	// Platforms are those of the index, as os/arch or os/arch/variant, sorted.
	Platforms []string `json:"platforms"`
	// Manifests are the digests of the platforms' own manifests, by platform. An
	// image without an index has one, and it is Digest.
	Manifests map[string]string `json:"manifests,omitempty"`
	// Sizes are the bytes that a node of the platform pulls, compressed: the config
	// and all layers of its manifest. By platform; one that is not here is unknown.
	Sizes map[string]int64 `json:"sizes,omitempty"`
	// Provenance says how the two are known.
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
	// Images are the facts by reference, as it is written in CUE: registry/path:tag.
	Images map[string]Image `json:"images"`
}

// Of is what is known of an image, by its tag, in whichever spelling the lock has it.
func (l *Lock) Of(ref image.Reference) (Image, bool) {
	for _, key := range []string{ref.Tagged(), ref.Written} {
		if known, ok := l.Images[key]; ok {
			return known, true
		}
	}
	return Image{}, false
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
	l, err := Parse(b)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", File, err)
	}
	return l, nil
}

// Parse reads a lock. Everything that is wrong with it is in the error.
func Parse(b []byte) (*Lock, error) {
	l := &Lock{}
	b = bytes.TrimPrefix(b, []byte("\ufeff")) // an editor's byte order mark
	strict, err := kjson.UnmarshalStrict(b, l)
	if err != nil {
		return nil, err
	}
	errs := strict
	if l.Version != 1 {
		errs = append(errs, fmt.Errorf("format %d is not known; this version reads format 1", l.Version))
	}
	for ref, image := range l.Images {
		errs = append(errs, check(ref, image))
	}
	slices.SortFunc(errs, func(a, b error) int { return strings.Compare(text(a), text(b)) })
	if err := errors.Join(errs...); err != nil {
		return nil, err
	}
	return l, nil
}

func text(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
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
