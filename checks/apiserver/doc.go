// Package apiserver reports what the API server rejects.
//
// Each object of Kubernetes' own kinds goes through the API server's own code: it is decoded,
// gets its defaults and is validated as in a create request, with the feature gates of the
// cluster's minor version. The lists of server-side apply are compared by their keys, as
// Flux's kustomize-controller applies each object that way. Fields that a kind does not have
// are reported too, since they do nothing.
//
// Custom resources are checked by the CustomResourceDefinitions of their kinds, with the code
// of apiextensions-apiserver: unknown fields, defaults, structural schemas, lists that are
// maps or sets, and rules in CEL. Definitions are taken from the objects, from Flux's own
// gotk-components.yaml, and from what --crds names; they are checked too, but those that are
// given. Kinds without a definition are counted in one note.
//
// kustomize-controller applies a unit as a whole, after a dry run: one object that the API
// server rejects holds up all others of its unit. So most findings of this check are errors.
//
// What a running cluster decides is not guessed: admission webhooks, quotas, addresses that
// are taken, fields that may not change, rights of the account that applies.
package apiserver
