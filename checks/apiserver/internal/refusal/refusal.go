// Package refusal is the answer of the parts of checks/apiserver about one object.
package refusal

import "stillsuit.dev/finding"

// Refusal is one reason why the API server rejects an object, or a part of it that the
// server drops.
type Refusal struct {
	Code     finding.Code
	Severity finding.Severity
	// Keys lead to the field in the object, list items by index: spec, containers, 0, image.
	Keys []string
	// With lead to other fields that the one does not agree with: a patch that wrote one of
	// these is to blame.
	With [][]string
	// Problem, Detail and Fix are those of the finding.
	Problem, Detail, Fix string
}
