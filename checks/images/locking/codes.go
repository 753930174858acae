package locking

import "stillsuit.dev/finding"

// Codes documents every finding that the commands about images make.
func Codes() []finding.CodeDoc {
	return []finding.CodeDoc{
		{
			Code: "registry/missing", Title: "a tag is not in its registry",
			Text:    "The registry itself says so, with 404 and a code for it; a registry that cannot be reached, or wants other credentials, is told as such and is not this. Mostly the path or the tag is misspelt. A tag that was there once, and is in the lock, was removed: pods go on, since nodes pull by the digest, for as long as the registry keeps that.",
			Example: "image: \"docker.io/library/redis:8.10.l\"    // 8.10.1",
		},
		{
			Code: "registry/retagged", Title: "a tag was pushed again since it was locked",
			Text: "Pods go on with the locked digest. What the publisher changed under the same version is not known: read their notes, then take the new digest with `stillsuit images lock --update`, which keeps the old one in the entry's history.",
		},
		{
			Code: "registry/removed", Title: "a registry no longer has a locked digest",
			Text: "Nodes pull by the digest that is rendered behind the tag. Those that have the image go on; any other node cannot start the pods. Some publishers remove what a tag was as soon as it is pushed again. It is also what an entry looks like that somebody wrote by hand with a digest that never was. Update the lock, or take a tag that is not moved.",
		},
		{
			Code: "registry/platforms", Title: "an image has other platforms than the lock says",
			Text: "The digest is the same, so nothing was pushed: what somebody declared about the image is not what its registry has. Pods may have been kept from nodes that they can run on, or placed where they cannot. Update the lock, which then has the registry's word.",
		},
		{
			Code: "registry/differs", Title: "an entry of the lock says of an image what its registry does not",
			Text: "Digest and platforms are those of the registry, and a manifest, a size or a user is not. `stillsuit images verify --base DIR` compares them for the entries that a change brings. Somebody wrote the entry by hand, or it was merged badly. Update the lock, which then has the registry's word.",
		},
		{
			Code: "registry/unfit", Title: "a reference is there, and cannot be locked",
			Text:    "It is a chart or something else that is no image, or has a form that nodes do not read alike: an index within an index, no platform, a manifest of before 2016. Take another tag of it, or one by another publisher.",
			Example: "image: \"ghcr.io/example/charts/site:1.0.0\"    // the chart; the image is ghcr.io/example/site:1.0.0",
		},
	}
}
