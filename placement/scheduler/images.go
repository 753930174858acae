package scheduler

import (
	"strings"

	corev1 "k8s.io/api/core/v1"

	"stillsuit.dev/generator/quantities"
)

// Sizes of images between which their presence on a node counts
// (ImageLocality: minThreshold, and maxContainerThreshold for each container).
const (
	smallImages = 23 << 20
	largeImage  = 1000 << 20
)

// images are the bytes of images, by name and node.
type images map[string]map[int]int64

// imagesOf notes how large an image is on each node that has it. What counts is less
// when few nodes have it, so that pods do not all run where the first one ran.
func imagesOf(nodes []*corev1.Node) images {
	out := images{}
	for i, n := range nodes {
		for _, image := range n.Status.Images {
			for _, name := range image.Names {
				if out[name] == nil {
					out[name] = map[int]int64{}
				}
				out[name][i] = image.SizeBytes
			}
		}
	}
	return out
}

// present scores the nodes by the images that they have already; nil when none counts.
func (im images) present(p *corev1.Pod, nodes int) []int64 {
	var names []string
	for _, c := range p.Spec.InitContainers {
		names = append(names, imageName(c.Image))
	}
	for _, c := range p.Spec.Containers {
		names = append(names, imageName(c.Image))
	}
	most := largeImage * int64(len(names)) // image volumes count, but raise no limit
	for _, v := range p.Spec.Volumes {
		if v.Image != nil {
			names = append(names, imageName(v.Image.Reference))
		}
	}
	out, some := make([]int64, nodes), false
	for i := range nodes {
		var sum int64
		for _, name := range names {
			if on := im[name]; len(on) > 0 {
				sum = quantities.Sum(sum, int64(float64(on[i])*(float64(len(on))/float64(nodes))))
			}
		}
		if sum > smallImages && most > 0 {
			out[i] = maxScore * (min(sum, most) - smallImages) / (most - smallImages)
		}
		some = some || out[i] > 0
	}
	if !some {
		return nil
	}
	return out
}

// imageName is an image as nodes report it: with a tag.
func imageName(name string) string {
	if strings.LastIndex(name, ":") <= strings.LastIndex(name, "/") {
		return name + ":latest"
	}
	return name
}
