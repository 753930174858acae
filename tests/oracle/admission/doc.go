// Package admission asks Kubernetes' own admission plugin what the rules of
// workspaces refuse: the rendered ValidatingAdmissionPolicies are given to it as
// they are, with requests from testdata. It is a module of its own, because the
// API server's packages are no part of stillsuit.
package admission
