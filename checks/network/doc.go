// Package network checks that NetworkPolicies let in and out what the cluster needs.
//
// It evaluates the NetworkPolicies of the finished objects, so that patches and raw objects
// count, for each source and target that the declarations name: the Kubernetes API and the
// webhooks of charts, pods that use their node's network and those they connect to, kubelets
// and the ports of probes, connections between apps, hosts, load balancers, tunnels and
// meshes. Under which address a node talks to pods follows from the network plugin, see
// cluster.network.cni. A source that must reach its target and does not is an error. What
// other pods can reach without a declaration is a note, and so is what cannot be told.
//
// It also reports a Service of type LoadBalancer that gets no address because no pool of
// MetalLB assigns one by itself, and an Alertmanager that sends its alerts to nobody. Both
// are found in a tree that no CUE produced, too; of webhooks it reports there what the tree
// and its nodes do not tell.
package network
