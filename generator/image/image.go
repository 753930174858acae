// Package image reads references to images: what a user writes, what a pod carries,
// what the lock knows and what a registry is asked for are all a Reference.
//
// Two spellings of one image have the same Repository and Tag: docker.io/traefik is
// docker.io/library/traefik, index.docker.io is docker.io, a reference without a registry
// is of docker.io, one without a tag is latest (github.com/distribution/reference,
// normalize.go, which containerd reads references with), and capitals in the name of a
// registry's host mean nothing (RFC 4343).
package image

import (
	"errors"
	"fmt"
	"strings"

	"github.com/google/go-containerregistry/pkg/name"

	"stillsuit.dev/finding"
)

// Reference names an image. Compare References by their methods' results, since Written
// differs between spellings of one image.
type Reference struct {
	// Repository is the registry and the path, written out: docker.io/library/redis.
	Repository string
	// Tag is "latest" when none is written.
	Tag string
	// Digest is "sha256:" and 64 hexadecimal digits, or empty.
	Digest string
	// Written is the text that was parsed, without its digest, and with the host of the
	// registry in small letters: a container runtime knows docker.io only so.
	Written string
}

// The errors about a reference that Parse reads and ParseFull does not.
var (
	errRegistry = errors.New("it has no registry")
	errTag      = errors.New("it has no tag")
)

// ErrDigest is the error about a reference whose part behind the @ is no digest.
var ErrDigest = errors.New("a digest is sha256: and 64 hexadecimal digits")

// errURL stands for any error about a URL, which would repeat parts of it, perhaps a password.
var errURL = errors.New("it is a URL, or has a name and password")

// Parse reads a reference as a container runtime does: docker.io stands for a missing
// registry, and latest for a missing tag.
func Parse(written string) (Reference, error) {
	if strings.Contains(written, "://") || finding.Mask(written) != written {
		return Reference{}, errURL
	}
	tagged, digest, pinned := strings.Cut(lowerHost(written), "@")
	t, err := name.NewTag(tagged, name.WeakValidation)
	if err != nil {
		return Reference{}, err
	}
	repository := strings.TrimSuffix(t.Name(), ":"+t.TagStr())
	if rest, ok := strings.CutPrefix(repository, name.DefaultRegistry+"/"); ok {
		repository = "docker.io/" + rest
	}
	r := Reference{Repository: repository, Tag: t.TagStr(), Written: tagged}
	if pinned && !IsDigest(digest) {
		return r, fmt.Errorf("%w: %q", ErrDigest, digest)
	}
	r.Digest = digest
	return r, nil
}

// ParseFull reads a reference whose registry, path and tag are written out, as the lock
// and the schema want it. The error is ErrDigest when all but the digest can be read.
func ParseFull(written string) (Reference, error) {
	r, err := Parse(written)
	switch {
	case err != nil && !errors.Is(err, ErrDigest):
		return Reference{}, err
	case !hasHost(r.Written):
		return Reference{}, errRegistry
	case !r.tagged():
		return Reference{}, errTag
	}
	return r, err
}

// hasHost reports whether a reference starts with a registry, and not with a part of a
// path.
func hasHost(written string) bool {
	host, _, path := strings.Cut(written, "/")
	return path && (strings.ContainsAny(host, ".:") || strings.EqualFold(host, "localhost"))
}

func lowerHost(written string) string {
	if !hasHost(written) {
		return written
	}
	host, path, _ := strings.Cut(written, "/")
	return strings.ToLower(host) + "/" + path
}

// IsDigest reports whether a text is the digest of an image.
func IsDigest(text string) bool {
	_, err := name.NewDigest("docker.io/library/a@" + text)
	return err == nil
}

// Tagged is the reference without its digest, as the lock has it.
func (r Reference) Tagged() string { return r.Repository + ":" + r.Tag }

// String is the whole reference, written out.
func (r Reference) String() string {
	if r.Digest == "" {
		return r.Tagged()
	}
	return r.Tagged() + "@" + r.Digest
}

// Lockable reports whether the lock can hold the image, which it knows by its tag: a
// reference with a digest and no tag says nothing of one.
func (r Reference) Lockable() bool { return r.Digest == "" || r.tagged() }

// tagged reports whether the tag is written out.
func (r Reference) tagged() bool { return strings.HasSuffix(r.Written, ":"+r.Tag) }

// Registry is the host, with its port: docker.io.
func (r Reference) Registry() string {
	host, _, _ := strings.Cut(r.Repository, "/")
	return host
}

// From reports whether the image comes from one of the registries, each a host, or a
// host and the start of a path: ghcr.io, docker.io/library. Without any, all are allowed.
func (r Reference) From(registries []string) bool {
	for _, allowed := range registries {
		allowed = lowerHost(strings.TrimSuffix(allowed, "/") + "/")
		if rest, ok := strings.CutPrefix(allowed, name.DefaultRegistry+"/"); ok {
			allowed = "docker.io/" + rest
		}
		if strings.HasPrefix(r.Repository, allowed) {
			return true
		}
	}
	return len(registries) == 0
}
