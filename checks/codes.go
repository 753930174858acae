package checks

import "stillsuit.dev/finding"

// Codes documents the findings of the frame itself. Those of a checker are in its
// Codes.
func Codes() []finding.Code {
	return []finding.Code{
		{
			Code: "check/suppression", Title: "a suppression that does not hold",
			Text:    "A suppression accepts findings of one code about one app, some objects or a node. It says why, and until when: what is accepted without an end is forgotten. One that lacks something, or is about a code that no check has, hides nothing. They stand in cluster.suppress, or, for a tree that no CUE produced, in the file that `stillsuit check --suppress FILE` names: by name, with the same fields and without app.",
			Example: "cluster: suppress: whisper: {\n\tcode: \"images/floating-tag\", app: \"whisper\"\n\treason: \"the publisher has no other tag\", until: \"2027-01-31\"\n}",
		},
		{
			Code: "check/suppression-expired", Title: "a suppression whose last day is over",
			Text:    "It hides nothing any longer, so what it was about is reported again. Mend that and remove the suppression, or decide once more: give it a later day.",
			Example: "cluster: suppress: whisper: until: \"2025-01-31\"    // a day to come",
		},
		{
			Code: "check/suppression-unused", Title: "a suppression of nothing",
			Text:    "What it was about is mended. Remove it, or it hides the next finding of that kind without a word.",
			Example: "cluster: suppress: whisper: {code: \"images/floating-tag\", …}    // the tag is a version now: remove it",
		},
	}
}
