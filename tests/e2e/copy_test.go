package e2e_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"text/template"

	"github.com/stretchr/testify/require"
)

// write puts a file into the copy.
func (s *scenario) write(name, text string) {
	s.Helper()
	name = filepath.Join(s.dir, "clusters", s.cluster, name)
	require.NoError(s, os.MkdirAll(filepath.Dir(name), 0o755))
	require.NoError(s, os.WriteFile(name, []byte(text), 0o600))
}

// fill writes a file of CUE into the cluster, made from a template in testdata.
func (s *scenario) fill(name string, with any) {
	s.Helper()
	t, err := template.ParseFiles(filepath.Join("testdata", name))
	require.NoError(s, err)
	var text strings.Builder
	require.NoError(s, t.Execute(&text, with))
	s.write(name, text.String())
}

// remove takes a file of the cluster away.
func (s *scenario) remove(name string) {
	s.Helper()
	require.NoError(s, os.Remove(filepath.Join(s.dir, "clusters", s.cluster, name)))
}

// edit replaces text in the files of the copy's tree that have it, which must
// be at least one.
func (s *scenario) edit(old, new string) {
	s.Helper()
	changed := 0
	root := filepath.Join(s.dir, "flux-system", s.cluster)
	require.NoError(s, filepath.WalkDir(root, func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		body, err := os.ReadFile(name)
		if err != nil || !strings.Contains(string(body), old) {
			return err
		}
		changed++
		rel, err := filepath.Rel(s.dir, name)
		if err != nil {
			return err
		}
		s.edited = append(s.edited, filepath.ToSlash(rel))
		return os.WriteFile(name, []byte(strings.ReplaceAll(string(body), old, new)), 0o600)
	}))
	require.NotZero(s, changed, "no file of the tree has %q", old)
}

// swap replaces text in a file of the cluster that has it, and returns what was there.
func (s *scenario) swap(name, old, new string) string {
	s.Helper()
	body, err := os.ReadFile(filepath.Join(s.dir, "clusters", s.cluster, name))
	require.NoError(s, err)
	require.Contains(s, string(body), old)
	s.write(name, strings.ReplaceAll(string(body), old, new))
	return string(body)
}
