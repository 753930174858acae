// Command stillsuit-gen writes the files of this repository that are made from others:
// the pages of docs/ and apps/README.md that say what the schemas, the catalogue and the
// policies know, and beside each policy of the library its native.yaml and its test for
// Kyverno's command line. Run at the root of the repository, it writes those that differ
// and names them; a file that nothing makes any longer is removed. `make golden` runs it,
// and a test fails when a committed file is not what it would write.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
)

func main() { os.Exit(run(context.Background(), ".", os.Stdout, os.Stderr)) }

// run writes what differs. It returns the exit code: 2 for what could not be done.
func run(ctx context.Context, root string, out, failed io.Writer) int {
	changed, err := update(ctx, root)
	for _, name := range changed {
		_, told := fmt.Fprintln(out, name)
		err = errors.Join(err, told)
	}
	if err != nil {
		_, _ = fmt.Fprintln(failed, err) // there is nowhere else to say it
		return 2
	}
	return 0
}

// maker makes the files of one kind, by their paths from the root.
type maker func(ctx context.Context, root string) (map[string]string, error)

func makers() []maker {
	return []maker{schemaPages, cataloguePages, workspacesPage, policiesPage, nativePolicies, kyvernoTests, apiTables}
}

// made are patterns of files that nothing else than a maker writes.
func made() []string {
	return []string{schemaDocs + "/*", libraryDir + "/*/native.yaml", libraryDir + "/*/kyverno-test.yaml", apisDir + "/*.txt"}
}

// generate makes all files, by their paths from the root.
func generate(ctx context.Context, root string) (map[string]string, error) {
	out := map[string]string{}
	for _, m := range makers() {
		files, err := m(ctx, root)
		if err != nil {
			return nil, err
		}
		maps.Copy(out, files)
	}
	return out, nil
}

// differing are the files, sorted, that are not as they would be made, or that nothing
// makes.
func differing(root string, files map[string]string) ([]string, error) {
	var out []string
	for name, want := range files {
		if b, err := os.ReadFile(filepath.Join(root, name)); err != nil || string(b) != want {
			out = append(out, name)
		}
	}
	for _, pattern := range made() {
		names, err := fs.Glob(os.DirFS(root), pattern)
		if err != nil {
			return nil, err
		}
		out = append(out, slices.DeleteFunc(names, func(name string) bool { _, ok := files[name]; return ok })...)
	}
	slices.Sort(out)
	return out, nil
}

// update writes the files that differ, and removes those that nothing makes. It returns
// their names.
func update(ctx context.Context, root string) ([]string, error) {
	files, err := generate(ctx, root)
	if err != nil {
		return nil, err
	}
	names, err := differing(root, files)
	if err != nil {
		return nil, err
	}
	return names, settle(root, files, names)
}

// settle writes or removes files that differ.
func settle(root string, files map[string]string, names []string) error {
	for _, name := range names {
		var err error
		if text, ok := files[name]; ok {
			err = write(root, name, text)
		} else {
			err = os.Remove(filepath.Join(root, name))
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// write writes a file below a directory.
func write(dir, name, text string) error {
	name = filepath.Join(dir, filepath.FromSlash(name))
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		return err
	}
	return os.WriteFile(name, []byte(text), 0o644)
}
