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

	"github.com/google/go-containerregistry/pkg/name"
	kjson "sigs.k8s.io/json"
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
	// Provenance says how the two are known.
	Provenance Provenance `json:"provenance"`
	// Seen is the day on which the registry gave them, YYYY-MM-DD.
	Seen string `json:"seen,omitempty"`
	// Evidence says who declares them.
	Evidence []string `json:"evidence,omitempty"`
}

// Lock is the content of images.lock.json.
type Lock struct {
	// Version is that of the format: 1.
	Version int `json:"version"`
	// Images are the facts by reference, as it is written in CUE: registry/path:tag.
	Images map[string]Image `json:"images"`
}

// Read returns the lock of a repository; one without the file has an empty lock.
func Read(repo fs.FS) (*Lock, error) {
	b, err := fs.ReadFile(repo, File)
	if errors.Is(err, fs.ErrNotExist) {
		return &Lock{Version: 1}, nil
	}
	if err != nil {
		return nil, err
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

func check(ref string, image Image) error {
	tag, err := name.NewTag(ref, name.StrictValidation)
	if err != nil {
		return fmt.Errorf("%q is no reference with registry and tag: %w", ref, err)
	}
	if _, err := name.NewDigest(tag.Repository.Name() + "@" + image.Digest); err != nil {
		return fmt.Errorf("%s: %q is no digest", ref, image.Digest)
	}
	if len(image.Platforms) == 0 {
		return fmt.Errorf("%s: no platforms", ref)
	}
	for _, p := range image.Platforms {
		if parts := strings.Split(p, "/"); len(parts) < 2 || len(parts) > 3 || slices.Contains(parts, "") {
			return fmt.Errorf("%s: %q is no platform: write os/arch or os/arch/variant", ref, p)
		}
	}
	switch {
	case image.Provenance == Registry && image.Seen == "":
		return fmt.Errorf("%s: provenance registry needs seen, the day", ref)
	case image.Provenance == Declared && len(image.Evidence) == 0:
		return fmt.Errorf("%s: provenance declared needs evidence", ref)
	case image.Provenance != Registry && image.Provenance != Declared:
		return fmt.Errorf("%s: provenance is %q, not registry or declared", ref, image.Provenance)
	}
	return nil
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
