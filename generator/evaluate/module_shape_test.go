package evaluate

import (
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"

	"stillsuit.dev/generator/evaluate/internal/source"
)

// Whatever stands in place of a file below cue.mod is named by the user's path, in one whole
// sentence. With a file there, the same is sound.
func TestOddFilesOfTheModule(t *testing.T) {
	const pkg = "cue.mod/pkg/foo.example/a"
	outside := filepath.Join(t.TempDir(), "x")
	require.NoError(t, os.WriteFile(outside, nil, 0o600))
	for _, at := range []string{"cue.mod/local-module.cue", source.ModuleFile, pkg + "/x.cue", pkg} {
		for kind, put := range map[string]func(string) error{
			"is a named pipe, not a file": func(p string) error { return syscall.Mkfifo(p, 0o600) },
			"leads out of the repository": func(p string) error { return os.Symlink(outside, p) },
		} {
			t.Run(at+" "+kind, func(t *testing.T) {
				body := "package turingpi\n\ncluster: name: \"x\"\n"
				if strings.HasPrefix(at, pkg) {
					body = "package turingpi\n\nimport \"foo.example/a\"\n\ncluster: name: a.name\n"
				}
				_, dir := repository(t, map[string]string{
					source.ModuleFile: "module: \"example.com@v0\"\nlanguage: version: \"v0.15.0\"\n", pkg + "/x.cue": "package a\n\nname: \"x\"\n", "clusters/turingpi/a.cue": body,
				})
				require.NotContains(t, everything(t, open(t, dir, Options{}), "turingpi"), "cue/unreadable")
				require.NoError(t, os.RemoveAll(filepath.Join(dir, at)))
				require.NoError(t, put(filepath.Join(dir, at)))
				root, err := os.OpenRoot(dir)
				require.NoError(t, err)
				defer func() { require.NoError(t, root.Close()) }()
				r, err := Open(root, Options{Schemas: os.DirFS("testdata/schemas"), Catalogue: os.DirFS("testdata/apps")})
				if at == source.ModuleFile {
					require.EqualError(t, err, at+" "+kind+"; put a copy of the module file in its place")
					return
				}
				require.NoError(t, err)
				_, fs, err := r.Cluster(t.Context(), "turingpi")
				require.NoError(t, err)
				require.Len(t, fs, 1, text(fs))
				require.Contains(t, text(fs), at+": error: this file "+kind)
				require.NotContains(t, text(fs), source.RepoMount+"/")
			})
		}
	}
}
