package main

import (
	"context"
	"os"
	"path/filepath"

	"stillsuit.dev/cmd/stillsuit-gen/apis"
)

// apisDir holds the tables of the Kubernetes API.
const apisDir = "generator/apis"

// apiTables are the kinds, resources and verbs that API servers have had.
func apiTables(_ context.Context, root string) (map[string]string, error) {
	tables, err := apis.Tables(os.DirFS(filepath.Join(root, "cmd/stillsuit-gen/apis")))
	if err != nil {
		return nil, err
	}
	out := map[string]string{}
	for name, text := range tables {
		out[apisDir+"/"+name] = text
	}
	return out, nil
}
