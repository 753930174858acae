// Package libs holds what policies see as `exceptions`. CEL names a Go type by its
// package, and policies written for Kyverno know it as libs.Exception.
package libs

// Exception is what the exceptions that fit an object allow, short of excusing it.
type Exception struct {
	AllowedImages []string `cel:"allowedImages"`
	AllowedValues []string `cel:"allowedValues"`
}
