package lock

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/google/go-containerregistry/pkg/name"
)

// check returns the first thing that is wrong with an image.
func check(ref string, image Image) error {
	if strings.Contains(ref, "://") { // of which another error would repeat parts, perhaps a password
		return fmt.Errorf("%q is a URL, and no reference with registry and tag", ref)
	}
	tag, err := name.NewTag(ref, name.StrictValidation)
	if err != nil {
		return fmt.Errorf("%q is no reference with registry and tag: %w", ref, err)
	}
	if !isDigest(tag, image.Digest) {
		return fmt.Errorf("%s: %q is no digest", ref, image.Digest)
	}
	if len(image.Platforms) == 0 {
		return fmt.Errorf("%s: no platforms", ref)
	}
	for _, p := range image.Platforms {
		if parts := strings.Split(p, "/"); len(parts) < 2 || len(parts) > 3 || slices.Contains(parts, "") {
			return fmt.Errorf("%s: %q is no platform: write os/arch or os/arch/variant", ref, p)
		}
	}
	if err := checkPlatforms(ref, tag, image); err != nil {
		return err
	}
	if err := checkHistory(ref, tag, image); err != nil {
		return err
	}
	switch {
	case image.Provenance == Registry && image.Seen == "":
		return fmt.Errorf("%s: provenance registry needs seen, the day", ref)
	case image.Provenance == Declared && len(image.Evidence) == 0:
		return fmt.Errorf("%s: provenance declared needs evidence", ref)
	case image.Provenance != Registry && image.Provenance != Declared:
		return fmt.Errorf("%s: provenance is %q, not registry or declared", ref, image.Provenance)
	case image.Seen != "" && !isDay(image.Seen):
		return fmt.Errorf("%s: seen is %q, not a day like 2026-11-21", ref, image.Seen)
	}
	return nil
}

// checkPlatforms checks what is known of single platforms.
func checkPlatforms(ref string, tag name.Tag, image Image) error {
	for _, p := range slices.Sorted(maps.Keys(image.Manifests)) {
		switch digest := image.Manifests[p]; {
		case !slices.Contains(image.Platforms, p):
			return fmt.Errorf("%s: manifests has %s, which is not among its platforms", ref, p)
		case !isDigest(tag, digest):
			return fmt.Errorf("%s: %q is no digest of its manifest for %s", ref, digest, p)
		case digest == image.Digest && len(image.Platforms) > 1:
			return fmt.Errorf("%s: its digest is that of its manifest for %s, and yet it has %d platforms", ref, p, len(image.Platforms))
		}
	}
	for _, p := range slices.Sorted(maps.Keys(image.Sizes)) {
		switch {
		case !slices.Contains(image.Platforms, p):
			return fmt.Errorf("%s: sizes has %s, which is not among its platforms", ref, p)
		case image.Sizes[p] <= 0:
			return fmt.Errorf("%s: its size for %s is %d bytes", ref, p, image.Sizes[p])
		}
	}
	return nil
}

func checkHistory(ref string, tag name.Tag, image Image) error {
	if len(image.History) > MaxHistory {
		return fmt.Errorf("%s: its history has %d digests; %d are kept", ref, len(image.History), MaxHistory)
	}
	for _, former := range image.History {
		switch {
		case !isDigest(tag, former.Digest):
			return fmt.Errorf("%s: %q in its history is no digest", ref, former.Digest)
		case former.Seen != "" && !isDay(former.Seen):
			return fmt.Errorf("%s: seen in its history is %q, not a day like 2026-11-21", ref, former.Seen)
		}
	}
	return nil
}

func isDigest(tag name.Tag, digest string) bool {
	_, err := name.NewDigest(tag.Repository.Name() + "@" + digest)
	return err == nil
}

func isDay(s string) bool {
	_, err := time.Parse(time.DateOnly, s)
	return err == nil
}
