package generator

import (
	"os"

	"stillsuit.dev/apps"
	"stillsuit.dev/generator/evaluate"
	"stillsuit.dev/schemas"
)

// CUEModule is the CUE module that is compiled in: the schemas and the
// catalogue, with the version that a repository's cue.mod has to name.
const CUEModule = evaluate.ModulePath + " " + evaluate.ModuleVersion

// SetupCUE writes CUEModule to CUE's module cache, so that CUE's own tools find
// it offline. It returns the cache's directory and what it wrote there, sorted
// and slash-separated: nothing when all of it is there already.
func SetupCUE() (dir string, written []string, err error) {
	dir, err = evaluate.CacheDir(os.Getenv)
	if err != nil {
		return "", nil, err
	}
	written, err = evaluate.Setup(dir, evaluate.Options{Schemas: schemas.FS, Catalogue: apps.FS})
	return dir, written, err
}

// CheckSyntax returns why a CUE file does not parse.
func CheckSyntax(file string, content []byte) error { return evaluate.CheckSyntax(file, content) }
