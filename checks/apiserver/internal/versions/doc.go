// Package versions asks whether the API server of a minor version of Kubernetes has the kind
// of an object in the version that it names: built-in kinds by the tables of generator/apis,
// and those of Flux's controllers. The kinds of CustomResourceDefinitions are left alone.
package versions
