package images

import (
	"slices"

	"stillsuit.dev/finding"
)

// codes documents the findings of this check.
func codes() []finding.CodeDoc { return slices.Concat(codesOfLock(), codesOfNodes()) }

// codesOfNodes are those of images on the eligible nodes of their pods.
func codesOfNodes() []finding.CodeDoc {
	return []finding.CodeDoc{
		{
			Code: "images/no-platform", Title: "an image has no build for a node that its pod can be scheduled on",
			Plural:  "%d images have no build for a node that their pods can be scheduled on",
			Text:    "Every node that a pod can be scheduled on must be able to run all of its images. Otherwise the container fails there with \"exec format error\", perhaps only when another node is full or lost. The eligible nodes follow from the node's name, selectors and affinity, taints, volumes and devices. An app in CUE without `place` gets the affinity that its locked images need.",
			Example: "place: node: \"node1\"    // an arm64 board, and the image is for amd64: macmini, or another tag",
		},
		{
			Code: "images/no-eligible-node", Title: "no node is eligible for the pods", Former: []finding.Code{"images/no-landing"},
			Plural:  "no node is eligible for %d workloads",
			Text:    "kube-scheduler could not place these pods on any node, so their images were not checked. The detail gives the reason for each node.",
			Example: "place: labels: disk: \"fast\"    // which no node of cluster.nodes has",
		},
		{
			Code: "images/cpu-level", Title: "an image needs instructions that a processor lacks",
			Plural:  "%d images need instructions that a processor lacks",
			Text:    "Some programs are built for newer processors of their architecture, and fail with \"illegal instruction\" on others: MongoDB from 5.0 on needs ARMv8.2-A, and the Cortex-A72 of a Compute Module 4 or Raspberry Pi 4 has ARMv8.0-A. The image's platforms do not show it. A list with sources is compiled in; `cluster.images` adds to it. `level` of a node is the instruction set that it has.",
			Example: "image: \"docker.io/library/mongo:8.0\", place: node: \"node1\"    // a Compute Module 4: mongo:4.4.18, or a Raspberry Pi 5",
		},
		{
			Code: "images/user", Title: "the kubelet refuses to start a container as its image's user",
			Plural:  "%d containers do not start as the user of their image",
			Text:    "With `runAsNonRoot` and without `runAsUser`, a container runs as the user that its image names. The kubelet refuses root (an image that names no user runs as root), and any name, because it cannot tell which number that is: \"container has runAsNonRoot and image has non-numeric user (node), cannot verify user is non-root\". The pod stays in CreateContainerConfigError. Set the user's number, from the image's Dockerfile or documentation, or allow what the image does.",
			Example: "apps: web: {user: 101, containers: main: image: \"docker.io/library/nginx:1.31-alpine\"}",
		},
		{
			Code: "images/unknown-user", Title: "the user of an image is unknown",
			Plural:  "the users of %d images are unknown",
			Text:    "With runAsNonRoot and without runAsUser, the kubelet starts a container only if its image names a number other than 0. images.lock.json does not have the user of this one. `stillsuit images lock --users` reads it from the registries.",
			Example: "\"users\": {\"linux/arm64\": \"1000\"}    // in images.lock.json",
		},
		{
			Code: "images/wrong-binary", Title: "an image contains programs for another architecture than its manifest says",
			Plural:  "%d images contain programs for another architecture than their manifests say",
			Text:    "The manifest names one architecture, and the programs are built for another: a mistake in the image's build, which no registry shows. A list with sources is compiled in; `cluster.images` adds to it.",
			Example: "cluster: images: tool: {image: \"ghcr.io/example/tool\", tags: \"^1[.]0[.]\", arch: \"arm64\", holds: \"amd64\", reason: \"its issue 12\"}",
		},
		{
			Code: "images/disk", Title: "images fill a node's disk",
			Plural:  "images fill the disks of %d nodes",
			Text:    "The kubelet removes unused images when the disk is fuller than `imageGC.high`. It cannot remove images in use: it evicts pods instead, which then pull their images elsewhere. The images of all pods that can be scheduled on the node count, each once. It is an error when the images of pods that can run nowhere else are already too large. An image takes about three times its download on the disk, because containerd keeps the compressed layers too.",
			Example: "nodes: node1: disks: emmc: {size: \"14G\", images: true}    // keep the largest off it with place",
		},
		{
			Code: "images/disk-unknown", Title: "the size of images, or of the disk that holds them, is unknown",
			Plural:  "whether images fit was not checked for %d disks",
			Text:    "`stillsuit images lock --sizes` records the size of each platform of an image, and `disks` of a node says which one holds images. Without both, whether the images fit on the disk is not checked.",
			Example: "\"sizes\": {\"linux/arm64\": 123456789}    // in images.lock.json",
		},
		{
			Code: "images/of-chart", Title: "the images of a chart were not checked",
			Plural:  "the images of %d charts were not checked",
			Text:    "Helm renders the chart in the cluster. Which images it runs, and whether the nodes can run them, is unknown here.",
			Example: "charts: dashboard: {repo: \"https://charts.example.com\", chart: \"dashboard\", version: \"1.2.3\"}",
		},
		{
			Code: "images/unreadable", Title: "an image reference that cannot be read",
			Plural:  "%d image references cannot be read",
			Text:    "The image is not a reference: a variable that Flux replaces in the cluster, for example. It was not checked.",
			Example: "image: ghcr.io/example/site:${VERSION}    # write the version",
		},
		{
			Code: "images/fact", Title: "a fact about images that cannot be used",
			Plural:  "%d facts about images cannot be used",
			Text:    "An entry of `cluster.images` has patterns for images and tags, an architecture, a source, and either the instruction set that the programs need or the architecture that they are really built for.",
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
			Text:    "images.lock.json holds each image's digest and the platforms that it is built for. An image that is not in it is rendered as it is written: its tag can move, and its pods can be scheduled on a node that it cannot run on. It is an error where the nodes have several architectures, and where the lock, or that of --base, has the image under another tag: a new version, as a bot proposes it, would lose the digest that the old one had. `stillsuit render` then fails too, after it wrote the tree. A new version that is not locked keeps the architectures of the tags before it. Otherwise it is a note. `stillsuit images lock REF` reads it from the registry.",
			Example: "\"ghcr.io/example/site:1.0.0\": {\"digest\": \"sha256:…\", \"platforms\": [\"linux/arm64\"], …}    // in images.lock.json",
		},
		{
			Code: "images/no-digest", Title: "an image is locked without a digest",
			Plural:  "%d images have no digest in images.lock.json",
			Text:    "Its entry in images.lock.json has platforms from its publisher's statement, but no digest. Its pods are scheduled correctly, and pull whatever the tag points to at that time. `stillsuit images lock REF` reads the digest from the registry.",
			Example: "\"ghcr.io/example/site:1.0.0\": {\"platforms\": [\"linux/arm64\"], \"provenance\": \"declared\", \"evidence\": [\"its Makefile\"]}",
		},
		{
			Code: "images/declared", Title: "an image is unverified",
			Plural:  "%d images are unverified",
			Text:    "The entry of images.lock.json has the provenance `declared`: it comes from statements of the publisher or others, not from the registry, and may be out of date.",
			Example: "\"provenance\": \"declared\"    // `stillsuit images lock --update` asks the registry",
		},
		{
			Code: "images/one-platform-digest", Title: "a digest is one platform's manifest",
			Plural:  "%d digests are of one platform only",
			Text:    "A tag for several platforms points to an index, and the index to a manifest for each platform. The digest that a pull on your own machine shows may be that of one manifest: nodes of another architecture pull it and cannot run it. Pin the index, or leave the digest to the lock.",
			Example: "image: docker.io/library/eclipse-mosquitto:2.0.22@sha256:cba7cd79…    # linux/amd64 alone",
		},
		{
			Code: "images/retagged", Title: "a tag was pushed again",
			Plural:  "%d tags were pushed again with another digest",
			Text:    "The registry had another image under this tag before. The new one may be a rebuild with newer base packages, or something else. The digest keeps the pods as they are until the lock changes.",
			Example: "\"history\": [{\"digest\": \"sha256:…\", \"seen\": \"2026-08-01\"}]    // in images.lock.json",
		},
		{
			Code: "images/floating-tag", Title: "a tag moves with releases",
			Plural:  "%d images have a tag that moves with releases",
			Text:    "`latest`, `stable` or `16` point to the latest release: two nodes can run different programs, a restart can bring an upgrade, and the version is unknown. With a digest all pods are the same, so this is only a note.",
			Example: "image: \"ghcr.io/example/site:latest\"    // :1.0.0",
		},
		{
			Code: "images/not-literal", Title: "a reference that Renovate cannot find",
			Plural:  "Renovate cannot find %d image references",
			Text:    "Renovate finds references by their text: `image:` and the reference in quotes. A reference that is put together from parts is the same to CUE, but Renovate never updates it.",
			Example: "image: \"ghcr.io/example/site:\\(version)\"    // \"ghcr.io/example/site:1.0.0\"",
		},
	}
}
