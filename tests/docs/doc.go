// Package docs makes the pages of docs/ that say what the code knows: a page for
// each file of the schemas, with an example out of tests/golden, and the
// catalogue, each entry rendered alone. `go test ./tests/docs -update` writes
// them; without it a page that is not what would be written is a failure, and so
// is a link that leads nowhere.
package docs
