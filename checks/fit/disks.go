package fit

import (
	"fmt"
	"maps"
	"slices"

	"k8s.io/component-helpers/storage/volume"

	"stillsuit.dev/checks"
	"stillsuit.dev/finding"
	"stillsuit.dev/generator/quantities"
	"stillsuit.dev/inventory"
)

// disks sums what the claims on each node's disks request. Local provisioners enforce no
// size, so the sum is what may be written, and not what is. lie are the nodes
// of the claims' volumes.
func disks(pass *checks.Pass, n *nominal, lie map[string]string) map[string][]Disk {
	type at struct{ node, class string }
	asked, unknown := map[at]int64{}, map[at]int{}
	seen := map[string]bool{}
	for _, i := range n.lasting() {
		one := n.pods[i]
		for _, key := range one.claims {
			node, here := lie[key]
			claim := n.facts.storage.claim(key, one)
			if !here || seen[key] || claim == nil {
				continue
			}
			seen[key] = true
			on := at{node, volume.GetPersistentVolumeClaimClass(claim)}
			size := claim.Spec.Resources.Requests.Storage()
			if size.Sign() <= 0 { // not said, or refused where it stands
				unknown[on]++
				continue
			}
			asked[on] = quantities.Sum(asked[on], quantities.Of(size))
		}
	}
	out := map[string][]Disk{}
	for _, m := range n.machines {
		for _, name := range slices.Sorted(maps.Keys(m.Disks)) {
			d := m.Disks[name]
			on := at{m.name, d.Class}
			if d.Class == "" || d.Size.Sign() <= 0 {
				continue
			}
			out[m.name] = append(out[m.name], Disk{Name: name, Size: quantities.Of(&d.Size), Claims: asked[on], Unknown: unknown[on]})
			if asked[on] > quantities.Of(&d.Size) {
				want, have := quantities.BytesApart(asked[on], quantities.Of(&d.Size))
				pass.Warn(inventory.Spot{Node: m.name, Path: []string{"disks", name}}, "fit/disk", fmt.Sprintf("volumes on disk %s of node %s request %s", name, m.name, want),
					fmt.Sprintf("the disk has %s, and a local volume can grow until the disk is full", have), "lower their sizes, or move some to another disk")
			}
		}
	}
	return out
}

// withDisks adds the disks to the nodes that have them.
func withDisks(nodes []Node, disks map[string][]Disk) []Node {
	for i := range nodes {
		nodes[i].Disks = disks[nodes[i].Name]
	}
	return nodes
}

// diskCodes documents what is reported here.
func diskCodes() []finding.CodeDoc {
	return []finding.CodeDoc{
		{
			Code: "fit/disk", Title: "the volumes on a disk can outgrow it",
			Plural:  "the volumes on %d disks can outgrow them",
			Text:    "The volumes of a local storage class are directories on one disk of the node. Nothing enforces the size that a claim requests, and together these request more than the disk has. When it is full, everything that writes there fails; if images are on it too, the kubelet removes them first.",
			Example: "volumes: library: {size: \"30Gi\", class: \"local-path\"}    // on an eMMC of 14 GB",
		},
	}
}
