package images

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"stillsuit.dev/checks"
	"stillsuit.dev/finding"
	"stillsuit.dev/generator/model"
	"stillsuit.dev/generator/quantities"
	"stillsuit.dev/inventory"
)

// The kubelet's defaults (kubernetes.io, KubeletConfiguration v1beta1,
// imageGCHighThresholdPercent).
const defaultHigh = "85%"

// unpacked is how much more an image takes on the disk than is pulled: containerd
// keeps the compressed layers beside the unpacked ones. Our choice: layers unpack
// to twice their size, so three times in all.
const unpacked = 3

// load is what the images of a node take.
type load struct {
	pulled  int64 // bytes to pull
	unknown int   // images whose size is not known
	most    int64
	largest string // the largest image
}

// disks holds the images that a node may have at the same time against the disk
// that they lie on.
func (c *check) disks() {
	missing, total := map[string]bool{}, map[string]bool{}
	var diskless []string
	for _, name := range c.NodeNames() {
		node := c.Nodes[name]
		var may, must load // of all pods, and of those that can land nowhere else
		for _, ref := range slices.Sorted(maps.Keys(c.pulls[name])) {
			u := c.pulls[name][ref]
			if u.locked != nil && !node.RunsAny(u.locked.Platforms) {
				continue // it does not run there, which is told
			}
			size, ok := node.Pulls(u.locked)
			total[u.Tagged()] = true
			if !ok {
				missing[u.Tagged()] = true
			}
			may.add(u, size, ok)
			if u.stays() {
				must.add(u, size, ok)
			}
		}
		found := false
		for _, disk := range slices.Sorted(maps.Keys(node.Disks)) {
			if d := node.Disks[disk]; d.Images && !d.Size.IsZero() {
				if found = true; quantities.Known(d.Size) { // else it is refused where it stands
					c.disk(inventory.Spot{Node: name, Path: []string{"disks", disk}}, name, quantities.Of(&d.Size), may, must)
				}
			}
		}
		if !found && node.Offline == "" && len(c.pulls[name]) > 0 {
			diskless = append(diskless, name)
		}
	}
	if len(diskless) > 0 {
		c.Note(inventory.Spot{}, "images/disk-unknown", fmt.Sprintf("the size of the disk that holds the images of %s is unknown", finding.All(diskless)), "whether they fit was not checked", "add `disks: NAME: {size: \"…\", images: true}` to the node")
	}
	if len(missing) > 0 {
		c.Note(inventory.Spot{}, "images/disk-unknown", fmt.Sprintf("%d of %d images have no size in images.lock.json", len(missing), len(total)), "whether they fit on the disks was not checked", fmt.Sprintf("run `stillsuit images lock %s--sizes`", c.where()))
	}
}

func (l *load) add(u use, size int64, known bool) {
	l.pulled = quantities.Sum(l.pulled, size)
	if !known {
		l.unknown++
	}
	if size > l.most {
		l.most, l.largest = size, u.Tagged()
	}
}

// disk reports images that a disk of that size does not hold.
func (c *check) disk(at inventory.Spot, node string, size int64, may, must load) {
	high := model.Share(defaultHigh)
	if c.Cluster != nil {
		high = cmp.Or(c.Cluster.Kubernetes.ImageGC.High, high)
	}
	percent, err := strconv.ParseInt(strings.TrimSuffix(string(high), "%"), 10, 64)
	if err != nil || percent > 100 {
		percent = 100 // image garbage collection is off, so only the disk itself is a limit
	}
	limit := size / 100 * percent // no more than the size
	tell := func(report func(inventory.Spot, finding.Code, string, string, string) checks.Reported, who string, l load) {
		rest := ""
		if l.unknown > 0 {
			rest = fmt.Sprintf(", and %d of unknown size", l.unknown)
		}
		report(at, "images/disk", fmt.Sprintf("%s node %s take about %s on its disk (%s to pull%s)", who, node, gigabytes(quantities.Times(l.pulled, unpacked)), gigabytes(l.pulled), rest),
			fmt.Sprintf("above %s (%d%% of the disk) the kubelet removes images that no container uses, and then evicts pods", gigabytes(limit), percent),
			fmt.Sprintf("keep some pods off the node (its largest image is %s), or put images on a larger disk", l.largest))
	}
	switch {
	case must.pulled > limit:
		tell(c.Error, "the images that can run only on", must)
	case quantities.Times(may.pulled, unpacked) > limit:
		tell(c.Warn, "the images that may run on", may)
	}
}

// gigabytes writes an amount as disks are sold.
func gigabytes(n int64) string { return fmt.Sprintf("%.1f GB", float64(n)/1e9) }
