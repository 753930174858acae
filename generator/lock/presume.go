package lock

import (
	"regexp"
	"slices"

	"stillsuit.dev/generator/image"
)

// Presume returns the architectures that an image which is not locked is taken to be built
// for: those of the tags of its repository that are, so that a new version of an image for
// some architectures is not placed on others. Tags that differ from its own in numbers
// alone count, v3.1.0-openvino for v3.2.0-openvino; where there are none, all tags do. It
// returns nil where they have nothing in common, or nothing is known.
func (l *Lock) Presume(ref image.Reference) []string {
	others := l.Others(ref)
	if alike := slices.DeleteFunc(slices.Clone(others), func(o image.Reference) bool { return shape(o.Tag) != shape(ref.Tag) }); len(alike) > 0 {
		others = alike
	}
	var common []string
	for n, other := range others {
		arches := l.Images[other.Tagged()].Arches()
		if n == 0 {
			common = arches
			continue
		}
		common = slices.DeleteFunc(common, func(a string) bool { return !slices.Contains(arches, a) })
	}
	return common
}

// shape is a tag without its numbers: v#-openvino.
func shape(tag string) string {
	return regexp.MustCompile(`[0-9]+([._][0-9]+)*`).ReplaceAllString(tag, "#")
}
