// Package size tests that packages, types and functions stay small enough to be read:
// what outgrows a bound is divided, or named among the exceptions with its reason.
package size
