// Package registration validates the objects of admissionregistration.k8s.io. Its files are
// copies, byte for byte but for the names of packages and the order of imports, of
// k8s.io/kubernetes, pkg/apis/admissionregistration/validation, as that package cannot be
// imported at a bearable weight: for six types of expressions, which are in the package
// accessor here, it brings in informers, gRPC and OpenTelemetry's exporters, more than 300
// packages. The test compares the copies with the modules of go.mod, so that a new version of
// these cannot go unnoticed. Licence: Apache-2.0, as in each file.
package registration
