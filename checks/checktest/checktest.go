// Package checktest tests checkers. An input is a txtar archive of a repository
// with one cluster, or of a tree that no CUE produced; comments in it mark the
// guilty lines:
//
//	image: "docker.io/library/redis:latest" // want images/floating-tag "follows whatever"
//	image: redis:latest # want images/floating-tag "follows whatever"
//
// The text is a part of the message. Each finding must be wanted on its line, and
// each that is wanted must be found once. A second expectation of a line stands
// behind the first one: // want A "x" want B "y".
package checktest

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"

	"stillsuit.dev/checks"
	"stillsuit.dev/finding"
	"stillsuit.dev/generator"
	"stillsuit.dev/generator/lock"
	"stillsuit.dev/inventory"
	"stillsuit.dev/sources/flux"
)

// today is the day of every test.
const today = "2026-10-01"

// Run holds each archive that the pattern names, laid over the one called base,
// against the checkers. An archive without a cluster is a tree: the checks read the
// directory tree/ of it, with the nodes in nodes.yaml and the suppressions in
// suppress.yaml if it has those. base.lock.json is the lock of the branch that it is
// compared with.
func Run(t *testing.T, base, pattern string, checkers []*checks.Checker) {
	t.Helper()
	RunWith(t, base, pattern, nil, checkers)
}

// RunWith is Run for clusters that choose among the policies of a library.
func RunWith(t *testing.T, base, pattern string, library fs.FS, checkers []*checks.Checker) {
	t.Helper()
	names, err := filepath.Glob(pattern)
	if err != nil || len(names) == 0 {
		t.Fatalf("no archive is called %s (%v)", pattern, err)
	}
	below := &txtar.Archive{}
	if base != "" {
		if below, err = txtar.ParseFile(base); err != nil {
			t.Fatal(err)
		}
	}
	for _, name := range names {
		t.Run(strings.TrimSuffix(filepath.Base(name), ".txtar"), func(t *testing.T) {
			archive, err := txtar.ParseFile(name)
			if err != nil {
				t.Fatal(err)
			}
			archive.Files = slices.Concat(slices.DeleteFunc(slices.Clone(below.Files), func(f txtar.File) bool {
				return slices.ContainsFunc(archive.Files, func(over txtar.File) bool { return over.Name == f.Name })
			}), archive.Files)
			for _, problem := range Compare(archive, findings(t, archive, library, checkers)) {
				t.Error(problem)
			}
		})
	}
}

// EveryCode asserts that the archives which the patterns name want each code of a checker.
func EveryCode(t *testing.T, checker *checks.Checker, patterns ...string) {
	t.Helper()
	var all strings.Builder
	for _, pattern := range patterns {
		names, err := filepath.Glob(pattern)
		if err != nil || len(names) == 0 {
			t.Fatalf("no archive is called %s (%v)", pattern, err)
		}
		for _, name := range names {
			b, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			all.Write(b)
		}
	}
	for _, c := range checker.Codes {
		if !strings.Contains(all.String(), "want "+string(c.Code)+" ") {
			t.Errorf("no archive wants %s", c.Code)
		}
	}
}

// Findings lays the archive out in a directory, and checks its one cluster or its
// tree.
func Findings(t *testing.T, archive *txtar.Archive, checkers []*checks.Checker) []finding.Finding {
	t.Helper()
	return findings(t, archive, nil, checkers)
}

func findings(t *testing.T, archive *txtar.Archive, library fs.FS, checkers []*checks.Checker) []finding.Finding {
	t.Helper()
	dir := t.TempDir()
	for _, f := range archive.Files {
		name := filepath.Join(dir, filepath.FromSlash(f.Name))
		if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, f.Data, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	subject, findings := read(t, dir, library)
	subject.BaseLock = baseLock(t, archive)
	found, err := checks.Run(subject, checkers, &checks.Options{Today: today})
	if err != nil {
		t.Fatal(err)
	}
	return slices.Concat(findings, found)
}

// baseLock is the lock of the branch that an archive is compared with, when it has one.
func baseLock(t *testing.T, archive *txtar.Archive) *lock.Lock {
	t.Helper()
	for _, f := range archive.Files {
		if f.Name == "base.lock.json" {
			l, err := lock.Parse(f.Data)
			if err != nil {
				t.Fatal(err)
			}
			return l
		}
	}
	return nil
}

// read reads the tree of an archive, or else its one cluster.
func read(t *testing.T, dir string, library fs.FS) (*inventory.Subject, []finding.Finding) {
	t.Helper()
	if _, err := os.Stat(filepath.Join(dir, "tree")); err == nil {
		return ofTree(t, dir)
	}
	return ofCluster(t, dir, library), nil
}

func ofTree(t *testing.T, dir string) (*inventory.Subject, []finding.Finding) {
	t.Helper()
	root, err := os.OpenRoot(dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = root.Close() }) // it was only read
	options := &flux.Options{NodesFile: "nodes.yaml", SuppressFile: "suppress.yaml"}
	for file, into := range map[string]*[]byte{options.NodesFile: &options.Nodes, options.SuppressFile: &options.Suppress} {
		if *into, err = root.ReadFile(file); err != nil && !errors.Is(err, fs.ErrNotExist) {
			t.Fatal(err)
		}
	}
	subject, _, err := flux.Read(root, "tree", options)
	if err != nil {
		t.Fatal(err)
	}
	return subject, nil // what was found is in the subject too
}

func ofCluster(t *testing.T, dir string, library fs.FS) *inventory.Subject {
	t.Helper()
	repo, err := generator.Open(dir, &generator.Options{Library: library})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = repo.Close() }) // it was only read
	clusters, err := repo.Clusters()
	if err != nil || len(clusters) != 1 {
		t.Fatalf("the archive holds the clusters %v, not one (%v)", clusters, err)
	}
	cluster, findings, err := generator.Load(t.Context(), repo, clusters[0])
	if worst, _ := finding.Worst(findings); err != nil || cluster == nil || worst == finding.Error {
		t.Fatalf("load: %v %v", findings, err)
	}
	rendering, findings, err := generator.Render(cluster)
	if worst, some := finding.Worst(findings); err != nil || some && worst == finding.Error {
		t.Fatalf("render: %v %v", findings, err)
	}
	return inventory.Declared(cluster.Desired, rendering.Set, repo.Lock(), repo.Source)
}

// expectation is a comment in an archive.
type expectation struct {
	place      string // file:line
	code, text string
}

// Compare says which findings nothing in the archive wants, and what is wanted
// there and not found, or found more than once.
func Compare(archive *txtar.Archive, findings []finding.Finding) []string {
	wanted, problems := expectations(archive)
	left := slices.Clone(findings)
	for _, w := range wanted {
		matches := 0
		left = slices.DeleteFunc(left, func(f finding.Finding) bool {
			fits := fmt.Sprintf("%s:%d", f.Place.File, f.Place.Line) == w.place && string(f.Code) == w.code &&
				(strings.Contains(f.Message(), w.text) || strings.Contains(f.Message(), finding.Capital(w.text))) // it may begin a sentence
			if fits {
				matches++
			}
			return fits
		})
		if matches != 1 {
			problems = append(problems, fmt.Sprintf("%s: %s with %q is wanted once, and found %d times", w.place, w.code, w.text, matches))
		}
	}
	for _, f := range left {
		problems = append(problems, "nothing wants "+f.String())
	}
	return problems
}

func expectations(archive *txtar.Archive) ([]expectation, []string) {
	one := regexp.MustCompile(`want ([a-z-]+/[a-z-]+) ("(?:[^"\\]|\\.)*")`)
	comment := regexp.MustCompile(`(?://|#) want (.*)$`)
	var out []expectation
	var problems []string
	for _, f := range archive.Files {
		for i, line := range strings.Split(string(f.Data), "\n") {
			said := comment.FindString(line)
			if said == "" {
				continue
			}
			place := fmt.Sprintf("%s:%d", f.Name, i+1)
			found := one.FindAllStringSubmatch(said, -1)
			if len(found) == 0 {
				problems = append(problems, place+": the comment wants nothing: write want CODE \"text\"")
			}
			for _, m := range found {
				text, err := strconv.Unquote(m[2])
				if err != nil {
					problems = append(problems, place+": "+err.Error())
				}
				out = append(out, expectation{place, m[1], text})
			}
		}
	}
	return out, problems
}
