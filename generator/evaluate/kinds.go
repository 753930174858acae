package evaluate

import "stillsuit.dev/generator/evaluate/internal/source"

// The CUE module that is compiled into the program. A repository with its own
// cue.mod depends on it by this path and version.
const (
	ModulePath    = source.ModulePath
	ModuleVersion = source.ModuleVersion
)

// The kinds of catalogue entries: what an app, a container and a chart may name
// with from. Each is a field at the top level of the entry's package.
const (
	KindApp       = source.KindApp
	KindContainer = source.KindContainer
	KindChart     = source.KindChart
)
