package apiserver

import (
	"stillsuit.dev/checks/apiserver/internal/builtin"
	"stillsuit.dev/finding"
)

// codes documents the findings of this check: those of its parts.
func codes() []finding.CodeDoc { return builtin.Codes() }
