// Package kernel knows by name what containers ask of a node's kernel: the files below /dev
// (what kind of file each is, which of them every container may open, and which group their
// mode lets in) and capabilities. No node is asked, so a name that the tables do not have is
// unknown.
package kernel
