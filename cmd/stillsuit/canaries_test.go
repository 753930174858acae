package main

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/spf13/cobra"
	"github.com/stretchr/testify/require"
	"golang.org/x/tools/txtar"
)

// commandRuns are runs of each command, by its path, in repositories that hold canaries.
// $ASKED is a registry that repeats what it is asked.
var commandRuns = map[string][]string{
	"stillsuit render":                {"render --check", "render", "render --check --strict"},
	"stillsuit check":                 {"check --strict", "check attic --base ../base", "check ../tree --policies baseline --nodes attic --suppress ../suppress.yaml", "check ../tree --nodes ../nodes.yaml", "check ../odd --policies baseline,strict"},
	"stillsuit fit":                   {"fit --orders 2 --suggest", "fit ../tree --nodes attic --orders 2", "fit ../odd --orders 2", "fit --add nginx --orders 2"},
	"stillsuit images":                {"images"},
	"stillsuit images list":           {"images list"},
	"stillsuit images lock":           {"images lock --allow-private $ASKED --deadline 5s", "images lock --tree ../tree --allow-private $ASKED --deadline 5s", "images lock https://me:canary-900-x7f3@r.example/a:1"},
	"stillsuit images verify":         {"images verify --allow-private $ASKED --deadline 5s", "images verify --tree ../tree --allow-private $ASKED --deadline 5s", "images verify https://me:canary-901-x7f3@r.example/a:1"},
	"stillsuit images diff":           {"images diff ../base/images.lock.json", "images diff ../odd/images.lock.json", "images diff ../odd/a.yaml"},
	"stillsuit policy":                {"policy"},
	"stillsuit policy list":           {"policy list", "policy list attic"},
	"stillsuit policy show":           {"policy show image-tags attic", "policy show ingress-hosts attic"},
	"stillsuit policy test":           {"policy test ../tree ../odd"},
	"stillsuit explain":               {"explain", "explain tree/drift", "explain fit"},
	"stillsuit cue":                   {"cue"},
	"stillsuit cue setup":             {"cue setup"},
	"stillsuit version":               {"version"},
	"stillsuit completion":            {"completion"},
	"stillsuit completion bash":       {"completion bash"},
	"stillsuit completion zsh":        {"completion zsh"},
	"stillsuit completion fish":       {"completion fish"},
	"stillsuit completion powershell": {"completion powershell"},
	"stillsuit help":                  {"help check", "__complete check ", "__complete explain "},
}

// reached is what runs in the sound repository say, with and without a form, when they come
// as far as they should.
var reached = map[string]string{
	"render": "attic: ", "check --strict": "admission/denied", "check attic": "change/refused", "check ../tree": "admission/denied",
	"fit --orders": "attic", "images list": "old:1.0.0", "images lock": "no ", "images verify": "image", "policy list": "access-modes", "policy test": "test/expectation",
}

// formsOf are the forms that a command's usage names, or one that is none.
func formsOf(cmd *cobra.Command) []string {
	flag := cmd.Flags().Lookup("output")
	if flag == nil {
		return []string{""}
	}
	_, list, _ := strings.Cut(flag.Usage, "`FORM`: ")
	return regexp.MustCompile(`, | or | and `).Split(list, -1)
}

// commandsOf are a command and those below it.
func commandsOf(cmd *cobra.Command) []*cobra.Command {
	out := []*cobra.Command{cmd}
	for _, c := range cmd.Commands() {
		out = append(out, commandsOf(c)...)
	}
	return out
}

// canaryRuns are the arguments of all runs. The first of a command comes in all of its
// forms, and the others in one after the other: a form is not another check.
func canaryRuns(t *testing.T) [][]string {
	t.Helper()
	root := newRoot(&bounds{})
	root.InitDefaultHelpCmd()
	root.InitDefaultCompletionCmd("check") // which is there when any command is given
	var out [][]string
	for _, cmd := range commandsOf(root)[1:] {
		runs := commandRuns[cmd.CommandPath()]
		require.NotEmpty(t, runs, "%s has no run with canaries", cmd.CommandPath())
		forms := formsOf(cmd)
		for i, run := range runs {
			in := forms
			if i > 0 {
				in = forms[i%len(forms):][:1]
			}
			for _, form := range in {
				args := strings.Split(run, " ")
				if form != "" {
					args = append(args, "-o", form)
				}
				out = append(out, args)
			}
		}
	}
	return out
}

// planted writes the files of an archive, in which each $C becomes a canary of its own and
// $B one in base64, and returns the canaries.
func planted(t *testing.T, file, asked string) (string, []string) {
	t.Helper()
	dir := t.TempDir()
	archive, err := txtar.ParseFile(file)
	require.NoError(t, err)
	var canaries []string
	mark := regexp.MustCompile(`\$[CBU]`)
	for _, f := range archive.Files {
		text := mark.ReplaceAllStringFunc(string(f.Data), func(found string) string {
			canary := fmt.Sprintf("canary-%d-x7+f3/9", 100+len(canaries))
			if found == "$U" { // in a URL
				canary = fmt.Sprintf("canary-%d-x7%%2Ff3", 100+len(canaries))
			}
			canaries = append(canaries, canary)
			if found == "$B" {
				return base64.StdEncoding.EncodeToString([]byte(canary))
			}
			return canary
		})
		name := filepath.Join(dir, f.Name)
		require.NoError(t, os.MkdirAll(filepath.Dir(name), 0o755))
		require.NoError(t, os.WriteFile(name, []byte(strings.ReplaceAll(text, "$ASKED", asked)), 0o644))
	}
	return dir, canaries
}

// repeating is a registry that refuses everything, and repeats the request's credentials.
func repeating(t *testing.T) string {
	t.Helper()
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		if req.Header.Get("Authorization") == "" {
			w.Header().Set("WWW-Authenticate", `Basic realm="r"`)
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		w.WriteHeader(http.StatusForbidden)
		_, _ = fmt.Fprintf(w, `{"errors": [{"code": "DENIED", "message": "Authorization: %s is not welcome"}]}`, req.Header.Get("Authorization")) // the client may have gone
	}))
	t.Cleanup(s.Close)
	return "http://" + s.Listener.Addr().String()
}

// saying is what a run prints, to stdout and stderr.
func saying(dir string, args []string) (string, int) {
	var out bytes.Buffer
	code := run(append([]string{"-C", dir}, args...), strings.NewReader(""), &out, &out)
	return out.String(), code
}

// RELIABILITY 13: no command repeats a secret in any of its forms.
func TestCommandsRepeatNoSecret(t *testing.T) {
	asked := repeating(t)
	host := strings.TrimPrefix(asked, "http://")
	dir, canaries := planted(t, "testdata/canaries.txtar", host)
	login := "canary-902-x7f3"
	canaries = append(canaries, login, "canary-900-x7f3", "canary-901-x7f3")
	config := fmt.Sprintf(`{"auths": {%q: {"auth": %q}}}`, host, base64.StdEncoding.EncodeToString([]byte("me:"+login)))
	require.NoError(t, os.WriteFile(filepath.Join(dir, "config.json"), []byte(config), 0o600))
	t.Setenv("DOCKER_CONFIG", dir)
	t.Setenv("CUE_CACHE_DIR", filepath.Join(dir, "cache"))
	looked := 0
	for _, repository := range []string{"ours", "broken"} {
		for _, args := range canaryRuns(t) {
			for i := range args {
				args[i] = strings.ReplaceAll(args[i], "$ASKED", asked)
			}
			said, code := saying(filepath.Join(dir, repository), args)
			if says, known := reached[strings.Join(args[:min(2, len(args))], " ")]; known && repository == "ours" {
				require.Contains(t, said, says, "%v does not come so far", args)
			}
			for _, canary := range canaries {
				looked++
				if leaked(said, canary) {
					at := slices.IndexFunc(strings.Split(said, "\n"), func(line string) bool { return leaked(line, canary) })
					t.Errorf("%s: %v exits with %d and says %s:\n%s", repository, args, code, canary, strings.Split(said, "\n")[max(at, 0)])
				}
			}
		}
	}
	t.Logf("%d canaries, %d times", len(canaries), looked)
	require.Greater(t, len(canaries), 90)
	require.Greater(t, looked, 5000)
}

// What is rendered does hold values, and a message that repeats one is noticed.
func TestCommandsCouldRepeatASecret(t *testing.T) {
	dir, canaries := planted(t, "testdata/canaries.txtar", "127.0.0.1:1")
	said, code := saying(filepath.Join(dir, "ours"), []string{"render"})
	require.Equal(t, exitClean, code, said)
	var rendered strings.Builder
	require.NoError(t, filepath.WalkDir(filepath.Join(dir, "ours", "flux-system"), func(p string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		b, err := os.ReadFile(p)
		_, _ = rendered.Write(b) // a strings.Builder takes all
		return err
	}))
	held := slices.DeleteFunc(slices.Clone(canaries), func(c string) bool { return !leaked(rendered.String(), c) })
	require.Greater(t, len(held), 5)
	require.Equal(t, exitFailure, run([]string{"-C", dir + "/" + held[0], "render"}, nil, io.Discard, io.Discard))
	var errs bytes.Buffer
	run([]string{"-C", dir, "explain", held[0]}, nil, io.Discard, &errs)
	require.True(t, leaked(errs.String(), held[0]))
}
