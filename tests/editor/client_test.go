package editor

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/textproto"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// patience is how long the server may take in all. Nothing waits for it but a server
// that does not answer.
const patience = 10 * time.Minute

// cueCommand builds CUE's command, once; Go keeps it in its build cache.
var cueCommand = sync.OnceValues(func() (string, error) {
	cmd := exec.Command("go", "tool", "-modfile=tests/tools/go.mod", "-n", "cue")
	cmd.Dir = "../.."
	out, err := cmd.Output()
	if failed := (*exec.ExitError)(nil); asExit(err, &failed) {
		return "", fmt.Errorf("build cue: %w\n%s", err, failed.Stderr)
	}
	return strings.TrimSpace(string(out)), err
})

func asExit(err error, to **exec.ExitError) bool {
	e, ok := err.(*exec.ExitError) //nolint:errorlint // exec returns it as it is
	*to = e
	return ok
}

// cue is CUE's command in a directory, with a module cache and without a network: the
// registry that it would ask does not exist.
func cue(t *testing.T, dir, cache string, args ...string) *exec.Cmd {
	t.Helper()
	name, err := cueCommand()
	require.NoError(t, err)
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	t.Cleanup(cancel)
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Dir = dir
	cmd.Env = []string{"HOME=" + t.TempDir(), "PATH=" + os.Getenv("PATH"), "CUE_CACHE_DIR=" + cache, "CUE_REGISTRY=registry.invalid"}
	return cmd
}

// server is a language server with one file open, as an editor has it.
type server struct {
	t       *testing.T
	to      io.Writer
	from    *bufio.Reader
	said    *strings.Builder // on standard error
	id      int
	uri     string
	version int
}

// message is one of JSON-RPC: a request, a notification or a response.
type message struct {
	Version string          `json:"jsonrpc"`
	ID      json.RawMessage `json:"id,omitempty"`
	Method  string          `json:"method,omitempty"`
	Params  any             `json:"params,omitempty"`
	Result  json.RawMessage `json:"result,omitempty"`
	Error   *struct {
		Message string `json:"message"`
	} `json:"error,omitempty"`
}

type object = map[string]any

// serve starts a server for the repository at dir, with a file of it open.
func serve(t *testing.T, dir, cache, file string) *server {
	t.Helper()
	cmd := cue(t, dir, cache, "lsp")
	s := &server{t: t, said: &strings.Builder{}, uri: "file://" + filepath.ToSlash(filepath.Join(dir, file))}
	cmd.Stderr = s.said
	to, err := cmd.StdinPipe()
	require.NoError(t, err)
	from, err := cmd.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, cmd.Start())
	s.to, s.from = to, bufio.NewReader(from)
	t.Cleanup(func() { _ = cmd.Wait() }) // the test's context has ended it

	var is struct {
		ServerInfo struct{ Name, Version string }
	}
	s.ask("initialize", object{
		"processId": nil, "rootUri": "file://" + filepath.ToSlash(dir), "capabilities": object{},
		"workspaceFolders": []object{{"uri": "file://" + filepath.ToSlash(dir), "name": "repository"}},
	}, &is)
	require.Equal(t, "cuelsp", is.ServerInfo.Name)
	require.Contains(t, is.ServerInfo.Version, version, "docs/how-to/editor.md names the version: read what it says of this one")
	s.tell("initialized", object{})
	s.tell("textDocument/didOpen", object{"textDocument": object{"uri": s.uri, "languageId": "cue", "version": s.version, "text": ""}})
	return s
}

// write replaces the open file's text. The caret is where a ^ is, which is taken out.
func (s *server) write(text string) (at object) {
	s.t.Helper()
	before, after, found := strings.Cut(text, "^")
	require.True(s.t, found, "no caret in %s", text)
	s.version++
	s.tell("textDocument/didChange", object{
		"textDocument":   object{"uri": s.uri, "version": s.version},
		"contentChanges": []object{{"text": before + after}},
	})
	return s.position(strings.Count(before, "\n"), len(before)-strings.LastIndex(before, "\n")-1)
}

// position is one of the open file, both from 0.
func (s *server) position(line, column int) object {
	return object{"textDocument": object{"uri": s.uri}, "position": object{"line": line, "character": column}}
}

// tell sends a notification.
func (s *server) tell(method string, params any) {
	s.t.Helper()
	s.send(message{Version: "2.0", Method: method, Params: params})
}

// ask sends a request and waits for its response.
func (s *server) ask(method string, params, result any) {
	s.t.Helper()
	s.id++
	id := strconv.Itoa(s.id)
	s.send(message{Version: "2.0", ID: json.RawMessage(id), Method: method, Params: params})
	m := s.receive()
	for m.Method != "" { // a notification
		m = s.receive()
	}
	require.Equal(s.t, id, string(m.ID))
	require.Nil(s.t, m.Error, "%s: %+v", method, m.Error)
	if result != nil {
		require.NoError(s.t, json.Unmarshal(m.Result, result))
	}
}

// underlined waits for what the server finds wrong in a text that is not CUE.
func (s *server) underlined(text string) []string {
	s.t.Helper()
	s.write(text)
	for {
		m := s.receive()
		if said, _ := m.Params.(object); m.Method == "textDocument/publishDiagnostics" && said["version"] == float64(s.version) {
			var out []string
			for _, d := range said["diagnostics"].([]any) {
				out = append(out, d.(object)["message"].(string))
			}
			return out
		}
	}
}

func (s *server) send(m message) {
	s.t.Helper()
	b, err := json.Marshal(m)
	require.NoError(s.t, err)
	_, err = fmt.Fprintf(s.to, "Content-Length: %d\r\n\r\n%s", len(b), b)
	require.NoError(s.t, err, s.said)
}

// receive returns the next response or notification. What the server asks of the editor
// gets an empty answer.
func (s *server) receive() message {
	s.t.Helper()
	m := s.read()
	for m.Method != "" && m.ID != nil {
		s.send(message{Version: "2.0", ID: m.ID, Result: json.RawMessage("null")})
		m = s.read()
	}
	return m
}

func (s *server) read() (m message) {
	s.t.Helper()
	head, err := textproto.NewReader(s.from).ReadMIMEHeader()
	require.NoError(s.t, err, s.said)
	n, err := strconv.Atoi(head.Get("Content-Length"))
	require.NoError(s.t, err)
	b := make([]byte, n)
	_, err = io.ReadFull(s.from, b)
	require.NoError(s.t, err, s.said)
	require.NoError(s.t, json.Unmarshal(b, &m))
	return m
}
