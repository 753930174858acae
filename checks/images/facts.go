package images

import (
	"fmt"
	"maps"
	"path"
	"regexp"
	"slices"
	"strings"

	"stillsuit.dev/finding"
	"stillsuit.dev/generator/image"
	"stillsuit.dev/generator/model"
	"stillsuit.dev/inventory"
)

// known are facts about images that their platforms do not tell. Reason is the
// source of each.
func known() []model.ImageFact {
	return []model.ImageFact{
		{
			Image: "docker.io/library/mongo", Tags: `^([5-9]|[1-9][0-9])([.-]|$)|^4[.]4[.](19|[2-9][0-9])`, Arch: "arm64", Level: "armv8.2-a",
			Reason: "docker-library/mongo issue 510 and pull request 610: MongoDB 5.0, and 4.4 from 4.4.19 on",
		},
		{
			Image: "docker.io/library/mongo", Tags: `^([5-9]|[1-9][0-9])([.-]|$)`, Arch: "amd64", Level: "x86-64-v2",
			Reason: "mongodb.com/docs/manual/administration/production-notes: Sandy Bridge or Bulldozer, with AVX, from 5.0 on",
		},
		{ // redis/docker-library-redis issue 521: 8.6.2 runs, and 8.6.4 does
			Image: "docker.io/library/redis", Tags: `^8[.]6[.]3(-|$)`, Arch: "arm64", Level: "armv8.1-a",
			Reason: "redis/redis issues 15175 and 15189: its search module is built with LSE atomics",
		},
		{ // 3.2.0 runs; 3.5.0 has another torch, by its changelog
			Image: "docker.io/rhasspy/wyoming-whisper", Tags: `^3[.](3|4)[.]`, Arch: "arm64", Level: "armv8.1-a",
			Reason: "home-assistant/addons issue 4694: 3.3.2 to 3.4.1 end in SIGILL on a Raspberry Pi 4; pytorch/pytorch issue 146792 for their torch 2.6.0",
		},
		{ // ONNX Runtime 1.21.0 ends in SIGILL on a Raspberry Pi 4, where 1.20 runs (microsoft/onnxruntime
			// issues 23957, 24112 and 24512). That this image ships it is our reading of the days.
			Image: "ghcr.io/open-webui/open-webui", Tags: `^v?0[.]6[.]0(-|$)`, Arch: "arm64", Level: "armv8.2-a",
			Reason: "open-webui/open-webui issue 12257 and pull request 12299: it does not start on a Raspberry Pi 4",
		},
		{
			Image: "docker.io/percona/percona-server-mongodb", Tags: `^([6-9]|[1-9][0-9])[.]`, Arch: "arm64", Level: "armv8.2-a",
			Reason: "docs.percona.com/percona-server-for-mongodb/6.0/install/system-requirements.html",
		},
		{
			Image: "docker.io/percona/percona-server-mongodb-operator", Tags: `^1[.](2[2-9]|[3-9][0-9])[.]`, Arch: "amd64", Level: "x86-64-v3",
			Reason: "docs.percona.com/percona-operator-for-mongodb/1.23.1/System-Requirements.html: UBI 10 from 1.22.0 on",
		},
		{
			Image: "registry.access.redhat.com/ubi9/*", Arch: "amd64", Level: "x86-64-v2",
			Reason: "developers.redhat.com/blog/2021/01/05/building-red-hat-enterprise-linux-9-for-the-x86-64-v2-microarchitecture-level",
		},
		{
			Image: "cgr.dev/chainguard/*", Arch: "amd64", Level: "x86-64-v2",
			Reason: "chainguard-images/images issue 1658",
		},
		{
			Image: "docker.elastic.co/elasticsearch/elasticsearch", Tags: `^9[.]`, Arch: "amd64", Level: "x86-64-v2",
			Reason: "elastic/docs-content issue 3449",
		},
		{
			Image: "registry.k8s.io/node-problem-detector/node-problem-detector", Tags: `^v0[.]8[.]14$`, Arch: "arm64", Holds: "amd64",
			Reason: "kubernetes/node-problem-detector issue 797",
		},
		{
			Image: "ghcr.io/dmno-dev/varlock", Tags: `^0[.]2[.]3$`, Arch: "arm64", Holds: "amd64",
			Reason: "dmno-dev/varlock issue 336",
		},
		{
			Image: "ghcr.io/cloudposse/atmos", Tags: `^(0|1[.]([0-9]|[0-9][0-9]|1[0-9][0-9]|2[01][0-9]|22[0-5]))[.]`, Arch: "arm64", Holds: "amd64",
			Reason: "cloudposse/atmos issue 2931: every tag until then, 1.225.0 the last one seen",
		},
		{
			Image: "ghcr.io/mostlygeek/llama-swap", Tags: `^cpu$`, Arch: "arm64", Holds: "amd64",
			Reason: "mostlygeek/llama-swap issue 818",
		},
		{
			Image: "docker.io/bitnami/minideb", Tags: `^latest(-amd64)?$`, Arch: "amd64", Holds: "arm64",
			Reason: "bitnami/minideb issue 241",
		},
	}
}

// fact is one that is known, ready to be used.
type fact struct {
	model.ImageFact
	tags *regexp.Regexp // nil for all
}

// knownFacts are the compiled-in ones and the cluster's own, of which those that
// cannot be used are reported.
func (c *check) knownFacts() error {
	for _, k := range known() {
		f := fact{ImageFact: k}
		if k.Tags != "" {
			f.tags = regexp.MustCompile(k.Tags)
		}
		c.facts = append(c.facts, f)
	}
	if c.Cluster == nil {
		return nil
	}
	for _, name := range slices.Sorted(maps.Keys(c.Cluster.Images)) {
		given, at := c.Cluster.Images[name], inventory.Spot{Path: []string{"images", name}}
		tags, err := regexp.Compile(given.Tags)
		_, glob := path.Match(given.Image, "")
		switch {
		case err != nil:
			c.Error(at.Join("tags"), "images/fact", fmt.Sprintf("%q is not a regular expression", given.Tags), "tags are matched against it", "correct it")
		case glob != nil:
			c.Error(at.Join("image"), "images/fact", fmt.Sprintf("%q is not a pattern", given.Image), "images are matched against it", "correct it")
		case given.Image == "" || given.Arch == "" || given.Reason == "" || (given.Level == "") == (given.Holds == ""):
			c.Error(at, "images/fact", fmt.Sprintf("fact %s is incomplete", name), "it needs image, arch, reason, and one of level and holds", "add what is missing")
		default:
			own := *given
			own.Image = image.Pattern(given.Image)
			c.facts = append(c.facts, fact{own, tags})
		}
	}
	return nil
}

// knowledge holds what is known of an image against the nodes.
func (c *check) knowledge(at inventory.Spot, u use) {
	for _, f := range c.facts {
		matches, _ := path.Match(f.Image, u.Repository) // the pattern was tried
		if !matches || f.tags != nil && !f.tags.MatchString(u.Tag) {
			continue
		}
		var unfit, unknown []string
		for _, name := range u.nodes {
			node := c.Nodes[name]
			switch {
			case node.Arch != f.Arch:
			case f.Holds != "":
				unfit = append(unfit, name)
			case node.Level == "":
				unknown = append(unknown, name)
			case !inventory.Reaches(node.Level, f.Level):
				unfit = append(unfit, fmt.Sprintf("%s (%s)", name, node.Level))
			}
		}
		if f.Holds != "" {
			if len(unfit) > 0 {
				c.Error(at, "images/wrong-binary", fmt.Sprintf("%s for %s holds programs for %s (%s)", u.Tagged(), f.Arch, f.Holds, f.Reason), fmt.Sprintf("%s can be scheduled on %s", u.pod.DisplayName(), finding.All(unfit)), "take another version, or keep the pods off "+f.Arch)
			}
			continue
		}
		if len(unfit) > 0 {
			c.Error(at, "images/cpu-level", fmt.Sprintf("%s needs %s on %s (%s)", u.Tagged(), f.Level, f.Arch, f.Reason), fmt.Sprintf("%s can be scheduled on %s", u.pod.DisplayName(), finding.All(unfit)), "keep the pods on nodes that have it, or take an older version")
		}
		if len(unknown) > 0 {
			c.Warn(at, "images/cpu-level", fmt.Sprintf("%s needs %s on %s (%s)", u.Tagged(), f.Level, f.Arch, f.Reason), fmt.Sprintf("the instruction set of %s is unknown", strings.Join(unknown, ", ")), "add `level` to the node in cluster.nodes")
		}
	}
}
