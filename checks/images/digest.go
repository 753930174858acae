package images

import (
	_ "embed"
	"encoding/json"
	"fmt"
	"maps"
	"slices"

	"stillsuit.dev/finding"
	"stillsuit.dev/inventory"
)

// child is a manifest of one platform that people pin instead of the index.
type child struct {
	Image    string `json:"image"`
	Tag      string `json:"tag"`
	Platform string `json:"platform"`
	Digest   string `json:"digest"`
	Source   string `json:"source"`
}

//go:embed children.json
var childrenJSON []byte

// digest reports a digest that is one platform's manifest, of an image that has
// more: what is pinned so runs on nodes of one architecture only.
func (c *check) digest(at inventory.Spot, u use) {
	if u.Digest == "" {
		return
	}
	platform := c.childPlatform(u)
	if platform == "" {
		return
	}
	var unfit []string
	for _, name := range u.nodes {
		if !c.Nodes[name].Runs(platform) {
			unfit = append(unfit, name+" ("+c.Nodes[name].Arch+")")
		}
	}
	fact := fmt.Sprintf("the digest of %s (%.19s…) is that of its %s manifest", u.Tagged(), u.Digest, platform)
	if len(unfit) == 0 {
		c.Warn(at, "images/one-platform-digest", fact, "nodes of another architecture cannot run it", "pin the digest of the index")
		return
	}
	c.Error(at, "images/one-platform-digest", fact, fmt.Sprintf("%s can be scheduled on %s", u.pod.DisplayName(), finding.All(unfit)), "pin the digest of the index")
}

// childPlatform is the platform that a digest is the manifest of, as far as that
// is known, "" for an index or an image of one platform.
func (c *check) childPlatform(u use) string {
	for _, tagged := range slices.Sorted(maps.Keys(c.Lock.Images)) {
		image := c.Lock.Images[tagged]
		if len(image.Platforms) < 2 || repositoryOf(tagged) != u.Repository {
			continue
		}
		for _, platform := range slices.Sorted(maps.Keys(image.Manifests)) {
			if image.Manifests[platform] == u.Digest {
				return platform
			}
		}
	}
	for _, known := range c.manifests {
		if known.Image == u.Repository && known.Digest == u.Digest {
			return known.Platform
		}
	}
	return ""
}

// children are the known manifests, from what other tools printed.
func children() []child {
	var out []child
	if err := json.Unmarshal(childrenJSON, &out); err != nil {
		panic(err) // it is compiled in, and tested
	}
	return out
}
