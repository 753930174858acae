package images

import (
	"fmt"
	"slices"
	"strings"

	"stillsuit.dev/finding"
	"stillsuit.dev/inventory"
)

// platforms reports an image that an eligible node of its pod cannot run.
func (c *check) platforms(at inventory.Spot, u use) {
	if u.locked == nil {
		return
	}
	var unfit, arches []string
	fit := 0
	for _, name := range u.nodes {
		node := c.Nodes[name]
		if node.RunsAny(u.locked.Platforms) {
			fit++
			continue
		}
		unfit, arches = append(unfit, name), append(arches, node.Arch)
	}
	if len(unfit) == 0 {
		return
	}
	slices.Sort(arches)
	arches = slices.Compact(arches)
	c.Error(at, "images/no-platform", u.Tagged()+" "+lacks(u.locked.Platforms, arches),
		fmt.Sprintf("%s can be scheduled on %s (%s)", u.pod.DisplayName(), finding.All(unfit), finding.All(arches)),
		c.mend(u, arches, fit > 0))
}

// lacks says that an image is not built for architectures. Where it is, but for another
// variant of one, it says what it is built for.
func lacks(platforms, arches []string) string {
	for _, platform := range platforms {
		if parts := strings.Split(platform, "/"); len(parts) > 1 && slices.Contains(arches, parts[1]) {
			return "is built for " + built(platforms)
		}
	}
	return "has no " + finding.OneOf(arches) + " build"
}

// built are the platforms of an image in words. Attestations are of none.
func built(platforms []string) string {
	platforms = slices.DeleteFunc(slices.Clone(platforms), func(p string) bool { return strings.HasPrefix(p, "unknown/") })
	if len(platforms) == 1 {
		return platforms[0] + " only"
	}
	return finding.All(platforms)
}

// mend says what to do about an image that is not built for architectures: keep
// its pods on the nodes that fit, or choose another tag.
func (c *check) mend(u use, arches []string, some bool) string {
	tag := "choose a tag with a build for " + finding.All(arches)
	var able []string
	for _, name := range c.NodeNames() {
		node := c.Nodes[name]
		if node.Offline == "" && node.RunsAny(u.locked.Platforms) {
			able = append(able, node.Arch)
		}
	}
	slices.Sort(able)
	able = slices.Compact(able)
	switch {
	case len(able) != 1 && !some:
		return tag
	case len(able) != 1:
		return "keep the pods on nodes that can run it, or " + tag
	case !u.pod.Object.Raw && c.Cluster != nil:
		return fmt.Sprintf("add `place: arch: %q`, or %s", able[0], tag)
	}
	return fmt.Sprintf("add `nodeSelector: {kubernetes.io/arch: %s}`, or %s", able[0], tag)
}
