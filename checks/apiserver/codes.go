package apiserver

import (
	"slices"

	"stillsuit.dev/checks/apiserver/internal/builtin"
	"stillsuit.dev/checks/apiserver/internal/versions"
	"stillsuit.dev/finding"
)

// codes documents the findings of this check: those of its parts.
func codes() []finding.CodeDoc {
	return slices.Concat(builtin.Codes(), versions.Codes(), customCodes(), nameCodes())
}
