package imports

import (
	"bytes"
	"fmt"
	"io/fs"
	"os"
	"regexp"
	"slices"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/require"
)

// homes are home directories that belong to no machine: those inside of images,
// and one that tests make up.
func homes() []string { return []string{"/home/node", "/home/ubuntu", "/home/someone"} }

// telling reports lines with a home directory of somebody's machine, which a
// path that was printed and copied would start with.
func telling(repo fs.FS) ([]string, error) {
	home := regexp.MustCompile(`(?:^|[^\w.-])(/(?:home|Users)/[\w.-]+|/root/[\w.-]+)`)
	var out []string
	err := fs.WalkDir(repo, ".", func(name string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && (d.Name() == ".git" || d.Name() == ".stillsuit" || name == "tests/imports"):
			return fs.SkipDir // not tracked, or about these very words
		case !d.Type().IsRegular():
			return nil
		}
		b, err := fs.ReadFile(repo, name)
		if err != nil || bytes.IndexByte(b, 0) >= 0 {
			return err // what is not text has no lines
		}
		for i, line := range bytes.Split(b, []byte("\n")) {
			for _, m := range home.FindAllSubmatch(line, -1) {
				if found := string(m[1]); !slices.Contains(homes(), found) {
					out = append(out, fmt.Sprintf("%s:%d: %s", name, i+1, found))
				}
			}
		}
		return nil
	})
	return out, err
}

func TestNoFileTellsWhereItWasMade(t *testing.T) {
	found, err := telling(os.DirFS("../.."))
	require.NoError(t, err)
	require.Empty(t, found)

	found, err = telling(fstest.MapFS{
		"a.md":          {Data: []byte("built\nin /home/alice/src/stillsuit\n")},
		"b/c.go":        {Data: []byte("const dir = \"/root/go\" // and /Users/bob\n")},
		"d.cue":         {Data: []byte("mount: \"/home/node/.openclaw\"\n./apps/home/mosquitto\n")},
		"e.bin":         {Data: []byte("\x00/home/alice/x")},
		".git/config":   {Data: []byte("/home/alice/x")},
		"tests/imports": {Mode: fs.ModeDir},
	})
	require.NoError(t, err)
	require.Equal(t, []string{"a.md:2: /home/alice", "b/c.go:1: /root/go", "b/c.go:1: /Users/bob"}, found)
}
