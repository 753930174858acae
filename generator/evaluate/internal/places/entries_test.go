package places

import (
	"os"
	"path/filepath"
	"testing"

	"cuelang.org/go/cue/ast"
	"cuelang.org/go/cue/cuecontext"
	"github.com/stretchr/testify/require"

	"stillsuit.dev/files"
	"stillsuit.dev/generator/evaluate/internal/source"
)

const entriesApps = `package turingpi

import "stillsuit.dev/schemas/v1alpha1"

#App: {namespace!: string, user?: int, replicas?: int, place?: arch?: string, ...}
#Web: #App & {namespace: "web", ...}
_own: {namespace: "own"}
let many = ["x", "y"]
apps: [_]: #App
apps: plain: {
	namespace: "x"
}
apps: short: namespace: "x"
apps: {
	two: namespace: "x"
	three: {namespace: "x", user: 5}
	split: user: 5
}
apps: split: namespace: "x"
apps: embeds: {#Web, user: 9}
apps: is: #Web & {user: 3}
apps: refers: _own
apps: either: {if len(many) > 1 {namespace: "x"}}
apps: "dyn\(1)": namespace: "x"
apps: dyn1: user: 2
apps: [string]: {place: arch: "arm64"}
apps: typed: v1alpha1.#App & {namespace: "x"}
apps: behind: {namespace: "x"} & v1alpha1.#App
apps: only: v1alpha1.#App
apps: more: v1alpha1.#App & #Web & {user: 3}
apps: lots: v1alpha1.#App & {namespace: "x"}
apps: lots: user: 4
apps: maybe?: user: 1
apps: maybe: namespace: "x"
`

// finder evaluates a package of these files.
func finder(t *testing.T, texts map[string]string) Finder {
	t.Helper()
	dir := t.TempDir()
	for name, text := range texts {
		name = filepath.Join(dir, filepath.FromSlash(name))
		require.NoError(t, os.MkdirAll(filepath.Dir(name), 0o755))
		require.NoError(t, os.WriteFile(name, []byte(text), 0o644))
	}
	module := filepath.Join(dir, filepath.FromSlash(source.ModuleFile))
	require.NoError(t, os.MkdirAll(filepath.Dir(module), 0o755))
	require.NoError(t, os.WriteFile(module, []byte(source.ModuleText), 0o644))
	root, err := os.OpenRoot(dir)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, root.Close()) })
	repo, err := source.Open(root, files.Open, nil, nil)
	require.NoError(t, err)
	inst := repo.Load(source.RepoMount, "./clusters/turingpi")[0]
	require.NoError(t, inst.Err)
	v := cuecontext.New().BuildInstance(inst)
	require.NoError(t, v.Validate())
	return New(inst, v)
}

// TestEntriesAgreeWithEvaluation: what is told without evaluation is what evaluation tells.
func TestEntriesAgreeWithEvaluation(t *testing.T) {
	p := finder(t, map[string]string{
		"clusters/turingpi/apps.cue":   entriesApps,
		"schemas/v1alpha1/app.cue":     "package v1alpha1\n\n#App: {namespace?: string, user?: int, replicas?: int, place?: arch?: string}\n",
		"clusters/turingpi/a-more.cue": "package turingpi\n\napps: two: replicas: 2\nnamespaces: home: security: \"restricted\"\n",
	})
	slow := p
	slow.entry = nil
	told := map[string]bool{
		"plain": true, "short": true, "three": true, "dyn1": true, "typed": true, "behind": true, "only": true, // beside a computed label, which comes after it
		"two": false, "split": false, "embeds": false, "is": false, "refers": false, "either": false, "maybe": false, "more": false, "lots": false,
	}
	apps, err := p.Lookup([]string{"apps"}).Fields()
	require.NoError(t, err)
	names := 0
	for apps.Next() {
		require.Contains(t, told, apps.Selector().Unquoted())
		names++
	}
	require.Len(t, told, names)
	for name, fast := range told {
		path := []string{"apps", name}
		want, ok := slow.Find(path)
		require.True(t, ok, name)
		got, ok := p.Find(path)
		require.True(t, ok, name)
		require.Equal(t, want, got, name)
		_, cheap := p.Cheap(path)
		require.Equal(t, fast, cheap, name)
	}
	// The first field of several is not the one to tell: this is what the guard is for.
	first := entries{"apps": {"two": {Label: ast.NewIdent("two")}}}
	for _, d := range p.file(t, "clusters/turingpi/apps.cue").Decls {
		if field, ok := d.(*ast.Field); ok {
			if block, ok := field.Value.(*ast.StructLit); ok && len(block.Elts) == 3 {
				first["apps"]["two"] = block.Elts[0].(*ast.Field)
			}
		}
	}
	careless := p
	careless.entry = first
	wrong, _ := careless.Find([]string{"apps", "two"})
	right, _ := p.Find([]string{"apps", "two"})
	require.NotEqual(t, right, wrong)
}

// file returns a file that the package's value was made of.
func (p Finder) file(t *testing.T, name string) *ast.File {
	t.Helper()
	for _, f := range p.value.BuildInstance().Files {
		if source.Display(f.Filename) == name {
			return f
		}
	}
	t.Fatal("no file " + name)
	return nil
}

func TestEntriesLeaveWhatMayComeFromElsewhere(t *testing.T) {
	for _, line := range []string{
		`if true {apps: a: user: 1}`, `_more: {}, {_more}`, `("ap" + "ps"): a: user: 1`, `apps: _others`, `apps: {for n in ["a"] {(n): user: 1}}`,
	} {
		p := finder(t, map[string]string{
			"clusters/turingpi/apps.cue": "package turingpi\n\n_others: {b: namespace: \"y\"}\napps: a: namespace: \"x\"\napps: a: user: 1\n" + line + "\napps: c: namespace: \"z\"\n",
		})
		_, cheap := p.Cheap([]string{"apps", "c"})
		require.False(t, cheap, line)
		_, ok := p.Find([]string{"apps", "c"})
		require.True(t, ok, line)
	}
}
