package tree

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"

	"stillsuit.dev/finding"
)

// stateShapes put something odd at a path of the state directory.
var stateShapes = map[string]func(p string) error{
	"a symbolic link": func(p string) error { return os.Symlink("../docs", p) },
	"a link in a circle": func(p string) error {
		return os.Symlink(filepath.Base(p), p)
	},
	"a file":       func(p string) error { return os.WriteFile(p, []byte("x"), 0o600) },
	"a directory":  func(p string) error { return os.MkdirAll(filepath.Join(p, "x"), 0o700) },
	"a named pipe": func(p string) error { return syscall.Mkfifo(p, 0o600) },
	"unreadable": func(p string) error {
		if err := os.WriteFile(p, nil, 0o600); err != nil {
			return err
		}
		return os.Chmod(p, 0)
	},
	"an unreadable directory": func(p string) error {
		if err := os.MkdirAll(filepath.Join(p, "x"), 0o700); err != nil {
			return err
		}
		return os.Chmod(p, 0)
	},
}

// Whatever stands where stillsuit keeps its state is one finding, in all commands, and what
// the finding says to do helps. The mutant does not look.
func TestStateShapes(t *testing.T) {
	trees := tree(file(ks, "b: 1\n"))
	sound, noticed := 0, 0
	for _, s := range stateShape {
		for kind, put := range stateShapes {
			if kind == "a directory" && s.dir || kind == "a file" && !s.dir {
				sound++
				continue
			}
			t.Run(s.name+" is "+kind, func(t *testing.T) {
				repo := scratch(t)
				root := openRoot(t, repo)
				at := filepath.Join(repo, stateDir, s.name)
				asUser(t, repo, func() {
					require.NoError(t, os.MkdirAll(filepath.Join(repo, "docs"), 0o755))
					require.NoError(t, os.MkdirAll(filepath.Dir(at), 0o755))
					require.NoError(t, put(at))
				})
				said := map[string]bool{}
				says := func(fs []finding.Finding, err error) {
					require.NoError(t, err)
					fs = but(fs, codeDrift)
					require.Len(t, fs, 1)
					require.Equal(t, codeState+" "+filepath.ToSlash(filepath.Join(stateDir, s.name)), codes(fs)[0])
					said[fs[0].Message()] = true
				}
				w := quick(nil)
				asUser(t, repo, func() {
					says(w.state(root))
					says(w.verify(root, trees))
					_, fs, err := w.write(root, trees, nil)
					says(fs, err)
					_, err = w.recoverRoot(root)
					says(refused(err))
				})
				require.Len(t, said, 1)

				w.shape = func(*os.Root) []finding.Finding { return nil }
				asUser(t, repo, func() {
					if fs, err := w.verify(root, trees); err != nil || len(fs) > 1 && fs[0].Code != codeState {
						noticed++
					}
				})
				for message := range said {
					_, fix, _ := strings.Cut(message, "Run `")
					fix, _, _ = strings.Cut(fix, "`")
					run := exec.Command("sh", "-c", fix)
					run.Dir = repo
					require.NoError(t, ignoreExit(run.Run()))
				}
				if kind != "unreadable" || s.name != journalFile { // which is then one that nobody wrote
					asUser(t, repo, func() { must(t, quick(nil), root, trees, nil) })
				}
			})
		}
	}
	require.Equal(t, len(stateShape), sound)
	require.Greater(t, noticed, 10)
}

// ignoreExit drops the error of a command that ran: git's, where there is no repository.
func ignoreExit(err error) error {
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		return nil
	}
	return err
}

// but leaves out the findings of a code.
func but(fs []finding.Finding, code string) []finding.Finding {
	var out []finding.Finding
	for _, f := range fs {
		if string(f.Code) != code {
			out = append(out, f)
		}
	}
	return out
}
