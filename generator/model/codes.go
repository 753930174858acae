package model

import "stillsuit.dev/finding"

// Codes documents every code of a finding that this package makes.
func Codes() []finding.CodeDoc {
	return []finding.CodeDoc{
		{
			Code: "app/both-forms", Title: "an app has workloads and is one itself",
			Text:    "An app is one workload written in place, or several below workloads. With both it would not be clear whose containers, ports and volumes are meant. Move what is written in place into one of the workloads.",
			Example: "apps: immich: {user: 1000, workloads: server: {…}}\n// apps: immich: workloads: server: {user: 1000, …}",
		},
		{
			Code: "app/from-cycle", Title: "a catalogue entry stands on itself",
			Text:    "from lays an app or a container over an entry of the catalogue, which may lie over another one. The finding lists the way round: take from out of one of these entries.",
			Example: "// apps/one/one.cue\napp: from: \"two\"\n// apps/two/two.cue\napp: from: \"one\"    // remove it",
		},
		{
			Code: CodeRegistry, Title: "an image from a registry that is not allowed", Former: []finding.Code{"images/registry"},
			Plural:  "%d images or charts come from registries that are not allowed",
			Text:    "cluster.registries lists the registries, or prefixes of them, that images of this cluster may come from. What apps and charts declare is compared with it before it is rendered, and what is in objects that stand in the CUE as they are, or comes from a patch, afterwards. Add the registry there when it is trusted, or take the image from another. A suppression, and --skip, hide it from `stillsuit check`; `stillsuit render` refuses an image of an app all the same.",
			Example: "cluster: registries: [\"ghcr.io\"]\nimage: \"gchr.io/example/site:1.0.0\"    // ghcr.io",
		},
		{
			Code: "model/not-rendered", Title: "a declaration that this version does not render",
			Text:    "At the top of a cluster's package the schema holds a place for policies, and this version makes nothing of it. As nothing that is declared may be dropped silently, it is refused. A cluster chooses policies of the library in cluster.policies, and has one of its own among the objects of an app: docs/how-to/policies.md and write-a-policy.md.",
			Example: "policies: sets: [\"baseline\"]    // cluster: policies: sets: [\"baseline\"]",
		},
		{
			Code: "name/invalid", Title: "a name that Kubernetes would refuse",
			Text:    "Names become the names of objects, containers, ports and environment variables, and Kubernetes limits what these may hold. Most are lower-case letters, digits and dashes (RFC 1123), a port has at most 15 of them, and an environment variable is letters, digits, dashes, dots and underscores. The finding suggests a name where there is a near one.",
			Example: "apps: Home_Assistant: {…}    // \"home-assistant\"",
		},
	}
}
