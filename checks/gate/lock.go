package gate

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"stillsuit.dev/checks/images/locking"
	"stillsuit.dev/finding"
	"stillsuit.dev/generator/lock"
)

// Lock names what one lock says of an image that another one said otherwise: what a
// registry gave for a tag changes only when the tag was moved. source is the file of
// the head.
func Lock(base, head *lock.Lock, source []byte) []finding.Finding {
	var out []finding.Finding
	for _, ref := range slices.Sorted(maps.Keys(head.Images)) {
		was, known := base.Images[ref]
		if !known {
			continue
		}
		is := head.Images[ref]
		weaker := func(fact, stricter string) {
			out = append(out, finding.Finding{
				Code: weakened, Severity: finding.Warning, Place: locking.Place(source, ref), Path: ref,
				Problem: fact, Detail: "in the base " + stricter, Fix: "run `stillsuit images verify " + ref + "`, or take it back",
			})
		}
		if is.Digest == "" && was.Digest != "" {
			weaker(ref+" has no digest", "it is "+short(was.Digest))
		}
		if is.Digest != was.Digest && is.Digest != "" && was.Digest != "" {
			weaker(fmt.Sprintf("%s is another image under the same tag, %s", ref, short(is.Digest)), "it is "+short(was.Digest))
			continue
		}
		if more := without(is.Platforms, was.Platforms); len(more) > 0 {
			weaker(fmt.Sprintf("images.lock.json claims a build of %s for %s too", ref, finding.All(more)), "the same image is built for "+finding.All(was.Platforms))
		}
		if was.Provenance == lock.Registry && is.Provenance != lock.Registry {
			weaker(ref+" is known by what others declare", "its registry said so on "+was.Seen)
		}
		for _, platform := range slices.Sorted(maps.Keys(is.Sizes)) {
			if size, said := was.Sizes[platform]; said && is.Sizes[platform] < size {
				weaker(fmt.Sprintf("%s has %d bytes for %s", ref, is.Sizes[platform], platform), fmt.Sprintf("it has %d", size))
			}
		}
		for _, platform := range slices.Sorted(maps.Keys(was.Users)) {
			switch user, said := is.Users[platform]; {
			case said && user != was.Users[platform]:
				weaker(fmt.Sprintf("images.lock.json claims that %s runs as %q for %s", ref, user, platform), fmt.Sprintf("the same image runs as %q", was.Users[platform]))
			case !said && slices.Contains(is.Platforms, platform):
				weaker(fmt.Sprintf("images.lock.json no longer has the user of %s for %s", ref, platform), fmt.Sprintf("it is %q", was.Users[platform]))
			}
		}
		if !maps.Equal(is.Manifests, was.Manifests) && len(was.Manifests) > 0 {
			weaker(ref+" has other manifests under the same digest", "they are those of the index")
		}
	}
	return out
}

// short is the start of a digest.
func short(digest string) string {
	algorithm, hex, _ := strings.Cut(digest, ":")
	return algorithm + ":" + hex[:min(len(hex), 12)] + "…"
}
