package fit

import (
	"slices"

	"stillsuit.dev/finding"
)

// codes documents the findings of this check, each beside what reports it.
func codes() []finding.CodeDoc {
	return slices.Concat(requestedCodes(), leftOutCodes(), machineCodes(), storageCodes(), waitingCodes(), nodeCodes(), diskCodes(),
		ceilingCodes(), updateCodes(), peakCodes(), drainCodes(), lossCodes())
}
