package images

import (
	"strings"

	"github.com/google/go-containerregistry/pkg/name"
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

// tagged is the reference without its digest, as the lock has it.
func (r reference) tagged() string { return r.repository + ":" + r.tag }

// String is the whole reference.
func (r reference) String() string {
	if r.digest == "" {
		return r.tagged()
	}
	return r.tagged() + "@" + r.digest
}
