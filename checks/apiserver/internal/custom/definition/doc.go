// Package definition validates CustomResourceDefinitions. Its files are copies, byte for
// byte but for the names of packages, of k8s.io/apiextensions-apiserver,
// pkg/apis/apiextensions/validation, as that package cannot be imported at a bearable
// weight: for three functions about webhooks, which are in the package webhook here, it
// brings in gRPC, OpenTelemetry's exporters and client-go's configuration, 15 modules and
// 13 MB of the stripped binary. The test compares the copies with the modules of go.mod, so
// that a new version of these cannot go unnoticed. Licence: Apache-2.0, as in each file.
package definition
