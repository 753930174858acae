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

// image returns the reference to pull: with the digest, when the lock knows it.
func (p *pod) image(at model.Path, container string, c *model.Container) string {
	if c.Image == "" {
		p.Error(at, "app/missing-field", fmt.Sprintf("container %s of %s has no image", container, p.w.full),
			"every container runs one", `add image: "registry/path:tag"`)
		return ""
	}
	where := at.Join("image")
	tag, digest, pinned := strings.Cut(c.Image, "@")
	ref, err := name.NewTag(tag, name.StrictValidation)
	if err != nil || !strings.Contains(strings.SplitN(tag, "/", 2)[0], ".") && !strings.HasPrefix(tag, "localhost") {
		p.Error(where, "images/bad-reference", fmt.Sprintf("%q is no full image reference", c.Image),
			"it takes a registry, a path and a tag", "write it like docker.io/library/redis:8.10.1")
		return c.Image
	}
	p.allowed(where, tag)
	if pinned {
		if _, err := name.NewDigest(ref.Repository.Name() + "@" + digest); err != nil {
			p.Error(where, "images/bad-reference", fmt.Sprintf("%q is no digest", digest), "a digest is sha256: and 64 hexadecimal digits", "remove it, and let images.lock.json hold it")
		}
	}
	locked, ok := p.in.Lock.Images[tag]
	if !ok { // a check says so
		return c.Image
	}
	if pinned && digest != locked.Digest {
		p.Error(where, "images/digest-differs", fmt.Sprintf("%s is pinned to %.19s…", tag, digest),
			fmt.Sprintf("images.lock.json has %.19s…", locked.Digest), "remove the digest here, or correct the lock")
	}
	p.arches = append(p.arches, imageArches{where, tag, locked.Arches()})
	return tag + "@" + locked.Digest
}

// allowed reports an image, or a chart, from a registry that the cluster does not name.
func (r *renderer) allowed(where model.Path, image string) {
	if f, wrong := r.d.Cluster.WrongRegistry(image); wrong {
		r.Report(where, f)
	}
}
