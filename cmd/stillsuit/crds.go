package main

import (
	"fmt"
	"os"

	"stillsuit.dev/checks/apiserver"
	"stillsuit.dev/files"
)

// readDefinitions reads the CustomResourceDefinitions in the files and directories that --crds
// names, relative to dir; nil when it names none. Of two of one kind the first one holds.
func readDefinitions(dir string, names []string) (*apiserver.Definitions, error) {
	var all *apiserver.Definitions
	for _, name := range names {
		read, err := definitionsIn(from(dir, name))
		if err != nil {
			return nil, fmt.Errorf("read --crds: %w", err)
		}
		if all == nil {
			all = read
			continue
		}
		all.Add(read)
	}
	return all, nil
}

func definitionsIn(name string) (*apiserver.Definitions, error) {
	info, err := os.Stat(name)
	if err != nil {
		return nil, err
	}
	if !info.IsDir() {
		b, err := files.Read(name)
		if err != nil {
			return nil, err
		}
		return apiserver.ParseDefinitions(name, b)
	}
	root, err := files.OpenRoot(name)
	if err != nil {
		return nil, err
	}
	defer func() { _ = root.Close() }() // it was only read
	return apiserver.ReadDefinitions(files.FS(root), name)
}
