package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"stillsuit.dev/cmd/stillsuit/usage"
	"stillsuit.dev/generator"
	"stillsuit.dev/policies/library"
)

// openRepository opens the repository that dir is in: the nearest directory
// upward with cue.mod/module.cue.
func openRepository(ctx context.Context, dir string) (*generator.Repo, error) {
	return openSupposing(ctx, dir, nil)
}

// openSupposing opens it with options, with the library of policies, and within the budget
// of the run.
func openSupposing(ctx context.Context, dir string, opts *generator.Options) (*generator.Repo, error) {
	with := generator.Options{}
	if opts != nil {
		with = *opts
	}
	with.Library = library.FS
	start, err := filepath.Abs(dir)
	if err != nil {
		return nil, fmt.Errorf("open repository %s: %w", dir, err)
	}
	for at := start; ; at = filepath.Dir(at) {
		_, err := os.Lstat(filepath.Join(at, "cue.mod", "module.cue"))
		switch {
		case err == nil:
			return openWithin(ctx, at, with)
		case !errors.Is(err, fs.ErrNotExist):
			return nil, fmt.Errorf("look for cue.mod: %w", err)
		case at == filepath.Dir(at):
			return nil, &usage.NoCUEError{Dirs: usage.WithObjects(start)}
		}
	}
}

// from is a path that is relative to dir, as a user names it.
func from(dir, name string) string {
	if filepath.IsAbs(name) {
		return name
	}
	return filepath.Join(dir, name)
}
