// Package evaluate reads a repository's CUE: it loads the package of one
// cluster, checks it against the schemas, and returns each entry as JSON, the
// place of every value in the user's own files, and what is wrong with the
// input in plain words. It and the packages below it are the only ones that know CUE.
//
// Everything is read through the repository's os.Root: a symbolic link or an
// @embed attribute cannot leave it. Nothing reaches the network or CUE's own
// module cache; the module stillsuit.dev is served from memory to repositories
// that depend on it.
package evaluate
