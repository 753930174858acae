// Package change tells what becomes of the objects that a cluster has when those of a
// branch are applied over them: which changes the API server refuses, which stay without
// effect, and whose data is deleted or left behind.
//
// Flux applies a unit as a whole, after a dry run of each of its objects. One that is
// refused keeps the unit as it was, and all that come after it wait: it is known before
// the push what the cluster has, so it is said then. An object that carries Flux's
// annotation force is deleted instead and made anew, whatever the reason of the refusal
// (github.com/fluxcd/pkg/ssa v0.76.2, errors/immutable.go).
//
// What cannot be changed is a table, of the kinds that the API server of Kubernetes 1.34
// has validation of updates for; tests/e2e asks a real one about each row. Not looked at
// are kinds of others, whose rules are in their definitions and webhooks, what charts
// make, and what only controllers write.
package change
