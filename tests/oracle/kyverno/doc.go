// Package kyverno holds the policies of policies/library against Kyverno itself: its
// command line runs their tests, and its engine judges their fixtures in process. It
// is a module of its own, because Kyverno's engine is no part of stillsuit.
package kyverno
