package render

import (
	"slices"

	"stillsuit.dev/finding"
)

// Codes documents every code of a finding that this package makes.
func Codes() []finding.CodeDoc {
	return slices.Concat(appCodes(), clusterCodes(), rbacCodes(), workspaceCodes(), networkCodes(), volumeCodes(), placeCodes(), objectCodes(), chartCodes(), factCodes(), policyCodes())
}
