// Package golden holds whole inputs with what they render to, one concept a
// file, and mistakes with what is said about them. Each file is laid over base,
// a small cluster. `go test ./tests/golden -update` rewrites what is expected.
package golden
