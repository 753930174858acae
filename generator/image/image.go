// Package image reads references to images: what a user writes, what a pod carries,
// what the lock knows and what a registry is asked for are all a Reference.
//
// Two spellings of one image are equal: docker.io/traefik is docker.io/library/traefik,
// and a reference without a registry is of docker.io, as container runtimes read it.
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
	// Written is the text that was parsed, without its digest.
	Written string
}

// ErrDigest is the error about a reference whose part behind the @ is no digest.
var ErrDigest = errors.New("a digest is sha256: and 64 hexadecimal digits")

// errURL stands for any error about a URL, which would repeat parts of it, perhaps a password.
var errURL = errors.New("it is a URL, or has a name and password")

// Parse reads a reference as a container runtime does: docker.io stands for a missing
// registry, and latest for a missing tag.
func Parse(written string) (Reference, error) {
	return parse(written, name.WeakValidation)
}

// ParseFull reads a reference whose registry, path and tag are written out, as the lock
// and the schema want it. The error is ErrDigest when all but the digest can be read.
func ParseFull(written string) (Reference, error) {
	return parse(written, name.StrictValidation)
}

func parse(written string, rules name.Option) (Reference, error) {
	if strings.Contains(written, "://") || finding.Mask(written) != written {
		return Reference{}, errURL
	}
	tagged, digest, pinned := strings.Cut(written, "@")
	t, err := name.NewTag(tagged, rules)
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
func (r Reference) Lockable() bool {
	return r.Digest == "" || strings.HasSuffix(r.Written, ":"+r.Tag)
}

// Registry is the host, with its port: docker.io.
func (r Reference) Registry() string {
	host, _, _ := strings.Cut(r.Repository, "/")
	return host
}

// From reports whether the image comes from one of the registries, each a host, or a
// host and the start of a path: ghcr.io, docker.io/library. Without any, all are allowed.
func (r Reference) From(registries []string) bool {
	for _, allowed := range registries {
		if strings.HasPrefix(r.Repository, strings.TrimSuffix(allowed, "/")+"/") {
			return true
		}
	}
	return len(registries) == 0
}
