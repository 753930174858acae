package generator

import (
	"io/fs"
	"sync"

	"stillsuit.dev/generator/render"
)

// readOnce reads a library when it is first asked for, and the form of its policies for
// the API server when that is.
func readOnce(library fs.FS) func(native bool) ([]render.LibraryPolicy, error) {
	all := sync.OnceValues(func() ([]render.LibraryPolicy, error) { return render.Library(library) })
	natives := sync.OnceValues(func() ([]render.LibraryPolicy, error) {
		read, err := all()
		if err != nil {
			return nil, err
		}
		return render.Natives(library, read)
	})
	return func(native bool) ([]render.LibraryPolicy, error) {
		if native {
			return natives()
		}
		return all()
	}
}
