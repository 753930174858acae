// Package schemas embeds the CUE schemas that users import as
// stillsuit.dev/schemas/v1alpha1: the files here are the published package. Beside them
// lie the JSON schemas of what the command prints as JSON.
package schemas

import "embed"

// FS holds the schema files, below v1alpha1/.
//
//go:embed v1alpha1/*.cue
var FS embed.FS
