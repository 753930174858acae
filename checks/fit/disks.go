package fit

import (
	"fmt"
	"maps"
	"slices"

	"k8s.io/component-helpers/storage/volume"

	"stillsuit.dev/generator/quantities"
	"stillsuit.dev/inventory"
)

// disks sums what the claims of each node's disks ask for. Local provisioners hold
// nobody to a size, so the sum is what may be written, and not what is.
func (a *analysis) disks() {
	type at struct{ node, class string }
	asked, unknown := map[at]int64{}, map[at]int{}
	seen := map[string]bool{}
	for _, i := range a.plan.lasting() {
		one := a.plan.pods[i]
		for _, key := range one.claims {
			node, here := a.lie[key]
			claim := a.storage.claim(key, one)
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
	for i := range a.report.Nodes {
		n := &a.report.Nodes[i]
		declared := a.subject.Nodes[n.Name].Disks
		for _, name := range slices.Sorted(maps.Keys(declared)) {
			d := declared[name]
			on := at{n.Name, d.Class}
			if n.Offline != "" || d.Class == "" || d.Size.Sign() <= 0 {
				continue
			}
			n.Disks = append(n.Disks, Disk{Name: name, Size: quantities.Of(&d.Size), Claims: asked[on], Unknown: unknown[on]})
			if asked[on] > quantities.Of(&d.Size) {
				want, have := amounts(asked[on], quantities.Of(&d.Size))
				a.pass.Warn(inventory.Spot{Node: n.Name, Labels: []string{"disks", name}}, "fit/disk", fmt.Sprintf("the claims on disk %s of node %s ask for %s", name, n.Name, want),
					fmt.Sprintf("it holds %s, and nothing stops a volume before it is full", have), "ask for less, or put some on another disk")
			}
		}
	}
}
