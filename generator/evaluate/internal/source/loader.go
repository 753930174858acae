package source

import (
	"strings"

	"cuelang.org/go/cue/ast"
	"cuelang.org/go/cue/build"
	"cuelang.org/go/cue/load"
	"cuelang.org/go/cue/token"
)

// Load reads and parses the packages in dirs, which are paths of the source
// below one mount, and what they import. Errors are in the instances.
func (r *Repository) Load(mount string, dirs ...string) []*build.Instance {
	fsys := cueOnly{r.fs}
	insts := load.Instances(dirs, &load.Config{
		FS: fsys, Dir: "/" + mount, ModuleRoot: "/" + mount,
		Registry: offline{fsys},
		Env:      []string{},
	})
	for _, inst := range insts {
		for _, i := range append(inst.Dependencies(), inst) {
			for _, f := range i.Files {
				r.embedFrom(f)
			}
		}
	}
	return insts
}

// embedFrom lets @embed in f find the files that the loader's view leaves out.
func (r *Repository) embedFrom(f *ast.File) {
	if file := f.Pos().File(); file != nil {
		file.SetFSLoc(token.FSLoc{
			FS: r.fs, Path: strings.TrimPrefix(file.Name(), "/"),
			FromFSPath: func(p string) string { return "/" + p },
		})
	}
}

// Schema returns the schema package that inst imports, directly or not, or else
// the embedded one, or nil when there is none.
func (r *Repository) Schema(inst *build.Instance) *build.Instance {
	for _, dep := range inst.Dependencies() {
		if IsSchema(dep.ImportPath) {
			return dep
		}
	}
	mounts := []string{ModuleMount}
	if own, _ := r.Module(); own == ModuleName {
		mounts = []string{RepoMount, ModuleMount}
	}
	for _, mount := range mounts {
		if files, err := r.CUEFiles(mount + "/" + SchemaDir); err == nil && len(files) > 0 {
			schema := r.Load(mount, "./"+SchemaDir)[0]
			if schema.ImportPath == "" {
				schema.ImportPath = SchemaPackage
			}
			return schema
		}
	}
	return nil
}
