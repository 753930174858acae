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
	"unicode"

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
	tagged, digest, pinned := strings.Cut(written, "@")
	t, err := name.NewTag(spellHost(tagged), name.WeakValidation)
	if err != nil {
		return Reference{}, err
	}
	repository := spellHost(strings.TrimSuffix(t.Name(), ":"+t.TagStr()))
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

// spellHost writes the host of a registry as a Repository has it.
func spellHost(written string) string {
	if !hasHost(written) {
		return written
	}
	host, path, _ := strings.Cut(written, "/")
	if host = strings.ToLower(host); host == name.DefaultRegistry {
		host = "docker.io"
	}
	return host + "/" + path
}

// Pattern spells a pattern of repositories as a Repository is: docker.io/mongo stands for
// docker.io/library/mongo.
func Pattern(written string) string {
	if !hasHost(written) {
		return written
	}
	written = spellHost(written)
	if path, ok := strings.CutPrefix(written, "docker.io/"); ok && !strings.Contains(path, "/") {
		return "docker.io/library/" + path
	}
	return written
}

// IsDigest reports whether a text is the digest of an image.
func IsDigest(text string) bool {
	_, err := name.NewDigest("docker.io/library/a@" + text)
	return err == nil
}

// maxUser is our choice: useradd allows 32 characters for a user, and as many for a group.
const maxUser = 256

// IsUser reports whether a text can be the user of an image: USER, UID, and either with
// :GROUP or :GID; "" for none.
func IsUser(text string) bool {
	return len(text) <= maxUser && !strings.ContainsFunc(text, func(r rune) bool { return !unicode.IsPrint(r) || unicode.IsSpace(r) })
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
		if strings.HasPrefix(r.Repository, spellHost(strings.TrimSuffix(allowed, "/")+"/")) {
			return true
		}
	}
	return len(registries) == 0
}
