// Package explain says in plain words what is wrong with a package of CUE: why it could not be
// read, which of its fields mean nothing, and what CUE's errors about its values mean. Each
// finding is on the user's own line, and none repeats what may be a secret.
package explain

import (
	"cuelang.org/go/cue"
	"cuelang.org/go/cue/build"

	"stillsuit.dev/generator/evaluate/internal/places"
	"stillsuit.dev/generator/evaluate/internal/source"
)

// Package is a package of CUE, with what is known of it.
type Package struct {
	Source  *source.Repository
	Dir     string // in Source
	Cluster bool   // a cluster's package, not an entry of the catalogue
	Inst    *build.Instance
	Schema  *build.Instance // nil when there is none
	// What it has once it is evaluated. The context also evaluates the schemas.
	Context *cue.Context
	Value   cue.Value
	Places  places.Finder // of Value
}

func (p Package) tree() tree { return tree{p.Inst} }

func (p Package) schemas() *schemas {
	return &schemas{inst: p.Schema, cluster: p.Cluster, ctx: p.Context}
}

func (p Package) reporter(secrets *secrets) reporter {
	return reporter{tree: p.tree(), places: p.Places, secrets: secrets}
}
