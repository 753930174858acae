package checks

import "stillsuit.dev/finding"

// codeIncomplete is that of input that was not checked in full, when nothing else says so.
const codeIncomplete finding.Code = "check/incomplete"

// Codes documents the findings of the frame itself. Those of a checker are in its
// Codes.
func Codes() []finding.CodeDoc {
	return []finding.CodeDoc{
		{
			Code: codeIncomplete, Hiding: finding.ByNothing, Title: "the input was not checked in full, and why is hidden",
			Text:    "Something in the input is so wrong that objects are missing, and what is missing was not checked. --only, --skip or a suppression hides the errors that say what it is. Such a run is no pass. Fix what the hidden errors say; `stillsuit render --check` shows those of a cluster too.",
			Example: "stillsuit check --skip cue/conflict    // stillsuit check",
		},
		{
			Code: "check/suppression-expired", Hiding: finding.ByFlags, Title: "a suppression whose last day is over",
			Text:    "It hides nothing any longer, so what it was about is reported again. Mend that and remove the suppression, or decide once more: give it a later day.",
			Example: "cluster: suppress: whisper: until: \"2025-01-31\"    // a day to come",
		},
		{
			Code: "check/suppression-unused", Hiding: finding.ByFlags, Title: "a suppression of nothing",
			Text:    "What it was about is mended. Remove it, or it hides the next finding of that kind without a word.",
			Example: "cluster: suppress: whisper: {code: \"images/floating-tag\", …}    // the tag is a version now: remove it",
		},
	}
}
