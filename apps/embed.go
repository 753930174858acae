// Package apps embeds the catalogue: the CUE packages that apps and containers
// of any cluster name with from. Each is one directory; its first comment says
// what it is, what it costs and where it runs.
package apps

import "embed"

// FS holds the catalogue's packages, <name>/<name>.cue.
//
//go:embed */*.cue
var FS embed.FS
