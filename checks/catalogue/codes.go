package catalogue

import "stillsuit.dev/finding"

// codes documents the findings of this check.
func codes() []finding.CodeDoc {
	return []finding.CodeDoc{{
		Code: "catalogue/needs", Title: "a value that the catalogue entry needs is missing",
		Text:    "A catalogue entry lists in needs what it does not start without and cannot know. Each is a path in the entry; of paths with | between them one is enough. Give the value beside from.",
		Example: "apps: \"home-assistant-mcp\": {\n\tfrom: \"home-assistant-mcp\"\n\tcontainers: main: env: HOMEASSISTANT_URL: \"http://home-assistant.home.svc.cluster.local:8123\"\n}",
	}}
}
