package render

import (
	"fmt"
	"strings"

	"github.com/google/go-containerregistry/pkg/name"

	"stillsuit.dev/generator/model"
)

// imageArches is what one container's image can run on.
type imageArches struct {
	at     model.Path
	image  string
	arches []string
}

// image returns the reference to pull: with the digest, when the lock knows it, and then
// with what it is built for.
func (r containers) image(w *workload, at model.Path, container string, c *model.Container) (string, *imageArches) {
	if c.Image == "" {
		r.Error(at, "app/missing-field", fmt.Sprintf("container %s of %s has no image", container, w.full),
			"every container runs one", `add image: "registry/path:tag"`)
		return "", nil
	}
	where := at.Join("image")
	tag, digest, pinned := strings.Cut(c.Image, "@")
	ref, err := name.NewTag(tag, name.StrictValidation)
	if err != nil || !strings.Contains(strings.SplitN(tag, "/", 2)[0], ".") && !strings.HasPrefix(tag, "localhost") {
		r.Error(where, "images/bad-reference", fmt.Sprintf("%q is no full image reference", c.Image),
			"it takes a registry, a path and a tag", "write it like docker.io/library/redis:8.10.1")
		return c.Image, nil
	}
	r.allowed(where, tag)
	if pinned {
		if _, err := name.NewDigest(ref.Repository.Name() + "@" + digest); err != nil {
			r.Error(where, "images/bad-reference", fmt.Sprintf("%q is no digest", digest), "a digest is sha256: and 64 hexadecimal digits", "remove it, and let images.lock.json hold it")
		}
	}
	locked, ok := r.in.Lock.Images[tag]
	if !ok { // a check says so
		return c.Image, nil
	}
	if pinned && digest != locked.Digest {
		r.Error(where, "images/digest-differs", fmt.Sprintf("%s is pinned to %.19s…", tag, digest),
			fmt.Sprintf("images.lock.json has %.19s…", locked.Digest), "remove the digest here, or correct the lock")
	}
	return tag + "@" + locked.Digest, &imageArches{where, tag, locked.Arches()}
}

// allowed reports an image, or a chart, from a registry that the cluster does not name.
func (r *scope) allowed(where model.Path, image string) {
	if f, wrong := r.d.Cluster.WrongRegistry(image); wrong {
		r.Report(where, f)
	}
}
