package resolve

import (
	"fmt"
	"maps"
	"net/netip"
	"slices"

	"stillsuit.dev/generator/model"
)

// checkPlugin reports network plugins that leave NetworkPolicies to nobody, or to two
// programs. flannel enforces none itself: K3s does beside it, Talos does not
// (docs.siderolabs.com, Flannel CNI), and kube-router, Cilium, Calico and Canal do.
func (r declarations) checkPlugin() {
	c, at := r.Desired.Cluster, model.Path{"cluster", "network", "cni"}
	switch cni := c.Network.CNI; {
	case (cni == "kube-router" || cni == "cilium" || cni == "calico" || cni == "canal") && c.Kubernetes.Brings("network-policy"):
		r.Error(at, "cluster/duplicate", "the network plugin is "+cni, "K3s runs its network policy controller too, and both write the same rules",
			`start K3s with --disable-network-policy and write cluster: kubernetes: bundled: "network-policy": false`)
	case cni == "flannel" && c.Kubernetes.Distribution == "talos":
		r.Note(at, "network/not-enforced", "flannel on Talos enforces NetworkPolicies only when its configuration turns it on", "without that every pod reaches every other",
			"Set cluster.network.cni.flannel.kubeNetworkPoliciesEnabled in Talos 1.13 or later, or use Cilium.")
	case cni == "flannel" && c.Kubernetes.Distribution != "k3s":
		r.Warn(at, "network/not-enforced", "nothing enforces NetworkPolicies: flannel does not", "every pod reaches every other", "Use kube-router, Cilium, Calico or Canal.")
	case cni == "flannel" && !c.Kubernetes.Brings("network-policy"):
		r.Warn(at, "network/not-enforced", "nothing enforces NetworkPolicies: flannel does not, and K3s's network policy controller is off", "every pod reaches every other",
			`Remove bundled: "network-policy": false and start K3s without --disable-network-policy, or use another network plugin.`)
	}
	if mode := c.Kubernetes.EgressSelector; mode != "" && c.Kubernetes.Distribution != "k3s" {
		r.Error(model.Path{"cluster", "kubernetes", "egressSelector"}, "cluster/egress-selector", fmt.Sprintf("%s has no egress selector mode %s", c.Kubernetes.Distribution, mode), "only K3s has one",
			"Remove egressSelector.")
	}
}

// checkRanges reports parts of the pod range that are none, or that two nodes have.
func (r declarations) checkRanges() {
	pods, err := netip.ParsePrefix(r.Desired.Cluster.Network.Pods)
	whole := err == nil
	had := map[string]netip.Prefix{}
	for _, name := range slices.Sorted(maps.Keys(r.Desired.Cluster.Nodes)) {
		text, at := r.Desired.Cluster.Nodes[name].Pods, model.Path{"cluster", "nodes", name, "pods"}
		if text == "" {
			continue
		}
		own, err := netip.ParsePrefix(text)
		switch {
		case err != nil || own != own.Masked():
			r.Error(at, "network/bad-address", fmt.Sprintf("%q is no range of addresses", text), "", "Write it like 10.42.1.0/24.")
			continue
		case whole && own.Addr().Is4() == pods.Addr().Is4() && (!pods.Contains(own.Addr()) || own.Bits() < pods.Bits()):
			r.Error(at, "network/node-pods", fmt.Sprintf("node %s has the pods of %s, which is no part of the pod range %s", name, text, pods), "",
				fmt.Sprintf("Correct it to what kubectl get node %s -o jsonpath={.spec.podCIDR} prints, or correct cluster.network.pods.", name))
		}
		for _, other := range slices.Sorted(maps.Keys(had)) {
			if had[other].Overlaps(own) {
				r.Error(at, "network/node-pods", fmt.Sprintf("nodes %s and %s both have pods of %s", other, name, text), "",
					fmt.Sprintf("Correct one to what kubectl get node %s -o jsonpath={.spec.podCIDR} prints.", name))
			}
		}
		had[name] = own
	}
}
