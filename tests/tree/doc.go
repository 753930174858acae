// Package tree holds proofs about the whole tree that is rendered for the
// reference cluster: kustomize and Flux build from it the objects that were
// rendered, and these objects fit together. Each check is a function that
// returns what it found, and is shown a broken tree too.
package tree
