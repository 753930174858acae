package editor

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"stillsuit.dev/apps"
	"stillsuit.dev/generator/evaluate"
	"stillsuit.dev/schemas"
)

// version of the language server that docs/how-to/editor.md speaks of.
const version = "v0.17.1"

const file = "clusters/attic/some.cue"

// repository makes a user's own repository with one file, and what `stillsuit cue setup`
// puts into CUE's module cache.
func repository(t *testing.T, text string) (dir, cache string) {
	t.Helper()
	dir, cache = t.TempDir(), t.TempDir()
	for name, content := range map[string]string{
		"cue.mod/module.cue": "module: \"example.com@v0\"\nlanguage: version: \"v0.17.0\"\ndeps: \"stillsuit.dev@v0\": v: \"v0.1.0\"\n",
		file:                 text,
	} {
		full := filepath.Join(dir, name)
		require.NoError(t, os.MkdirAll(filepath.Dir(full), 0o755))
		require.NoError(t, os.WriteFile(full, []byte(content), 0o600))
	}
	_, err := evaluate.Setup(cache, evaluate.Options{Schemas: schemas.FS, Catalogue: apps.FS})
	require.NoError(t, err)
	return dir, cache
}

// complete is what the server completes at the caret, without what could be referred to there.
func (s *server) complete(text string) []string {
	s.t.Helper()
	const ofField = 5 // CompletionItemKind of the protocol
	var list struct {
		Items []struct {
			Label string
			Kind  int
		}
	}
	s.ask("textDocument/completion", s.write(text), &list)
	out := []string{}
	for _, item := range list.Items {
		if item.Kind == ofField {
			out = append(out, item.Label)
		}
	}
	slices.Sort(out)
	return out
}

// TestEditor asks the server as an editor does, in a user's own repository.
func TestEditor(t *testing.T) {
	t.Parallel()
	dir, cache := repository(t, header)
	s := serve(t, dir, cache, file)
	for name, test := range map[string]func(*testing.T, *server, string){
		"completion": testCompletion, "hover": testHover, "definition": testDefinition, "limits": testLimits,
	} {
		t.Run(name, func(t *testing.T) {
			of := *s
			of.t = t
			test(t, &of, filepath.Join(cache, "mod/extract/stillsuit.dev@v0.1.0"))
			s.id, s.version = of.id, of.version
		})
	}
}

// TestEditorHere asks it about the reference clusters, whose schemas are in the same module.
func TestEditorHere(t *testing.T) {
	t.Parallel()
	root, err := filepath.Abs("../..")
	require.NoError(t, err)
	const home = "clusters/turingpi/home.cue"
	text, err := os.ReadFile(filepath.Join(root, home))
	require.NoError(t, err)
	s := serve(t, root, t.TempDir(), home)
	before, after, found := strings.Cut(string(text), "apps: mosquitto: v1alpha1.#App & {")
	require.True(t, found)
	app := before + "apps: mosquitto: v1alpha1.#App & {"
	require.Subset(t, s.complete(app+"\n\t^"+after), []string{"importance", "containers", "volumes"})
	at := s.write(app + "\n\timport^ance: \"high\"" + after)
	require.Contains(t, s.hover(at), "importance ")
	require.Contains(t, s.definitions(at), location{filepath.Join(root, "schemas/v1alpha1/workload.cue"), importance(t)})
}

// importance is the line of that field in the schema.
func importance(t *testing.T) string {
	t.Helper()
	b, err := schemas.FS.ReadFile("v1alpha1/workload.cue")
	require.NoError(t, err)
	for line := range strings.Lines(string(b)) {
		if line = strings.TrimSpace(line); strings.HasPrefix(line, "importance?: ") {
			return line
		}
	}
	return ""
}

// testCompletion wants every field of every block, and no others.
func testCompletion(t *testing.T, s *server, _ string) {
	w := readBlocks(t)
	require.Greater(t, len(w.blocks), 60)
	for _, b := range w.blocks {
		require.Equal(t, b.names(), s.complete(b.text("\t^")), "%s %s", b.path, b.open)
	}
	// A cluster's package has several files. In one of them cluster names its definition.
	require.Contains(t, s.complete(header+"cluster: v1alpha1.#Cluster & {}\ncluster: network: {\n\t^\n}\n"), "lan")
	require.Contains(t, s.complete(header+"apps: a: v1alpha1.#App & {from: \"a\"}\napps: a: {\n\t^\n}\n"), "importance")
	// A board of the user's own.
	require.Contains(t, s.complete(header+"#board: v1alpha1.#CM4_8GB & {board: \"one\"}\ncluster: v1alpha1.#Cluster & {nodes: a: #board & {\n\t^\n}}\n"), "address")
	// Below an app, the usual names need no definition.
	for usual, field := range map[string]string{"containers: main": "image", "expose: web": "host", "volumes: data": "size"} {
		require.Contains(t, s.complete(header+"apps: some: v1alpha1.#App & {"+usual+": {\n\t^\n}}\n"), field)
		list, name, _ := strings.Cut(usual, ": ")
		require.Contains(t, s.complete(header+"apps: some: v1alpha1.#App & {"+list+": {\n\t^\n}}\n"), name)
	}
	require.Contains(t, s.complete(header+"apps: some: v1alpha1.#App & {containers: main: limits: {\n\t^\n}}\n"), "memory")
	// The field whose name is being written.
	require.Contains(t, s.complete(header+"apps: some: v1alpha1.#App & {\n\timpor^\n}\n"), "importance")
}

// testHover wants the schema's comment on every field of every block.
func testHover(t *testing.T, s *server, _ string) {
	for _, b := range readBlocks(t).blocks {
		first := s.fill(b)
		for i, name := range b.names() {
			shown := s.hover(s.position(first+i, 1))
			for _, f := range b.fields {
				if f.Name == name {
					require.NotEmpty(t, f.Doc)
					require.Contains(t, shown, strings.ReplaceAll(f.Doc, "\n", " "), "%s.%s", b.path, name)
				}
			}
		}
	}
	require.Contains(t, s.hover(s.write(header+"apps: some: v1alpha1.#A^pp & {}\n")), "#App is ")
	require.Empty(t, s.hover(s.write(header+"apps: some: v1alpha1.#App & {importe^nce: \"high\"}\n")))
}

// testDefinition wants the way from every field of every block into the schema's file.
func testDefinition(t *testing.T, s *server, module string) {
	for _, b := range readBlocks(t).blocks {
		first := s.fill(b)
		for i, name := range b.names() {
			found := slices.ContainsFunc(s.definitions(s.position(first+i, 1)), func(l location) bool {
				return strings.HasPrefix(l.file, module) && strings.HasPrefix(l.line, name+"?:")
			})
			require.True(t, found, "%s.%s", b.path, name)
		}
	}
	require.Equal(t, []location{{filepath.Join(module, "schemas/v1alpha1/app.cue"), "#App: {"}}, s.definitions(s.write(header+"apps: some: v1alpha1.#A^pp & {}\n")))
}

// fill writes all fields of a block, and returns the line of the first, from 0.
func (s *server) fill(b block) int {
	s.t.Helper()
	var lines []string
	for _, name := range b.names() {
		lines = append(lines, "\t"+name+": _")
	}
	lines[0] = "^" + lines[0]
	text := b.text(lines...)
	s.write(text)
	before, _, _ := strings.Cut(text, "^")
	return strings.Count(before, "\n")
}

// hover is what is shown at a place, with its lines joined.
func (s *server) hover(at object) string {
	s.t.Helper()
	var shown struct {
		Contents struct{ Value string }
	}
	s.ask("textDocument/hover", at, &shown)
	return strings.Join(strings.Fields(shown.Contents.Value), " ")
}

// location is where a definition is: the file, and the text of its line.
type location struct{ file, line string }

// definitions are where the server leads from a place.
func (s *server) definitions(at object) []location {
	s.t.Helper()
	var found []struct {
		URI   string
		Range struct{ Start struct{ Line int } }
	}
	s.ask("textDocument/definition", at, &found)
	var out []location
	for _, f := range found {
		l := location{file: strings.TrimPrefix(f.URI, "file://")}
		if f.URI != s.uri { // that one is not written to the disk
			b, err := os.ReadFile(l.file)
			require.NoError(s.t, err)
			l.line = strings.TrimSpace(strings.Split(string(b), "\n")[f.Range.Start.Line])
		}
		out = append(out, l)
	}
	return out
}

// testLimits wants what docs/how-to/editor.md lists as limits. When one of these fails, the
// server does more than it did: update the page.
func testLimits(t *testing.T, s *server, _ string) {
	for what, text := range map[string]string{
		"without a definition":             "apps: some: {\n\t^\n}\n",
		"with a pattern":                   "apps: [_]: v1alpha1.#App\napps: some: {\n\t^\n}\n",
		"below an app, a name of its own":  "apps: some: v1alpha1.#App & {containers: other: {\n\t^\n}}\n",
		"a value of an enum":               "apps: some: v1alpha1.#App & {importance: \"^\"}\n",
		"the names of other entries":       "apps: a: v1alpha1.#App & {from: \"a\"}\napps: some: v1alpha1.#App & {connects: {\n\t^\n}}\n",
		"at the top, without another file": "^\n",
	} {
		require.Empty(t, s.complete(header+text), what)
	}
	require.Empty(t, s.hover(s.write(header+"apps: [_]: v1alpha1.#App\napps: some: importa^nce: \"high\"\n")))
	// It underlines what is not CUE, and not the misspelt field beside it.
	require.Equal(t, []string{"expected operand, found '}'"}, s.underlined(header+"apps: some: v1alpha1.#App & {importence: \"high\", user: ^}\n"))
}

// TestVet wants `cue vet` to reject a misspelt field in the form that is taught, and to
// accept the same without it.
func TestVet(t *testing.T) {
	t.Parallel()
	right := header + `cluster: v1alpha1.#Cluster & {name: "attic", nodes: pi: v1alpha1.#CM4_8GB & {role: "server"}}
namespaces: home: v1alpha1.#Namespace & {quota: memory: "2Gi"}
charts: loki: v1alpha1.#Chart & {from: "loki"}
rbac: me: v1alpha1.#RBAC & {user: "me", grants: home: {in: "home", role: "reader"}}
apps: some: v1alpha1.#App & {
	importance: "high"
	containers: main: {image: "docker.io/traefik/whoami:v1.11.0", requests: memory: "16Mi"}
}
`
	dir, cache := repository(t, right)
	vet := func(mistakes ...string) string {
		text := strings.NewReplacer(mistakes...).Replace(right)
		require.NoError(t, os.WriteFile(filepath.Join(dir, file), []byte(text), 0o600))
		out, err := cue(t, dir, cache, "vet", "-c=false", "-E", "./...").CombinedOutput()
		require.Equal(t, err == nil, len(out) == 0, "%v\n%s", err, out)
		return string(out)
	}
	require.Empty(t, vet())
	mistakes := []string{
		"importance:", "importence:", "image:", "imgae:", "requests:", "request:", "quota:", "qouta:",
		"role: \"server\"", "rol: \"server\"", "from:", "form:", "user:", "usr:", "in: \"home\"", "on: \"home\"",
	}
	said := vet(mistakes...)
	for i := 1; i < len(mistakes); i += 2 {
		word, _, _ := strings.Cut(mistakes[i], ":")
		require.Contains(t, said, word+": field not allowed")
	}
	// An app that does not name its definition is checked by stillsuit alone.
	require.Empty(t, vet("importance:", "importence:", "v1alpha1.#App & ", ""))
}
