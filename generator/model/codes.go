package model

import "stillsuit.dev/finding"

// Codes documents every code of a finding that this package makes.
func Codes() []finding.Code {
	return []finding.Code{}
}
