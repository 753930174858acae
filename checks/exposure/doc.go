// Package exposure checks that what leads into the cluster is taken up by the program that
// is to carry it.
//
// MetalLB gives an address to one Service, and to others beside it only when they have one
// sharing key, no port in common, and either externalTrafficPolicy Cluster or the same
// pods. A Service that it refuses stays without an address, and says so in an event only.
// The Tailscale operator takes no headless Service (clusterIP: None), and drops the path of
// an Ingress that leads to one; Traefik refuses one where it is told to use the address of
// the Service (nativelb).
//
// It reads finished objects, so raw objects, patches and trees that no CUE produced count as
// much as what is declared.
package exposure
