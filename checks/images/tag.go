package images

import (
	"regexp"
	"strings"

	"stillsuit.dev/generator/image"
	"stillsuit.dev/inventory"
)

// floats reports whether a tag names no version: it has no digit (latest, stable,
// alpine), or is a major version alone, which follows every release of it.
func floats(tag string) bool {
	return !strings.ContainsAny(tag, "0123456789") || major().MatchString(tag)
}

// major matches 8, v2 and 16-alpine; longer numbers are builds or days.
func major() *regexp.Regexp { return regexp.MustCompile(`^v?[0-9]{1,3}(-[a-z]+)?$`) }

// floating reports a tag that is moved with releases.
func (c *check) floating(at inventory.Spot, u use) {
	if !floats(u.Tag) || !c.once("images/floating-tag", u) {
		return
	}
	if u.Digest != "" {
		c.Note(at, "images/floating-tag", "the tag of "+u.Tagged()+" moves with releases", "its digest pins it, but does not show which release it is", "write a tag with a version")
		return
	}
	c.Warn(at, "images/floating-tag", "the tag of "+u.Tagged()+" moves with releases", "a restart can bring another version", "write a tag with a version")
}

// literal reports a reference that is put together in CUE: Renovate reads text, and
// would never offer an update. What the compiled-in catalogue gives is updated
// there.
func (c *check) literal(at inventory.Spot, u use) {
	if c.Cluster == nil || c.Source == nil {
		return
	}
	place, _ := c.Places.Locate(at)
	if place.Line == 0 {
		return
	}
	written, read := c.written[place.File]
	if !read {
		written = literals(c.Source(place.File))
		c.written[place.File] = written
	}
	if written == nil || written[u.Tagged()] {
		return
	}
	c.Warn(at, "images/not-literal", u.Tagged()+" is put together from parts here", "Renovate finds references by their text, so it never updates this one", "write `image: \""+u.Tagged()+"\"`")
}

func repositoryOf(tagged string) string {
	r, err := image.Parse(tagged)
	if err != nil {
		return ""
	}
	return r.Repository
}

// literals are the references with a tag that stand in a file as renovate.json finds them;
// nil for a file that is not there.
func literals(source []byte) map[string]bool {
	if source == nil {
		return nil
	}
	out := map[string]bool{}
	for _, written := range regexp.MustCompile(`image:\s+"([^"@\s]+:\w[\w.-]*)["@]`).FindAllSubmatch(source, -1) {
		if ref, err := image.Parse(string(written[1])); err == nil {
			out[ref.Tagged()] = true
		}
	}
	return out
}
