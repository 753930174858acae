package images

import (
	"errors"
	"strings"

	"github.com/google/go-containerregistry/pkg/name"

	"stillsuit.dev/finding"
)

// reference is an image reference, written out.
type reference struct {
	repository string // registry and path: docker.io/library/redis
	tag        string // "latest" when none is written
	digest     string // sha256:…, or none
	written    string
}

// parse reads a reference as a container runtime does: docker.io stands for a
// missing registry, and latest for a missing tag.
func parse(written string) (reference, error) {
	if strings.Contains(written, "://") || finding.Mask(written) != written { // another error would repeat parts, perhaps a password
		return reference{}, errors.New("it is a URL, or has a name and password")
	}
	tagged, digest, _ := strings.Cut(written, "@")
	t, err := name.NewTag(tagged, name.WeakValidation)
	if err != nil {
		return reference{}, err
	}
	repository := t.Name()
	repository = strings.TrimSuffix(repository, ":"+t.TagStr())
	if rest, ok := strings.CutPrefix(repository, name.DefaultRegistry+"/"); ok {
		repository = "docker.io/" + rest
	}
	if digest != "" {
		if _, err := name.NewDigest(repository + "@" + digest); err != nil {
			return reference{}, err
		}
	}
	return reference{repository: repository, tag: t.TagStr(), digest: digest, written: written}, nil
}

// Locked is the reference by which the lock knows an image: with registry and tag,
// and without a digest. A digest without a tag has none: what the lock says of a tag
// is not about it.
func Locked(written string) (string, error) {
	r, err := parse(written)
	if err == nil && r.digest != "" && !strings.HasSuffix(strings.TrimSuffix(written, "@"+r.digest), ":"+r.tag) {
		err = errors.New("it has a digest and no tag")
	}
	return r.tagged(), err
}

// tagged is the reference without its digest, as the lock has it.
func (r reference) tagged() string { return r.repository + ":" + r.tag }

// String is the whole reference.
func (r reference) String() string {
	if r.digest == "" {
		return r.tagged()
	}
	return r.tagged() + "@" + r.digest
}
