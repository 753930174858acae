// Package images holds the image of every container against the nodes on which its
// pod may land.
//
// For each pod template, of an app or of an object that stands in the CUE or in a
// tree as it is, it finds the nodes that may take the pods: by node name, selector
// and required affinity, taints, storage that lies on some nodes only, devices, and
// the pods that they must be beside. It compares their architectures with the
// platforms that images.lock.json has for each image, and reports an image that one
// of these nodes could not run.
//
// It also reports what makes an image's content uncertain (no entry in the lock, or one
// without a digest, a floating tag, a tag that was pushed again, a digest that is one
// platform's manifest), an image whose user the kubelet does not start under
// runAsNonRoot, what is known of single images (an instruction set that a processor
// lacks, programs built for another architecture than their manifest says), and
// disks that the images of a node would fill.
//
// An image that is not in the lock is an error where the nodes have several
// architectures, or where the lock, or that of the branch that this one is compared
// with, has another tag of it: what was proved of the old tag is not true of the new one.
//
// It reads files only. What a chart runs is decided in the cluster, and so is said
// to be unknown here.
package images
