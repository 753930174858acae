package inventory

import "stillsuit.dev/finding"

// CodeSuppression is that of a suppression that hides nothing, because it cannot be read
// or says what none can: see WrongSuppression.
const CodeSuppression finding.Code = "check/suppression"

// WrongSuppression is the error about a suppression that hides nothing.
func WrongSuppression(at finding.Place, problem, detail, fix string) finding.Finding {
	return finding.Finding{Code: CodeSuppression, Severity: finding.Error, Place: at, Problem: problem, Detail: detail, Fix: fix}
}

// Codes documents the findings of this package.
func Codes() []finding.CodeDoc {
	return []finding.CodeDoc{
		{
			Code: CodeSuppression, Hiding: finding.ByFlags, Title: "a suppression that does not hold",
			Text:    "A suppression accepts findings of one code about one app, some objects or a node. It says why, and until when: what is accepted without an end is forgotten. One that lacks something, or is about a code that no check has, hides nothing. They stand in cluster.suppress, or, for a tree that no CUE produced, in the file that `stillsuit check --suppress FILE` names: by name, with the same fields and without app.",
			Example: "cluster: suppress: whisper: {\n\tcode: \"images/floating-tag\", app: \"whisper\"\n\treason: \"the publisher has no other tag\", until: \"2027-01-31\"\n}",
		},
	}
}
