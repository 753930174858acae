// Package charts renders the charts that come inside Go modules, those of MetalLB,
// cert-manager and Kyverno, with Helm's own engine and with our values as the clusters
// render them, and compares what they make with what the catalogue and the clusters
// declare: footprints, Services, webhooks, network policies and Pod Security levels.
// Charts that are in no module are compared in tests/tree, with facts that were
// gathered once.
package charts
