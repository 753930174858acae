package mutate

import "strings"

// Excluded says why a field is left alone, or "" when it is varied: the answer of the
// API server then depends on something other than the object.
func Excluded(path []string) string {
	return excluded()[strings.Join(path, ".")]
}

// excluded are fields by their paths.
func excluded() map[string]string {
	const address = "it is a part of the URL that the object is sent to"
	const server = "the API server compares it with the object that it has"
	const filled = "the API server fills it in"
	return map[string]string{
		"apiVersion":                          address,
		"kind":                                address,
		"metadata.name":                       address + "; names that a URL can carry are tried",
		"metadata.namespace":                  address + "; names that a URL can carry are tried",
		"metadata.uid":                        server,
		"metadata.resourceVersion":            server,
		"metadata.managedFields":              server,
		"metadata.creationTimestamp":          filled,
		"metadata.deletionTimestamp":          filled,
		"metadata.generation":                 filled,
		"metadata.deletionGracePeriodSeconds": filled,
		"metadata.selfLink":                   filled,
		"metadata.generateName":               "the object has a name, which the API server takes",
		// fluxcd/pkg ssa v0.76.2, normalize/normalize.go, UnstructuredWithScheme
		"status": "kustomize-controller takes it away before it asks",
	}
}
