// Package admission asks Kubernetes' own admission plugin. What the rules of
// workspaces refuse is asked with requests from testdata; the policies of the library,
// in the form that needs no Kyverno, are held against the objects beside them and
// against what stillsuit check says. It is a module of its own, because the API
// server's packages are no part of stillsuit.
package admission
