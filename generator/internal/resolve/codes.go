package resolve

import (
	"slices"

	"stillsuit.dev/finding"
)

// Codes documents every code of a finding that this package makes.
func Codes() []finding.CodeDoc {
	return slices.Concat(appCodes(), containerCodes(), clusterCodes(), rbacCodes(), workspaceCodes(), networkCodes(), nodesCodes(), volumeCodes(), fileCodes(), placeCodes(), objectCodes(), chartCodes(), factCodes(), storageCodes(), policyCodes())
}
