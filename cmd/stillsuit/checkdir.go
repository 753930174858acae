package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"stillsuit.dev/finding"
	"stillsuit.dev/policies"
	"stillsuit.dev/policies/foreign"
)

// checkDir checks the tree in a directory, which is relative to dir.
func checkDir(dir, tree, nodes string, options *policies.Options) ([]finding.Finding, error) {
	root, rel, err := rootOf(dir, tree)
	if err != nil {
		return nil, err
	}
	defer root.Close()
	read := &foreign.Options{NodesFile: nodes}
	if nodes != "" {
		if !filepath.IsAbs(nodes) {
			nodes = filepath.Join(dir, nodes)
		}
		if read.Nodes, err = os.ReadFile(nodes); err != nil {
			return nil, fmt.Errorf("read --nodes: %w", err)
		}
	}
	subject, findings, err := foreign.Read(root, rel, read)
	if err != nil {
		return nil, err
	}
	more, err := policies.Run(subject, checkers(), options)
	return finding.Sort(slices.Concat(findings, more)), err
}

// rootOf opens the repository that a directory is in, the nearest one upward with
// .git, or else the directory itself, and returns where in it that is.
func rootOf(dir, tree string) (*os.Root, string, error) {
	if !filepath.IsAbs(tree) {
		tree = filepath.Join(dir, tree)
	}
	tree, err := filepath.Abs(tree)
	if err == nil {
		tree, err = filepath.EvalSymlinks(tree)
	}
	if err != nil {
		return nil, "", fmt.Errorf("open directory: %w", err)
	}
	top := tree
	for at := tree; ; at = filepath.Dir(at) {
		_, err := os.Lstat(filepath.Join(at, ".git"))
		if err == nil {
			top = at
			break
		}
		if !errors.Is(err, fs.ErrNotExist) && !errors.Is(err, fs.ErrPermission) || at == filepath.Dir(at) {
			break
		}
	}
	root, err := os.OpenRoot(top)
	if err != nil {
		return nil, "", fmt.Errorf("open directory: %w", err)
	}
	rel, err := filepath.Rel(top, tree)
	return root, filepath.ToSlash(rel), err
}
