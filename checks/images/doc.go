// Package images checks the image of every container against the nodes that its pod can
// be scheduled on.
//
// For each pod template, of an app or of an object, it finds the eligible nodes: by node
// name, selector and required affinity, taints, storage that only some nodes have, devices,
// and pods that it must run beside. It compares their architectures with the platforms
// that images.lock.json has for each image, and reports an image that one of these nodes
// cannot run.
//
// It also reports what makes an image's content uncertain (no entry in the lock, or one
// without a digest, a floating tag, a tag that was pushed again, the digest of a single
// platform's manifest), an image whose user the kubelet refuses under runAsNonRoot, images
// that need instructions which a processor lacks or that contain programs for another
// architecture, and images that fill a node's disk.
//
// An image that is not in the lock is an error where the nodes have several
// architectures, or where the lock, or that of the base branch, has another tag of it: what
// was verified about the old tag is not true of the new one.
//
// It reads files only. A chart is rendered in the cluster, so its images are unknown here.
package images
