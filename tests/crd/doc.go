// Package crd decodes what is rendered for the controllers of others (MetalLB,
// cert-manager, Traefik, Velero, the Prometheus operator, Flux) strictly into their
// own types, and holds it against their definitions. The generator writes these
// objects from small types of its own, in which a name may be misspelt.
package crd
