package apiserver

import (
	"fmt"
	"io/fs"

	"stillsuit.dev/checks/apiserver/internal/custom"
)

// Options are the choices of the checker; nil means defaults.
type Options struct {
	// Definitions are those of custom resources that are known besides those among the
	// objects.
	Definitions *Definitions
}

// Definitions are CustomResourceDefinitions.
type Definitions struct{ crds []map[string]any }

// ReadDefinitions reads the CustomResourceDefinitions in the YAML and JSON files of a
// directory, which is called name, and below it. A file that cannot be read, and a directory
// without any, is an error.
func ReadDefinitions(fsys fs.FS, name string) (*Definitions, error) {
	crds, err := custom.Read(fsys, ".")
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return some(name, crds)
}

// ParseDefinitions is ReadDefinitions for what a file of that name holds.
func ParseDefinitions(name string, data []byte) (*Definitions, error) {
	crds, err := custom.Parse(name, data)
	if err != nil {
		return nil, err
	}
	return some(name, crds)
}

func some(name string, crds []map[string]any) (*Definitions, error) {
	if len(crds) == 0 {
		return nil, fmt.Errorf("%s holds no CustomResourceDefinition of apiextensions.k8s.io/v1", name)
	}
	return &Definitions{crds}, nil
}

// Add adds those of others, which count less than those that are there.
func (d *Definitions) Add(others *Definitions) { d.crds = append(d.crds, others.crds...) }
