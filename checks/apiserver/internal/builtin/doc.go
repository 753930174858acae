// Package builtin asks the API server's own code about objects of Kubernetes' own kinds: it
// decodes, defaults, converts and validates them as a create request does, with the feature
// gates of a minor version.
package builtin
