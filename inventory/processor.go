package inventory

import (
	"maps"
	"slices"
	"strings"

	"stillsuit.dev/generator/lock"
)

// levels are the instruction sets of an architecture, each with those before it.
func levels() [][]string {
	return [][]string{{"armv8.0-a", "armv8.1-a", "armv8.2-a"}, {"x86-64-v1", "x86-64-v2", "x86-64-v3", "x86-64-v4"}}
}

// Reaches reports whether a processor of one level runs programs that need another.
func Reaches(level, needed string) bool {
	for _, order := range levels() {
		if n := slices.Index(order, needed); n >= 0 {
			return slices.Index(order, level) >= n
		}
	}
	return false
}

// Runs reports whether the node runs an image of a platform, os/arch or
// os/arch/variant. 32-bit Arm nodes do not say which variant they are, and a container
// runtime takes the best that the index has, so each will do.
func (n *Node) Runs(platform string) bool {
	parts := strings.Split(platform, "/")
	if parts[0] != "linux" || len(parts) < 2 || parts[1] != n.Arch {
		return false
	}
	if len(parts) == 2 || n.Arch != "amd64" {
		return true
	}
	return parts[2] == "v1" || Reaches(n.Level, "x86-64-"+parts[2])
}

// RunsAny reports whether the node runs an image of one of these platforms.
func (n *Node) RunsAny(platforms []string) bool { return slices.ContainsFunc(platforms, n.Runs) }

// Pulls is how many bytes the node pulls for an image, and whether that is known: of
// several platforms that it runs, those of the latest variant. It pulls nothing of an
// image that is built for none, and of one that is not locked (nil) nothing is known.
func (n *Node) Pulls(image *lock.Image) (int64, bool) {
	if image == nil {
		return 0, false
	}
	if len(image.Platforms) > 0 && !n.RunsAny(image.Platforms) {
		return 0, true
	}
	for _, platform := range slices.Backward(slices.Sorted(maps.Keys(image.Sizes))) {
		if n.Runs(platform) {
			return image.Sizes[platform], true
		}
	}
	return 0, false
}
