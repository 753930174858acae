package workload

import (
	"errors"
	"fmt"
	"strings"

	"stillsuit.dev/generator/image"
	"stillsuit.dev/generator/internal/resolve/scope"
	"stillsuit.dev/generator/model"
)

// imageArches is what one container's image can run on.
type imageArches struct {
	at     model.Path
	image  string
	arches []string
	// presumed says that they are those of other tags.
	presumed bool
}

// image returns the reference to pull: with the digest, when the lock knows it, and then
// with what it is built for. An image that is not locked is taken to be built for what other
// other tags of it are.
func (r containers) image(w *scope.Workload, at model.Path, container string, c *model.Container) (string, *imageArches) {
	if c.Image == "" {
		r.Error(at, "app/missing-field", fmt.Sprintf("container %s of %s has no image", container, w.Full),
			"every container runs one", `add image: "registry/path:tag"`)
		return "", nil
	}
	where := at.Join("image")
	ref, err := image.ParseFull(c.Image)
	unpinned := errors.Is(err, image.ErrDigest)
	if err != nil && !unpinned || !strings.Contains(ref.Registry(), ".") && !strings.HasPrefix(ref.Registry(), "localhost") {
		r.Error(where, "images/bad-reference", fmt.Sprintf("%q is no full image reference", c.Image),
			"it takes a registry, a path and a tag", "write it like docker.io/library/redis:8.10.1")
		return c.Image, nil
	}
	r.Allowed(where, ref)
	_, digest, pinned := strings.Cut(c.Image, "@")
	if unpinned {
		r.Error(where, "images/bad-reference", fmt.Sprintf("%q is no digest", digest), "a digest is sha256: and 64 hexadecimal digits", "remove it, and let images.lock.json hold it")
	}
	written := ref.Tagged() // in the one spelling that policies compare with
	if pinned {
		written += "@" + digest
	}
	locked, ok := r.Inputs.Lock.Of(ref)
	if !ok { // a check says so
		if arches := r.Inputs.Lock.Presume(ref); arches != nil {
			return written, &imageArches{where, ref.Tagged(), arches, true}
		}
		return written, nil
	}
	if locked.Digest == "" { // so does it here
		return written, &imageArches{where, ref.Tagged(), locked.Arches(), false}
	}
	if pinned && digest != locked.Digest {
		r.Error(where, "images/digest-differs", fmt.Sprintf("%s is pinned to %.19s…", ref.Tagged(), digest),
			fmt.Sprintf("images.lock.json has %.19s…", locked.Digest), "remove the digest here, or correct the lock")
	}
	return ref.Tagged() + "@" + locked.Digest, &imageArches{where, ref.Tagged(), locked.Arches(), false}
}
