package source

import (
	"context"
	"fmt"
	"io/fs"

	"cuelang.org/go/mod/modfile"
	"cuelang.org/go/mod/module"
)

// The CUE module that is compiled into the program. A repository with its own
// cue.mod depends on it by this path and version.
const (
	ModulePath    = "stillsuit.dev@v0"
	ModuleVersion = "v0.1.0"
)

// What stillsuit finds where: paths in the module that is compiled into the program and in
// the user's repository.
const (
	ModuleName    = "stillsuit.dev"
	SchemaPackage = ModuleName + "/schemas/v1alpha1"
	SchemaDir     = "schemas/v1alpha1"
	ClustersDir   = "clusters"
	CatalogueDir  = "apps"
	ModuleFile    = "cue.mod/module.cue"
)

// ModuleText is the module file of the module that is compiled into the program.
const ModuleText = "module: \"" + ModulePath + "\"\nlanguage: version: \"v0.17.0\"\nsource: kind: \"self\"\n"

// embeddedModule puts schemas and catalogue together as a CUE module. It
// returns nil when there are no schemas.
func embeddedModule(schemas, catalogue fs.FS) (memory, error) {
	if schemas == nil {
		return nil, nil
	}
	m := memory{ModuleFile: []byte(ModuleText)}
	if err := m.add("schemas", schemas); err != nil {
		return nil, fmt.Errorf("read the embedded schemas: %w", err)
	}
	if catalogue != nil {
		if err := m.add(CatalogueDir, catalogue); err != nil {
			return nil, fmt.Errorf("read the embedded catalogue: %w", err)
		}
	}
	return m, nil
}

// offline is a CUE registry that knows the embedded module and nothing else.
// It implements modconfig.Registry and never reaches the network.
type offline struct{ fsys cueOnly }

// notOffline says that a module cannot be had without the network.
type notOffline struct{ module module.Version }

func (e *notOffline) Error() string {
	return fmt.Sprintf("%v is not part of stillsuit, and nothing is fetched", e.module)
}

func (o offline) has(mv module.Version) bool {
	return o.fsys.module != nil && mv.Path() == ModulePath && mv.Version() == ModuleVersion
}

// ModFile implements modconfig.Registry.
func (o offline) ModFile(_ context.Context, mv module.Version) (*modfile.File, error) {
	if !o.has(mv) {
		return nil, &notOffline{mv}
	}
	return modfile.Parse([]byte(ModuleText), ModuleFile)
}

// Fetch implements modconfig.Registry.
func (o offline) Fetch(_ context.Context, mv module.Version) (module.SourceLoc, error) {
	if !o.has(mv) {
		return module.SourceLoc{}, &notOffline{mv}
	}
	return module.SourceLoc{FS: subSource{o.fsys, ModuleMount}, Dir: "."}, nil
}

// ModuleVersions implements modconfig.Registry.
func (o offline) ModuleVersions(_ context.Context, path string) ([]string, error) {
	if path == ModulePath || path == ModuleName {
		return []string{ModuleVersion}, nil
	}
	return nil, nil
}
