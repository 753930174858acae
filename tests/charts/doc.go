// Package charts renders the charts that come inside Go modules, those of MetalLB,
// cert-manager, Kyverno and External Secrets, with Helm's own engine and with the values
// that the reference clusters and tests/third render. It compares what the charts make
// with what the catalogue and the clusters declare: footprints, Services, webhooks,
// network policies and Pod Security levels.
// Charts that are in no module are compared in tests/tree, with facts that were
// gathered once.
package charts
