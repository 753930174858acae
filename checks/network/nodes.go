package network

import (
	"fmt"
	"net/netip"
	"slices"

	"stillsuit.dev/generator/model"
)

// nodeEnds is how a node looks to pods that may run on some nodes: nothing when all of them
// would be on the node itself, from which policies always admit. loose says that the address
// is only known to be one of the pods', so that other pods get in with it.
func (c *cast) nodeEnds(name string, towards []string) (ends []end, loose bool) {
	node := c.Nodes[name]
	if node == nil || len(towards) == 1 && towards[0] == name {
		return nil, false
	}
	out := end{name: "node " + name, entities: []string{"remote-node"}}
	if node.Role == "server" {
		out.entities = append(out.entities, "kube-apiserver")
	}
	address, _ := netip.ParseAddr(node.Address) // not valid: reported where it stands
	own, anywhere := out, out
	own.address = address
	anywhere.within = c.pods
	switch c.Cluster.Network.Sight() {
	case model.SightAddress:
		return []end{own}, false
	case model.SightOverlay:
		out.address = node.Overlay()
		if out.address.IsValid() {
			return []end{out}, false
		}
		return []end{anywhere}, true
	case model.SightRange:
		return []end{anywhere}, true
	case model.SightIdentity:
		return []end{out}, false
	}
	return []end{own, anywhere}, true
}

// seen says under which address an end is seen.
func (e end) seen() string {
	switch {
	case e.address.IsValid():
		return fmt.Sprintf("%s (%s)", e.name, e.address)
	case e.within.IsValid():
		return fmt.Sprintf("%s (in %s)", e.name, e.within)
	}
	return e.name
}

// servers are the nodes that run the Kubernetes API, sorted.
func (c *cast) servers() []string {
	return slices.DeleteFunc(c.NodeNames(), func(name string) bool { return c.Nodes[name].Role != "server" })
}
