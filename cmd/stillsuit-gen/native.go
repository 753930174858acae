package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"stillsuit.dev/cmd/stillsuit-gen/native"
	"stillsuit.dev/generator/manifest"
	"stillsuit.dev/policies/admission"
)

// libraryDir holds the policies of the library, a folder each.
const libraryDir = "policies/library"

// nativePolicies are each policy's native.yaml. One that is asked in CI alone has none.
func nativePolicies(_ context.Context, root string) (map[string]string, error) {
	all, err := admission.Load(os.DirFS(filepath.Join(root, libraryDir)))
	if err != nil {
		return nil, err
	}
	out := map[string]string{}
	for _, p := range all {
		if p.Where == admission.InCI {
			continue
		}
		policies, err := native.Of(p)
		if err != nil {
			return nil, fmt.Errorf("%s: the API server cannot be asked this without Kyverno, so it belongs in ci: %w", p.Name, err)
		}
		var parts []string
		for _, v := range policies {
			text, err := manifest.Marshal(v)
			if err != nil {
				return nil, err
			}
			parts = append(parts, string(text))
		}
		out[libraryDir+"/"+p.Name+"/native.yaml"] = "# Made from policy.yaml by make golden.\n" + strings.Join(parts, "---\n")
	}
	return out, nil
}
