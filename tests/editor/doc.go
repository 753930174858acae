// Package editor tests what an editor offers in a cluster's CUE: it drives CUE's own
// language server, `cue lsp` (tests/tools/go.mod pins its version), as an editor does. In
// the form that README and docs teach, fields complete, hover shows the schema's comments,
// a definition leads into the schema, and `cue vet` rejects a misspelt field. What the
// server cannot do is tested too, so that docs/how-to/editor.md says what is true.
package editor
