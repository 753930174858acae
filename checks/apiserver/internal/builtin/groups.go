package builtin

import "k8s.io/kubernetes/pkg/api/legacyscheme"

// KnowsGroup reports whether the API server has a group of its own.
func KnowsGroup(group string) bool { return legacyscheme.Scheme.IsGroupRegistered(group) }
