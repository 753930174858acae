// Package tree lays rendered objects out as the Kustomize tree that Flux
// reconciles, and writes that tree so that nothing is lost: a file is replaced
// or removed only when its seal shows that nobody edited it, and a crash leaves
// the old tree or the new one.
package tree

// File is one file of a rendered tree.
type File struct {
	Path    string   // slash-separated, relative to the repository's root
	Content []byte   // LF line ends; the seal line is not part of it
	Sources []string // files it was made from, relative to the root, sorted; named in the seal
	// Once marks a placeholder for a file that belongs to another tool: it is
	// written when nothing is there, without a seal, and never again looked at.
	Once bool
}

// Tree is a set of files, sorted by path, each path once.
type Tree struct {
	// Owned lists the directories (relative to the root) in which a sealed file
	// that is not in the tree is stale, to be removed.
	Owned []string
	Files []File
}
