package generator

import (
	"bytes"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"

	"stillsuit.dev/finding"
	"stillsuit.dev/policies/library"
)

// checkOut copies what this repository renders from and to, each file as convert
// makes it.
func checkOut(t *testing.T, convert func(name, content string) string) string {
	t.Helper()
	dir := t.TempDir()
	for _, top := range []string{"cue.mod", "schemas", "apps", "clusters", "flux-system", "images.lock.json", ".sops.yaml"} {
		if _, err := os.Stat(filepath.Join("..", top)); errors.Is(err, fs.ErrNotExist) {
			continue
		}
		require.NoError(t, filepath.WalkDir(filepath.Join("..", top), func(name string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() {
				return err
			}
			b, err := os.ReadFile(name)
			require.NoError(t, err)
			rel, err := filepath.Rel("..", name)
			require.NoError(t, err)
			to := filepath.Join(dir, rel)
			require.NoError(t, os.MkdirAll(filepath.Dir(to), 0o755))
			return os.WriteFile(to, []byte(convert(filepath.ToSlash(rel), string(b))), 0o644)
		}))
	}
	return dir
}

// renderIn renders all clusters of a repository.
func renderIn(t *testing.T, repo *Repo) []*Rendering {
	t.Helper()
	names, err := repo.Clusters()
	require.NoError(t, err)
	var out []*Rendering
	for _, name := range names {
		c, findings, err := Load(t.Context(), repo, name)
		require.NoError(t, err)
		require.NotNil(t, c, findings)
		r, findings, err := Render(c)
		require.NoError(t, err)
		if worst, any := finding.Worst(findings); any {
			require.Less(t, worst, finding.Error, findings)
		}
		out = append(out, r)
	}
	return out
}

// RELIABILITY row 21: this repository, checked out with CRLF and byte order marks
// everywhere but in what files: copies, is no drift, and renders to the bytes that
// are committed; a changed letter in any of the kinds of files is seen. Some are checked out
// always, and all with STILLSUIT_ORACLE=full.
func TestCheckoutOfAnotherSystem(t *testing.T) {
	crlf := func(_, content string) string { return strings.ReplaceAll(content, "\n", "\r\n") }
	marked := func(name, content string) string {
		if strings.HasSuffix(name, ".cue") || strings.HasSuffix(name, ".yaml") || strings.HasSuffix(name, ".json") {
			content = "\ufeff" + content
		}
		return content
	}
	change := func(at, from, to string) func(name, content string) string {
		return func(name, content string) string {
			if name == at {
				require.Contains(t, content, from)
				content = strings.Replace(content, from, to, 1)
			}
			return crlf(name, content)
		}
	}
	always := []string{"both", "a letter in a secret", "a lone CR is no line"}
	for name, tc := range map[string]struct {
		convert func(name, content string) string
		drifts  bool
	}{
		"CRLF":                  {crlf, false},
		"byte order marks":      {marked, false},
		"both":                  {func(name, content string) string { return marked(name, crlf(name, content)) }, false},
		"a letter in a secret":  {change("clusters/turingpi/secrets/immich.sops.yaml", "ENC[AES", "ENC[aES"), true},
		"a letter in a file":    {change("clusters/turingpi/mosquitto/mosquitto.conf", "\n", "\n\n"), true},
		"a lone CR is no line":  {change("clusters/turingpi/mosquitto/mosquitto.conf", "\n", "\r"), true},
		"a letter in the files": {change("flux-system/turingpi/kustomization.yaml", "resources", "resource"), true},
	} {
		t.Run(name, func(t *testing.T) {
			if os.Getenv("STILLSUIT_ORACLE") != "full" && !slices.Contains(always, name) {
				t.Skip("with STILLSUIT_ORACLE=full")
			}
			dir := checkOut(t, tc.convert)
			repo, err := Open(dir, &Options{Library: library.FS})
			require.NoError(t, err)
			defer repo.Close()
			renderings := renderIn(t, repo)
			findings, err := Verify(repo, renderings)
			require.NoError(t, err)
			if tc.drifts {
				require.NotEmpty(t, findings)
				return
			}
			require.Empty(t, findings)
			_, findings, err = Write(repo, renderings, nil)
			require.NoError(t, err)
			require.Empty(t, findings)
			count := 0
			require.NoError(t, filepath.WalkDir("../flux-system", func(name string, d fs.DirEntry, err error) error {
				if err != nil || d.IsDir() || strings.HasPrefix(d.Name(), "gotk-") { // which bootstrap writes
					return err
				}
				count++
				want, err := os.ReadFile(name)
				require.NoError(t, err)
				have, err := os.ReadFile(filepath.Join(dir, strings.TrimPrefix(name, "../")))
				require.NoError(t, err)
				require.Equal(t, string(want), string(have), name)
				return nil
			}))
			require.Greater(t, count, 100)
			// A letter in the files that are there is seen.
			at := filepath.Join(dir, "flux-system/turingpi/kustomization.yaml")
			have, err := os.ReadFile(at)
			require.NoError(t, err)
			require.NoError(t, os.WriteFile(at, bytes.Replace(have, []byte("resources"), []byte("resource"), 1), 0o600))
			findings, err = Verify(repo, renderings)
			require.NoError(t, err)
			require.Len(t, findings, 1)
		})
	}
}

// failing is a file system in which one file cannot be opened, or not be read.
type failing struct {
	fs.FS
	at   string
	open bool
}

func (f failing) Open(name string) (fs.File, error) {
	file, err := f.FS.Open(name)
	if name != f.at || err != nil {
		return file, err
	}
	if f.open {
		_ = file.Close()
		return nil, &fs.PathError{Op: "open", Path: "/somewhere/" + name, Err: syscall.EACCES}
	}
	return failingFile{file, name}, nil
}

type failingFile struct {
	fs.File
	name string
}

func (f failingFile) Read([]byte) (int, error) {
	return 0, &fs.PathError{Op: "read", Path: "/somewhere/" + f.name, Err: syscall.EIO}
}

func (f failingFile) ReadDir(int) ([]fs.DirEntry, error) {
	return nil, &fs.PathError{Op: "readdir", Path: "/somewhere/" + f.name, Err: syscall.EIO}
}

// A file that is there and cannot be read fails the run and is named: a SOPS file,
// a file, a file of a directory, and the directory.
func TestUnreadableFiles(t *testing.T) {
	repo, err := Open("..", &Options{Library: library.FS})
	require.NoError(t, err)
	defer repo.Close()
	for cluster, files := range map[string][]string{
		"turingpi": {"clusters/turingpi/secrets/immich.sops.yaml", "clusters/turingpi/mosquitto/mosquitto.conf"},
		"arrakeen": {"clusters/arrakeen/docs-site/index.html", "clusters/arrakeen/docs-site"},
	} {
		c, findings, err := Load(t.Context(), repo, cluster)
		require.NoError(t, err)
		require.NotNil(t, c, findings)
		whole := c.files
		_, _, err = Render(c)
		require.NoError(t, err)
		for _, at := range files {
			for open, why := range map[bool]string{true: "permission denied", false: "input/output error"} {
				c.files = failing{whole, at, open}
				_, _, err := Render(c)
				require.ErrorContains(t, err, "read "+strings.TrimSuffix(at, "/index.html"))
				require.ErrorContains(t, err, why)
				require.NotContains(t, err.Error(), "somewhere")
			}
		}
	}
}

// A directory in the place of a file is an error that names it; where a cluster
// names the file, it is a finding at that place.
func TestDirectoryInPlaceOfAFile(t *testing.T) {
	for _, at := range []string{"images.lock.json", "clusters/turingpi/secrets/immich.sops.yaml", "clusters/turingpi/mosquitto/mosquitto.conf", "cue.mod/module.cue"} {
		dir := checkOut(t, func(_, content string) string { return content })
		require.NoError(t, os.Remove(filepath.Join(dir, at)))
		require.NoError(t, os.Mkdir(filepath.Join(dir, at), 0o755))
		err := func() error {
			repo, err := Open(dir, &Options{Library: library.FS})
			if err != nil {
				return err
			}
			defer repo.Close()
			c, findings, err := Load(t.Context(), repo, "turingpi")
			require.NoError(t, err)
			require.NotNil(t, c, findings)
			_, findings, err = Render(c)
			require.NoError(t, err)
			for _, f := range findings {
				if f.Code == "file/unreadable" {
					require.Contains(t, f.Message(), "is a directory")
					return errors.New("clusters/turingpi/" + strings.Trim(strings.Fields(f.Problem)[0], `"`))
				}
			}
			return nil
		}()
		require.ErrorContains(t, err, at)
		require.NotContains(t, err.Error(), dir)
	}
}
