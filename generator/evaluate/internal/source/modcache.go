package source

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"

	"cuelang.org/go/mod/modcache"

	"stillsuit.dev/files"
)

// SetupCache writes the embedded module into CUE's module cache, so that `cue vet`
// and CUE's language server find it without a registry. It returns the paths
// below cacheDir that it wrote, sorted and slash-separated: none when all of it
// is there already. A cached module of the same version that differs is
// replaced.
//
// The layout is that of CUE v0.17: mod/download/<path>/@v/<version>.mod and
// .zip, and the files in mod/extract/<path>@<version>, which is not complete
// while a .partial file lies beside the .mod file.
func SetupCache(cacheDir string, schemas, catalogue fs.FS) (written []string, err error) {
	module, err := embeddedModule(schemas, catalogue)
	if err != nil {
		return nil, err
	}
	if module == nil {
		return nil, errors.New("set up the module cache: nothing is embedded")
	}
	packed, err := module.zip()
	if err != nil {
		return nil, fmt.Errorf("pack the embedded module: %w", err)
	}
	stem := filepath.Join("mod", "download", ModuleName, "@v", ModuleVersion)
	extracted := filepath.Join("mod", "extract", ModuleName+"@"+ModuleVersion)
	for _, d := range []string{filepath.Dir(stem), filepath.Dir(extracted)} {
		if err := os.MkdirAll(filepath.Join(cacheDir, d), 0o777); err != nil {
			return nil, fmt.Errorf("set up the module cache: %w", err)
		}
	}
	for name, data := range map[string][]byte{stem + ".mod": module[ModuleFile], stem + ".zip": packed} {
		full := filepath.Join(cacheDir, name)
		if old, err := files.Read(full); err == nil && bytes.Equal(old, data) {
			continue
		}
		if err := replaceFile(full, data); err != nil {
			return nil, fmt.Errorf("set up the module cache: %w", err)
		}
		written = append(written, filepath.ToSlash(name))
	}
	if !module.in(filepath.Join(cacheDir, extracted)) {
		if err := module.extract(filepath.Join(cacheDir, extracted), filepath.Join(cacheDir, stem+".partial")); err != nil {
			return nil, fmt.Errorf("set up the module cache: %w", err)
		}
		written = append(written, filepath.ToSlash(extracted))
	}
	slices.Sort(written)
	return written, nil
}

// replaceFile puts data at name in one step.
func replaceFile(name string, data []byte) error {
	f, err := os.CreateTemp(filepath.Dir(name), filepath.Base(name)+"*.tmp")
	if err != nil {
		return err
	}
	_, err = f.Write(data)
	err = errors.Join(err, f.Chmod(0o666&^0o022), f.Close())
	if err == nil {
		err = os.Rename(f.Name(), name)
	}
	if err != nil {
		_ = os.Remove(f.Name()) // the first error is the one to tell
	}
	return err
}

// zip returns m as a CUE module archive; the same m gives the same bytes.
func (m memory) zip() ([]byte, error) {
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for _, name := range slices.Sorted(maps.Keys(m)) {
		f, err := w.Create(name)
		if err != nil {
			return nil, err
		}
		if _, err := f.Write(m[name]); err != nil {
			return nil, err
		}
	}
	err := w.Close()
	return b.Bytes(), err
}

// in reports whether dir holds the files of m and no others.
func (m memory) in(dir string) bool {
	count := 0
	err := fs.WalkDir(os.DirFS(dir), ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		count++
		data, err := files.Read(filepath.Join(dir, filepath.FromSlash(name)))
		if want, ok := m[name]; err != nil || !ok || !bytes.Equal(data, want) {
			return fs.ErrInvalid
		}
		return nil
	})
	return err == nil && count == len(m)
}

// extract replaces dir by the files of m, read-only as CUE leaves them. While
// it works the file partial tells CUE not to use dir.
func (m memory) extract(dir, partial string) error {
	temp, err := os.MkdirTemp(filepath.Dir(dir), filepath.Base(dir)+".tmp-")
	if err != nil {
		return err
	}
	defer func() { _ = modcache.RemoveAll(temp) }() // gone already when all went well
	for name, data := range m {
		full := filepath.Join(temp, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(full), 0o755); err != nil {
			return err
		}
		if err := os.WriteFile(full, data, 0o444); err != nil {
			return err
		}
	}
	if err := os.Chmod(temp, 0o755); err != nil {
		return err
	}
	if err := os.WriteFile(partial, nil, 0o644); err != nil {
		return err
	}
	if err := modcache.RemoveAll(dir); err != nil {
		return err
	}
	if err := os.Rename(temp, dir); err != nil {
		return err
	}
	return os.Remove(partial)
}
