package images

import (
	"fmt"
	"slices"
	"strings"

	"stillsuit.dev/finding"
	"stillsuit.dev/generator/image"
	"stillsuit.dev/generator/lock"
	"stillsuit.dev/inventory"
)

// unlocked reports an image that the lock does not have. It is an error where that can
// place pods wrongly, or undoes what was locked: on nodes of several architectures, and
// where the lock or its base has the repository.
func (c *check) unlocked(at inventory.Spot, u use) {
	mend := fmt.Sprintf("run `stillsuit images lock %s%s`", c.where(), u.Tagged())
	if !u.Lockable() {
		mend = "write its tag before the digest, then run `stillsuit images lock`"
	}
	if u.instead != "" {
		mend = fmt.Sprintf("leave the digest to the lock, or run `stillsuit images lock %s--update %s`", c.where(), u.Tagged())
	}
	reason := c.loosened(u)
	if arches := c.arches(); reason == "" && len(arches) > 1 {
		reason = fmt.Sprintf("the nodes are %s, and its platforms are unknown", finding.All(arches))
		if u.instead != "" {
			reason = fmt.Sprintf("%.19s… is there for its tag, and the nodes are %s", u.instead, finding.All(arches))
		}
	}
	if reason != "" {
		key := fmt.Sprint("images/unlocked ", u.what(), owner(u)) // a suppression is about one of those
		if !c.told[key] {
			c.Error(at, "images/unlocked", u.what()+" is not in images.lock.json", reason, mend)
		}
		c.told[key] = true
		return
	}
	if !c.once("images/unlocked", u) {
		return
	}
	contrast := "its digest and platforms are unknown"
	switch {
	case u.instead != "":
		contrast = fmt.Sprintf("the lock has %.19s… for its tag", u.instead)
	case u.Digest != "":
		contrast = "its platforms are unknown"
	}
	c.Note(at, "images/unlocked", u.what()+" is not in images.lock.json", contrast, mend)
}

// owner is what declares an image: the app, or the object itself.
func owner(u use) []string {
	if o := u.pod.Object; len(o.Origin) >= 2 && !o.Raw {
		return o.Origin[:2]
	}
	return []string{u.pod.Object.ID.String()}
}

// loosened says what is locked, or was, of the repository of an image that is not.
func (c *check) loosened(u use) string {
	if u.instead != "" {
		return ""
	}
	if tags := lockedTags(c.Lock, u.Reference); len(tags) > 0 {
		return fmt.Sprintf("its %s locked", some(tags))
	}
	if c.BaseLock == nil {
		return ""
	}
	if _, was := c.BaseLock.Of(u.Reference); was {
		return "in the base it is locked"
	}
	if tags := lockedTags(c.BaseLock, u.Reference); len(tags) > 0 {
		return fmt.Sprintf("in the base its %s locked", some(tags))
	}
	return ""
}

// lockedTags are the other tags that a lock has of an image's repository.
func lockedTags(l *lock.Lock, of image.Reference) []string {
	var tags []string
	for _, other := range l.Others(of) {
		tags = append(tags, other.Tag)
	}
	return tags
}

// some names a few tags, as the subject of a sentence.
func some(tags []string) string {
	const few = 3
	switch n := len(tags); {
	case n == 1:
		return "tag " + tags[0] + " is"
	case n <= few:
		return "tags " + finding.All(tags) + " are"
	default:
		return fmt.Sprintf("tags %s and %d more are", strings.Join(tags[:few], ", "), n-few)
	}
}

// arches are those of the nodes that are there, sorted, each once.
func (c *check) arches() []string {
	var out []string
	for _, node := range c.Nodes {
		if node.Offline == "" && node.Arch != "" {
			out = append(out, node.Arch)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}
