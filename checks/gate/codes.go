package gate

import "stillsuit.dev/finding"

// The codes.
const (
	weakened = "gate/weakened"
	noBase   = "gate/no-base"
)

// Codes documents the findings of a comparison.
func Codes() []finding.CodeDoc {
	return []finding.CodeDoc{
		{
			Code: weakened, Hiding: finding.ByFlags, Title: "a change lets more pass than the branch that it is merged into",
			Text: "A pull request can change what judges it: a policy, an exception, a budget, a lock, a boundary. `stillsuit check --base DIR` compares what is declared and rendered here with the checkout of the other branch in DIR, and names each loosening, on the line that has it, or on the nearest one where something is gone. It is a warning, since some are meant: read each and decide. `--strict` fails on them. " +
				"cluster.suppress does not hide them.",
			Example: "git worktree add ../base origin/main && stillsuit check --base ../base --only gate/weakened --strict",
		},
		{
			Code: noBase, Hiding: finding.ByFlags, Title: "the other branch cannot be compared",
			Text:    "With --base, what is declared here is held against another checkout. That one has errors of its own, so it is not known what this change loosens, or what the cluster refuses of it. Mend the other branch first, or read the change with more care.",
			Example: "stillsuit check -C ../base    # says what is wrong there",
		},
	}
}
