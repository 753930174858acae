package gate

// kubernetes compares what the distribution enforces, and what its kubelets reserve.
func (c facts) kubernetes() {
	base, head := c.base.Cluster, c.head.Cluster
	if base.Kubernetes.Brings("network-policy") && !head.Kubernetes.Brings("network-policy") && head.Network.CNI == base.Network.CNI {
		c.same(fact("kubernetes", "bundled", "network-policy"), "K3s enforces no network policies", "it does")
	}
	if base.Kubernetes.Reserved && !head.Kubernetes.Reserved {
		c.same(fact("kubernetes", "reserved"), "nothing is reserved by the kubelets", "they reserve what the nodes say")
	}
}
