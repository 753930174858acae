package builtin

import "k8s.io/kubernetes/pkg/api/legacyscheme"

// Untyped is a value as JSON decodes it.
func Untyped(value any) map[string]any { return untyped(value) }

// KnowsGroup reports whether the API server has a group of its own.
func KnowsGroup(group string) bool { return legacyscheme.Scheme.IsGroupRegistered(group) }
