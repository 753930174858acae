package images

import (
	"slices"

	"stillsuit.dev/finding"
)

// codes documents the findings of this check.
func codes() []finding.CodeDoc { return slices.Concat(codesOfLock(), codesOfNodes()) }

// codesOfNodes are those of images on the nodes on which their pods may land.
func codesOfNodes() []finding.CodeDoc {
	return []finding.CodeDoc{
		{
			Code: "images/no-platform", Title: "a pod may land on a node that its image is not built for",
			Plural:  "%d images are not built for a node that their pods can run on",
			Text:    "Every node that may take the pod must be able to run all its images, or the pod ends there in \"exec format error\", perhaps only on the day on which another node is full or lost. Which nodes those are follows from the node's name, selectors and affinity, taints, volumes and devices. An app without a place of its own gets the affinity that its locked images need; this one says where it runs, or stands in the CUE or in the tree as it is.",
			Example: "place: node: \"node1\"    // an arm64 board, and the image is for amd64: macmini, or another tag",
		},
		{
			Code: "images/no-landing", Title: "no node takes the pods",
			Plural:  "%d workloads cannot run on any node",
			Text:    "Nothing was found that a scheduler would place these pods on, so their images cannot be held against any node. The reasons are in parentheses, node by node.",
			Example: "place: labels: disk: \"fast\"    // which no node of cluster.nodes has",
		},
		{
			Code: "images/cpu-level", Title: "an image needs instructions that a processor lacks",
			Plural:  "%d images need instructions that a processor lacks",
			Text:    "Some programs are built for newer processors of their architecture, and end in \"illegal instruction\" on others: MongoDB from 5.0 on needs ARMv8.2-A, and the Cortex-A72 of a Compute Module 4 or Raspberry Pi 4 has ARMv8.0-A. The image's platforms do not tell. A list is compiled in, with its sources; cluster.images adds to it. A node says what it has in level.",
			Example: "image: \"docker.io/library/mongo:8.0\", place: node: \"node1\"    // a Compute Module 4: mongo:4.4.18, or a Raspberry Pi 5",
		},
		{
			Code: "images/user", Title: "the kubelet refuses to start a container as its image's user",
			Plural:  "%d containers do not start as the user of their image",
			Text:    "With runAsNonRoot and without runAsUser, the user is the one that the image names. The kubelet refuses root (an image that names no user is root), and a name, since it cannot tell which number that is: \"container has runAsNonRoot and image has non-numeric user (node), cannot verify user is non-root\". The pod stays in CreateContainerConfigError. Give the user's number, which the image's Dockerfile or its documentation says, or allow what the image does.",
			Example: "apps: web: {user: 101, containers: main: image: \"docker.io/library/nginx:1.31-alpine\"}",
		},
		{
			Code: "images/unknown-user", Title: "whether a container starts as its image's user is not known",
			Plural:  "it is not known whether %d containers start as the user of their image",
			Text:    "With runAsNonRoot and without runAsUser, the kubelet starts a container only if its image names a number other than 0. images.lock.json does not say which user this one names. `stillsuit images lock --users` asks the registries.",
			Example: "\"users\": {\"linux/arm64\": \"1000\"}    // in images.lock.json",
		},
		{
			Code: "images/wrong-binary", Title: "an image holds programs for another architecture than it says",
			Plural:  "%d images hold programs for another architecture than they say",
			Text:    "The manifest says one architecture and the files in it are for another: a mistake in how it was built, which no registry shows. A list is compiled in, with its sources; cluster.images adds to it.",
			Example: "cluster: images: tool: {image: \"ghcr.io/example/tool\", tags: \"^1[.]0[.]\", arch: \"arm64\", holds: \"amd64\", reason: \"its issue 12\"}",
		},
		{
			Code: "images/disk", Title: "images would fill a node's disk",
			Plural:  "images fill the disks of %d nodes",
			Text:    "The kubelet removes images that nothing runs when the disk is fuller than imageGC.high. Images that run cannot be removed: then pods are evicted instead, and pull their images elsewhere. Counted are the images of all pods that may land on the node, each once; it is an error when those that can land nowhere else are too many already. On the disk an image takes about three times what is pulled, as containerd keeps the compressed layers too.",
			Example: "nodes: node1: disks: emmc: {size: \"14G\", images: true}    // keep the largest off it with place",
		},
		{
			Code: "images/disk-unknown", Title: "what images take on a disk is not known",
			Plural:  "it is not known how much of %d disks the images take",
			Text:    "`stillsuit images lock --sizes` notes what each platform of an image takes, and a node says in disks where its images lie. Without either nothing can be said about the disks.",
			Example: "\"sizes\": {\"linux/arm64\": 123456789}    // in images.lock.json",
		},
		{
			Code: "images/of-chart", Title: "the images of a chart are not known",
			Plural:  "the images of %d charts are not known",
			Text:    "A HelmRelease is rendered in the cluster, so which images it runs is not to be seen here, nor whether the nodes can run them.",
			Example: "charts: dashboard: {repo: \"https://charts.example.com\", chart: \"dashboard\", version: \"1.2.3\"}",
		},
		{
			Code: "images/unreadable", Title: "an image reference that cannot be read",
			Plural:  "%d image references cannot be read",
			Text:    "What is not a reference, such as a variable that Flux replaces in the cluster, cannot be held against anything.",
			Example: "image: ghcr.io/example/site:${VERSION}    # write the version",
		},
		{
			Code: "images/fact", Title: "a fact about images that cannot be used",
			Plural:  "%d facts about images cannot be used",
			Text:    "cluster.images names images and tags by patterns, an architecture, a source, and either the instruction set that the programs need or the architecture that they are for in truth.",
			Example: "cluster: images: db: {image: \"docker.io/example/db\", arch: \"amd64\", level: \"x86-64-v3\", reason: \"its requirements page\"}",
		},
	}
}

// codesOfLock are those of what is known of an image, and of how it is written.
func codesOfLock() []finding.CodeDoc {
	return []finding.CodeDoc{
		{
			Code: "images/unlocked", Title: "an image is not in the lock",
			Plural:  "%d images are not in images.lock.json",
			Text:    "images.lock.json holds each image's digest and the platforms that it is built for. An image that is not in it is rendered as it is written: its tag may be moved, and its pods may be placed on a node that it cannot run on. It is an error where the nodes have several architectures, and where the lock, or that of --base, has the image under another tag: a new version, as a bot proposes it, would lose the digest that the old one had. `stillsuit render` then fails too, after it wrote the tree. A new version that is not locked keeps the architectures of the tags before it. Otherwise it is a note. `stillsuit images lock REF` asks the registry for it.",
			Example: "\"ghcr.io/example/site:1.0.0\": {\"digest\": \"sha256:…\", \"platforms\": [\"linux/arm64\"], …}    // in images.lock.json",
		},
		{
			Code: "images/no-digest", Title: "an image is locked without a digest",
			Plural:  "%d images have no digest in images.lock.json",
			Text:    "Its entry in images.lock.json says which platforms it is built for, from what its publisher says, and nobody said its digest. Its pods are placed where they run, and pull whatever the tag is at that time. `stillsuit images lock REF` asks the registry for the digest.",
			Example: "\"ghcr.io/example/site:1.0.0\": {\"platforms\": [\"linux/arm64\"], \"provenance\": \"declared\", \"evidence\": [\"its Makefile\"]}",
		},
		{
			Code: "images/declared", Title: "what is known of an image was not seen in its registry",
			Plural:  "%d images are unverified: what is known of them comes from their publishers, not from a registry",
			Text:    "The entry of images.lock.json is of provenance declared: the publisher or others say so. That is better than nothing and may be out of date.",
			Example: "\"provenance\": \"declared\"    // `stillsuit images lock --update` asks the registry",
		},
		{
			Code: "images/one-platform-digest", Title: "a digest is one platform's manifest",
			Plural:  "%d digests are of one platform only",
			Text:    "A tag for several platforms points to an index, and the index to a manifest for each. Who copies the digest from a pull on his own machine gets a manifest: nodes of another architecture pull it all the same and cannot run it. Pin the index, or leave the digest to the lock.",
			Example: "image: docker.io/library/eclipse-mosquitto:2.0.22@sha256:cba7cd79…    # linux/amd64 alone",
		},
		{
			Code: "images/retagged", Title: "a tag was pushed again",
			Plural:  "%d tags were pushed again with another digest",
			Text:    "The registry had another image under this tag before. What it is now may be a rebuild with newer base packages, or something else: the digest keeps the pods as they are until the lock changes. Tags that stay are better names.",
			Example: "\"history\": [{\"digest\": \"sha256:…\", \"seen\": \"2026-08-01\"}]    // in images.lock.json",
		},
		{
			Code: "images/floating-tag", Title: "a tag is moved with releases",
			Plural:  "%d images have a tag that moves with releases",
			Text:    "latest, stable or 16 name whatever was released last: two nodes may run different programs, a restart may bring an upgrade, and nothing says which version it is. With a digest the pods are the same everywhere, so this is a note then.",
			Example: "image: \"ghcr.io/example/site:latest\"    // :1.0.0",
		},
		{
			Code: "images/not-literal", Title: "a reference that Renovate cannot find",
			Plural:  "Renovate cannot find %d image references",
			Text:    "Renovate updates what it finds by its text: image: and the reference in quotes. A reference that is put together from parts is the same to CUE, and would never be updated.",
			Example: "image: \"ghcr.io/example/site:\\(version)\"    // \"ghcr.io/example/site:1.0.0\"",
		},
	}
}
