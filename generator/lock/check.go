package lock

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"stillsuit.dev/generator/image"
)

// check returns the first thing that is wrong with an image.
func check(ref string, known Image) error {
	if strings.Contains(ref, "://") { // of which another error would repeat parts, perhaps a password
		return fmt.Errorf("%q is a URL, and no reference with registry and tag", ref)
	}
	switch at, err := image.ParseFull(ref); {
	case err != nil:
		return fmt.Errorf("%q is no reference with registry and tag: %w", ref, err)
	case at.Digest != "":
		return fmt.Errorf("%q has a digest, which belongs in the entry", ref)
	case known.Digest == "" && known.Provenance == Registry:
		return fmt.Errorf("%s: provenance registry needs the digest", ref)
	case known.Digest != "" && !image.IsDigest(known.Digest):
		return fmt.Errorf("%s: %q is no digest", ref, known.Digest)
	}
	if len(known.Platforms) == 0 {
		return fmt.Errorf("%s: no platforms", ref)
	}
	for _, p := range known.Platforms {
		if parts := strings.Split(p, "/"); len(parts) < 2 || len(parts) > 3 || slices.Contains(parts, "") {
			return fmt.Errorf("%s: %q is no platform: write os/arch or os/arch/variant", ref, p)
		}
	}
	if err := checkPlatforms(ref, known); err != nil {
		return err
	}
	if err := checkHistory(ref, known); err != nil {
		return err
	}
	switch {
	case known.Provenance == Registry && known.Seen == "":
		return fmt.Errorf("%s: provenance registry needs seen, the day", ref)
	case known.Provenance == Declared && len(known.Evidence) == 0:
		return fmt.Errorf("%s: provenance declared needs evidence", ref)
	case known.Provenance != Registry && known.Provenance != Declared:
		return fmt.Errorf("%s: provenance is %q, not registry or declared", ref, known.Provenance)
	case known.Seen != "" && !isDay(known.Seen):
		return fmt.Errorf("%s: seen is %q, not a day like 2026-11-21", ref, known.Seen)
	}
	return nil
}

// checkPlatforms checks what is known of single platforms.
func checkPlatforms(ref string, known Image) error {
	for _, p := range slices.Sorted(maps.Keys(known.Manifests)) {
		switch digest := known.Manifests[p]; {
		case !slices.Contains(known.Platforms, p):
			return fmt.Errorf("%s: manifests has %s, which is not among its platforms", ref, p)
		case !image.IsDigest(digest):
			return fmt.Errorf("%s: %q is no digest of its manifest for %s", ref, digest, p)
		case digest == known.Digest && len(known.Platforms) > 1:
			return fmt.Errorf("%s: its digest is that of its manifest for %s, and yet it has %d platforms", ref, p, len(known.Platforms))
		}
	}
	for _, p := range slices.Sorted(maps.Keys(known.Users)) {
		switch user := known.Users[p]; {
		case !slices.Contains(known.Platforms, p):
			return fmt.Errorf("%s: users has %s, which is not among its platforms", ref, p)
		case !image.IsUser(user):
			return fmt.Errorf("%s: its user for %s is %q", ref, p, user)
		}
	}
	for _, p := range slices.Sorted(maps.Keys(known.Sizes)) {
		switch {
		case !slices.Contains(known.Platforms, p):
			return fmt.Errorf("%s: sizes has %s, which is not among its platforms", ref, p)
		case known.Sizes[p] <= 0:
			return fmt.Errorf("%s: its size for %s is %d bytes", ref, p, known.Sizes[p])
		}
	}
	return nil
}

func checkHistory(ref string, known Image) error {
	if len(known.History) > MaxHistory {
		return fmt.Errorf("%s: its history has %d digests; %d are kept", ref, len(known.History), MaxHistory)
	}
	for _, former := range known.History {
		switch {
		case !image.IsDigest(former.Digest):
			return fmt.Errorf("%s: %q in its history is no digest", ref, former.Digest)
		case former.Seen != "" && !isDay(former.Seen):
			return fmt.Errorf("%s: seen in its history is %q, not a day like 2026-11-21", ref, former.Seen)
		}
	}
	return nil
}

func isDay(s string) bool {
	_, err := time.Parse(time.DateOnly, s)
	return err == nil
}
