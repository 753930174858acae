package tree

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func tree(files ...File) []Tree {
	return []Tree{{Owned: []string{"flux-system/turingpi"}, Files: files}}
}

func file(p, content string) File {
	return File{Path: p, Content: []byte(content), Sources: []string{"clusters/turingpi/apps.cue"}}
}

const (
	ks  = "flux-system/turingpi/home/mosquitto/ks.yaml"
	app = "flux-system/turingpi/home/mosquitto/app/deployment.yaml"
)

func TestWrite(t *testing.T) {
	repo := t.TempDir()
	root := openRoot(t, repo)
	report, fs, err := Write(root, tree(file(app, "a: 1\n"), file(ks, "b: 1\n")), nil)
	require.NoError(t, err)
	require.Empty(t, fs)
	require.Equal(t, &Report{Created: []string{app, ks}}, report)
	require.Equal(t, string(Seal(file(app, "a: 1\n"))), get(t, repo, app))
	require.Equal(t, "*\n", get(t, repo, ".stillsuit/.gitignore"))
	require.Empty(t, leftovers(t, repo))

	old := time.Date(2001, 1, 1, 0, 0, 0, 0, time.UTC)
	require.NoError(t, os.Chtimes(filepath.Join(repo, ks), old, old))
	put(t, repo, "flux-system/turingpi/home/mosquitto/app/NOTES.md", "mine\n")
	other := "flux-system/turingpi/media/jellyfin/ks.yaml"
	report, fs, err = Write(root, tree(file(ks, "b: 1\n"), file(other, "c: 1\n")), nil)
	require.NoError(t, err)
	require.Empty(t, fs)
	require.Equal(t, &Report{Created: []string{other}, Removed: []string{app}, Unchanged: []string{ks}}, report)
	info, err := os.Stat(filepath.Join(repo, ks))
	require.NoError(t, err)
	require.True(t, info.ModTime().Equal(old), "equal bytes are not rewritten")
	require.Equal(t, "mine\n", get(t, repo, "flux-system/turingpi/home/mosquitto/app/NOTES.md"))

	report, _, err = Write(root, tree(file(ks, "b: 2\n")), nil)
	require.NoError(t, err)
	require.Equal(t, &Report{Updated: []string{ks}, Removed: []string{other}}, report)
	require.NoDirExists(t, filepath.Join(repo, "flux-system/turingpi/media"))

	require.NoError(t, os.Remove(filepath.Join(repo, "flux-system/turingpi/home/mosquitto/app/NOTES.md")))
	require.NoError(t, os.Remove(filepath.Join(repo, "flux-system/turingpi/home/mosquitto/app")))
	_, _, err = Write(root, tree(), nil)
	require.NoError(t, err)
	require.Equal(t, map[string]string{"flux-system/": ""}, snapshot(t, repo))
}

func TestFilesAndDirectoriesChangePlaces(t *testing.T) {
	repo := t.TempDir()
	root := openRoot(t, repo)
	one := tree(file("flux-system/turingpi/a", "1\n"), file("flux-system/turingpi/b/c/d", "2\n"))
	two := tree(file("flux-system/turingpi/a/x/y", "3\n"), file("flux-system/turingpi/b", "4\n"))
	for _, trees := range [][]Tree{one, two, one} {
		must(t, quick(nil), root, trees, nil)
		require.Equal(t, rendered(trees), snapshot(t, repo))
	}
	put(t, repo, "flux-system/turingpi/b/c/mine", "mine\n")
	_, fs, err := Write(root, two, nil)
	require.NoError(t, err)
	require.Equal(t, []string{"tree/foreign-file flux-system/turingpi/b"}, codes(fs))
}

func TestEditsAreRefused(t *testing.T) {
	repo := t.TempDir()
	root := openRoot(t, repo)
	gone := "flux-system/turingpi/media/jellyfin/ks.yaml"
	must(t, quick(nil), root, tree(file(app, "a: 1\n"), file(ks, "b: 1\n"), file(gone, "c: 1\n")), nil)
	next := tree(file(app, "a: 2\n"), file(ks, "b: 2\n"))
	conflict := "<<<<<<< HEAD\n" + get(t, repo, ks) + "=======\nother\n>>>>>>> b\n"
	put(t, repo, ks, conflict)
	put(t, repo, gone, get(t, repo, gone)+"d: 1\n")
	before := snapshot(t, repo)
	report, fs, err := Write(root, next, nil)
	require.NoError(t, err)
	require.Equal(t, &Report{}, report)
	require.Len(t, fs, 2)
	require.Equal(t, ks+": error: "+ks+" was edited, or holds a merge conflict. It is rendered, so the edit would be lost. "+
		"Make the change in clusters/turingpi/apps.cue, then run `stillsuit render --discard-edits "+ks+"`. [tree/edited-file]", fs[0].String())
	require.Equal(t, gone+": error: "+gone+" is no longer rendered and would be removed. It was edited after it was. "+
		"Remove it with `stillsuit render --discard-edits "+gone+"`, or delete its first line to keep it as your own. [tree/edited-file]", fs[1].String())
	require.Equal(t, before, snapshot(t, repo))

	for _, discard := range []string{ks, "flux-system/turingpi/home/mosquitto/", "./flux-system/turingpi/home"} {
		_, fs, err = Write(root, next, &WriteOptions{DiscardEdits: []string{discard}})
		require.NoError(t, err)
		require.Len(t, fs, 1, discard)
	}
	require.Equal(t, before, snapshot(t, repo))
	_, fs, err = Write(root, next, &WriteOptions{DiscardEdits: []string{"flux-system/turingpi/hom", "flux-system/turingpi/home/mosquitto/ks"}})
	require.NoError(t, err)
	require.Len(t, fs, 2)
	must(t, quick(nil), root, next, &WriteOptions{DiscardEdits: []string{"flux-system"}})
	require.Equal(t, rendered(next), snapshot(t, repo))
}

func TestForeignFileInTheWay(t *testing.T) {
	repo := t.TempDir()
	root := openRoot(t, repo)
	put(t, repo, ks, "mine\n")
	_, fs, err := Write(root, tree(file(app, "a: 1\n"), file(ks, "b: 1\n")), &WriteOptions{DiscardEdits: []string{"."}})
	require.NoError(t, err)
	require.Len(t, fs, 1)
	require.Equal(t, ks+": error: "+ks+" is in the way of a rendered file. It was not written by stillsuit. "+
		"Move it out of the way, or delete it when nobody needs it. [tree/foreign-file]", fs[0].String())
	require.Equal(t, "mine\n", get(t, repo, ks))
	require.NoFileExists(t, filepath.Join(repo, app))
}

func TestOtherThingsInTheWay(t *testing.T) {
	for name, prepare := range map[string]func(t *testing.T, full string){
		"pipe":      func(t *testing.T, full string) { require.NoError(t, syscall.Mkfifo(full, 0o644)) },
		"directory": func(t *testing.T, full string) { require.NoError(t, os.Mkdir(full, 0o755)) },
		"file":      func(t *testing.T, full string) { require.NoError(t, os.WriteFile(full, []byte("mine\n"), 0o644)) },
	} {
		for _, at := range []string{"flux-system/turingpi/a", "a"} {
			repo := t.TempDir()
			full := filepath.Join(repo, at)
			require.NoError(t, os.MkdirAll(filepath.Dir(full), 0o755))
			prepare(t, full)
			for _, p := range []string{at, at + "/b/c"} {
				if name == "directory" && p != at {
					continue
				}
				_, fs, err := Write(openRoot(t, repo), tree(file(p, "1\n")), nil)
				require.NoError(t, err)
				require.Equal(t, []string{codeForeign + " " + at}, codes(fs), "%s at %s", name, at)
			}
		}
	}
}

func TestLargeForeignFilesAreNotReadWhole(t *testing.T) {
	repo := t.TempDir()
	root := openRoot(t, repo)
	must(t, quick(nil), root, tree(file(ks, "b: 1\n")), nil)
	require.NoError(t, os.Truncate(filepath.Join(repo, ks), 0))
	require.NoError(t, os.Truncate(filepath.Join(repo, ks), 1<<40)) // a hole
	fs, err := Verify(root, tree(file(ks, "b: 1\n")))
	require.NoError(t, err)
	require.Equal(t, []string{codeForeign + " " + ks}, codes(fs))
	require.NoError(t, os.Truncate(filepath.Join(repo, ks), 0))

	long := strings.Repeat("line\n", 100_000)
	require.NoError(t, os.Remove(filepath.Join(repo, ks)))
	must(t, quick(nil), root, tree(file(ks, long)), nil)
	must(t, quick(nil), root, tree(file(ks, long+"more\n")), nil)
	require.Equal(t, string(Seal(file(ks, long+"more\n"))), get(t, repo, ks))
}

func TestOnce(t *testing.T) {
	repo := t.TempDir()
	root := openRoot(t, repo)
	sync := "flux-system/turingpi/flux-system/gotk-sync.yaml"
	once := tree(File{Path: sync, Content: []byte("# placeholder\n"), Once: true}, file(ks, "a: 1\n"))
	report := must(t, quick(nil), root, once, nil)
	require.Equal(t, []string{sync, ks}, report.Created)
	require.Equal(t, "# placeholder\n", get(t, repo, sync))
	put(t, repo, sync, "kind: GitRepository\n")
	report = must(t, quick(nil), root, once, nil)
	require.Equal(t, &Report{Unchanged: []string{ks}}, report)
	fs, err := Verify(root, once)
	require.NoError(t, err)
	require.Empty(t, fs)
	must(t, quick(nil), root, tree(), nil)
	require.Equal(t, "kind: GitRepository\n", get(t, repo, sync))
}

// What was looked at is what is replaced: an edit in between is not lost.
func TestEditWhileWriting(t *testing.T) {
	for _, when := range []string{"write .stillsuit/stage/1", "rename " + app + " .stillsuit/old/0", "rename " + ks + " .stillsuit/old/1"} {
		repo := t.TempDir()
		root := openRoot(t, repo)
		must(t, quick(nil), root, tree(file(app, "a: 1\n"), file(ks, "b: 1\n")), nil)
		want := snapshot(t, repo)
		want[ks] = strings.Replace(want[ks], "b: 1", "b: 9", 1)
		w := quick(func(op, p string) error {
			if op+" "+p == when {
				put(t, repo, ks, want[ks])
			}
			return nil
		})
		_, fs, err := w.write(root, tree(file(app, "a: 2\n"), file(ks, "b: 2\n")), nil)
		require.NoError(t, err)
		require.Equal(t, []string{codeEdited + " " + ks}, codes(fs), when)
		require.Equal(t, want, snapshot(t, repo))
		require.Empty(t, leftovers(t, repo))
	}
	repo := t.TempDir()
	w := quick(func(op, p string) error {
		if op == "rename" && strings.HasSuffix(p, " "+app) {
			put(t, repo, ks, "mine\n")
		}
		return nil
	})
	_, fs, err := w.write(openRoot(t, repo), tree(file(app, "a: 2\n"), file(ks, "b: 2\n")), nil)
	require.NoError(t, err)
	require.Equal(t, []string{codeEdited + " " + ks}, codes(fs))
	require.Equal(t, "mine\n", get(t, repo, ks))
	require.NoFileExists(t, filepath.Join(repo, app))
}

// The staged files and the journal are durable before the journal counts, and
// the tree is before the journal goes.
func TestSyncOrder(t *testing.T) {
	repo := t.TempDir()
	var trace []string
	hash := regexp.MustCompile("[0-9a-f]{64}")
	w := quick(func(op, p string) error {
		if op != "open" {
			trace = append(trace, op+" "+hash.ReplaceAllString(p, "HASH"))
		}
		return nil
	})
	root := openRoot(t, repo)
	must(t, w, root, tree(file(ks, "b: 1\n")), nil)
	require.Equal(t, []string{
		"mkdir .stillsuit", "write .stillsuit/lock", "write .stillsuit/.gitignore", "remove .stillsuit/journal.new",
		"mkdir .stillsuit/stage", "mkdir .stillsuit/old",
		"write .stillsuit/stage/0", "mark .stillsuit/stage/HASH", "write .stillsuit/journal.new", "sync stage/0 stage/HASH stage journal.new .",
		"rename .stillsuit/journal.new .stillsuit/journal.json", "sync .",
		"mkdir flux-system", "mkdir flux-system/turingpi", "mkdir flux-system/turingpi/home", "mkdir flux-system/turingpi/home/mosquitto",
		"rename .stillsuit/stage/0 " + ks, "sync flux-system flux-system/turingpi flux-system/turingpi/home flux-system/turingpi/home/mosquitto .",
		"remove .stillsuit/journal.json", "remove .stillsuit/journal.new",
		"remove .stillsuit/stage/HASH", "rmdir .stillsuit/stage", "rmdir .stillsuit/old",
	}, trace)
	trace = nil
	must(t, w, root, tree(file(ks, "b: 1\n")), nil)
	require.Equal(t, []string{"mkdir .stillsuit", "write .stillsuit/lock", "remove .stillsuit/journal.new"}, trace)
}

func TestUmaskChangesNoBytes(t *testing.T) {
	trees := bigTree(2, "one")
	var want map[string]string
	for _, mask := range []int{0o000, 0o022, 0o077} {
		repo := t.TempDir()
		old := setUmask(mask)
		must(t, quick(nil), openRoot(t, repo), trees, nil)
		setUmask(old)
		if want == nil {
			want = snapshot(t, repo)
		}
		require.Equal(t, want, snapshot(t, repo))
	}
}
