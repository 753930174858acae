package evaluate

import (
	"fmt"
	"os"
	"path/filepath"

	"stillsuit.dev/generator/evaluate/internal/source"
)

// CacheDir returns the directory of CUE's module cache by CUE's own rule:
// $CUE_CACHE_DIR, else cue below the user's cache directory.
func CacheDir(getenv func(string) string) (string, error) {
	if dir := getenv("CUE_CACHE_DIR"); dir != "" {
		return dir, nil
	}
	dir, err := os.UserCacheDir()
	if err != nil {
		return "", fmt.Errorf("find the user's cache directory: %w", err)
	}
	return filepath.Join(dir, "cue"), nil
}

// Setup writes the embedded module into CUE's module cache, so that `cue vet`
// and CUE's language server find it without a registry. It returns the paths
// below cacheDir that it wrote, sorted and slash-separated: none when all of it
// is there already. A cached module of the same version that differs is
// replaced.
func Setup(cacheDir string, opts Options) (written []string, err error) {
	return source.SetupCache(cacheDir, opts.Schemas, opts.Catalogue)
}
