package fit

import "strings"

// size is what a node of an architecture pulls for an image, in bytes, and whether
// that is known.
func (a *analysis) size(written, arch string) (int64, bool) {
	if a.subject.Lock == nil {
		return 0, false
	}
	reference, _, _ := strings.Cut(written, "@")
	image := a.subject.Lock.Images[reference]
	for _, platform := range image.Platforms {
		if platform == "linux/"+arch || strings.HasPrefix(platform, "linux/"+arch+"/") {
			return image.Size(platform)
		}
	}
	return 0, false
}
