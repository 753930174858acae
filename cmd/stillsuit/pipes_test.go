package main

import (
	"bytes"
	"context"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"golang.org/x/tools/txtar"

	"stillsuit.dev/files"
)

// readRepository has a file of each kind that is read: of a repository with CUE, and of a
// tree with kustomizations.
const readRepository = `
-- cue.mod/module.cue --
module: "example.com@v0"
language: version: "v0.17.0"
deps: "stillsuit.dev@v0": v: "v0.1.0"
-- clusters/attic/a.cue --
@extern(embed)

package attic

import "stillsuit.dev/schemas/v1alpha1"

cluster: v1alpha1.#Cluster & {
	name:   "attic"
	domain: "attic.example"
	nodes: pi1: v1alpha1.#CM4_8GB & {role: "server", address: "192.168.1.11"}
}
_data: _ @embed(file=data.json)
apps: web: {
	from:      "own"
	namespace: "home"
	secrets: login: "secrets/s.sops.yaml"
	files: {
		"/etc/a": file: "config/a.conf"
		"/etc/d": dir:  "config/d"
	}
	containers: main: env: DATA: _data.text
}
-- clusters/attic/b.cue --
package attic
-- clusters/attic/data.json --
{"text": "x"}
-- clusters/attic/config/a.conf --
x
-- clusters/attic/config/d/b.conf --
x
-- clusters/attic/secrets/s.sops.yaml --
apiVersion: v1
kind: Secret
metadata: {name: login, namespace: home}
data: {k: "ENC[x]"}
sops: {mac: x}
-- apps/own/own.cue --
package own

import "stillsuit.dev/schemas/v1alpha1"

app: v1alpha1.#App & {
	containers: main: {image: "docker.io/library/redis:8.0.0", limits: memory: "64Mi"}
}
-- images.lock.json --
{"version": 1, "images": {}}
-- flux-system/old/kustomization.yaml --
resources: []
-- .git/HEAD --
-- tree/kustomization.yaml --
resources: [a.yaml, sub]
patches: [{path: patch.yaml}]
secretGenerator: [{name: s, envs: [vars.env]}]
-- tree/a.yaml --
kind: Deployment
apiVersion: apps/v1
metadata: {name: a}
-- tree/patch.yaml --
kind: Deployment
apiVersion: apps/v1
metadata: {name: a, labels: {a: b}}
-- tree/vars.env --
A=b
-- tree/sub/kustomization.yaml --
resources: [b.yaml]
-- tree/sub/b.yaml --
kind: ConfigMap
apiVersion: v1
metadata: {name: b}
-- plain/a.yaml --
kind: ConfigMap
apiVersion: v1
metadata: {name: b}
-- nodes.yaml --
kind: Node
apiVersion: v1
metadata: {name: pi1}
-- accepted.yaml --
{}
-- old.lock.json --
{"version": 1, "images": {}}
-- tests/kyverno-test.yaml --
apiVersion: cli.kyverno.io/v1alpha1
kind: Test
metadata: {name: t}
policies: [policy.yaml]
resources: [resource.yaml]
results: [{policy: p, resources: [b], kind: ConfigMap, result: pass}]
-- tests/policy.yaml --
a: b
-- tests/resource.yaml --
kind: ConfigMap
apiVersion: v1
metadata: {name: b}
`

// written makes the repository, and returns where it is: names of sockets are short.
func written(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "p")
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, os.RemoveAll(dir)) })
	for _, f := range txtar.Parse([]byte(readRepository)).Files {
		name := filepath.Join(dir, f.Name)
		require.NoError(t, os.MkdirAll(filepath.Dir(name), 0o755))
		require.NoError(t, os.WriteFile(name, f.Data, 0o644))
	}
	return dir
}

// runs runs the program, and fails when it has to be waited for.
func runs(t *testing.T, args ...string) (code int, said string) {
	t.Helper()
	var out bytes.Buffer
	done := make(chan int, 1)
	go func() { done <- run(args, strings.NewReader(""), &out, &out) }()
	guard, cancel := context.WithTimeout(t.Context(), 2*time.Minute) // only so that a hang ends
	defer cancel()
	select {
	case code = <-done:
		return code, out.String()
	case <-guard.Done():
		t.Fatalf("%s waits", args)
		return 0, ""
	}
}

// standIns are what may stand in place of a file.
var standIns = map[string]func(t *testing.T, name string){
	"named pipe": func(t *testing.T, name string) { require.NoError(t, syscall.Mkfifo(name, 0o644)) },
	"socket": func(t *testing.T, name string) {
		l, err := net.ListenUnix("unix", &net.UnixAddr{Name: name})
		require.NoError(t, err)
		t.Cleanup(func() { require.NoError(t, l.Close()) })
	},
	"device": func(t *testing.T, name string) { require.NoError(t, os.Symlink("/dev/zero", name)) },
}

// RELIABILITY 9: whatever file is read, a pipe, socket or device in its place is refused,
// and named.
func TestOnlyFilesAreRead(t *testing.T) {
	check, render := []string{"check", "attic"}, []string{"render"}
	tree := []string{"check", "tree"}
	for name, args := range map[string][]string{
		"cue.mod/module.cue":                   check,
		"clusters/attic/b.cue":                 check,
		"clusters/attic/data.json":             check,
		"clusters/attic/config/a.conf":         check,
		"clusters/attic/config/d/b.conf":       check,
		"clusters/attic/config/d":              check,
		"clusters/attic/secrets/s.sops.yaml":   check,
		"apps/own/own.cue":                     check,
		"images.lock.json":                     check,
		"flux-system/old/kustomization.yaml":   {"render", "--check"},
		"flux-system/attic/kustomization.yaml": {"render", "--check"},
		".stillsuit/lock":                      render,
		".stillsuit/journal.json":              render,
		"tree/kustomization.yaml":              tree,
		"tree/a.yaml":                          tree,
		"tree/patch.yaml":                      tree,
		"tree/vars.env":                        tree,
		"tree/sub":                             tree,
		"tree/sub/kustomization.yaml":          tree,
		"tree/sub/b.yaml":                      tree,
		"plain/a.yaml":                         {"check", "plain"},
		"nodes.yaml":                           {"check", "tree", "--nodes", "nodes.yaml"},
		"accepted.yaml":                        {"check", "tree", "--suppress", "accepted.yaml"},
		"old.lock.json":                        {"images", "diff", "old.lock.json"},
		"tests/kyverno-test.yaml":              {"policy", "test", "tests"},
		"tests/policy.yaml":                    {"policy", "test", "tests"},
		"tests/resource.yaml":                  {"policy", "test", "tests"},
		"base":                                 {"check", "attic", "--base", "base"},
		"base/cue.mod/module.cue":              {"check", "attic", "--base", "base"},
		"base/clusters/attic/b.cue":            {"check", "attic", "--base", "base"},
		"base/images.lock.json":                {"check", "attic", "--base", "base"},
		"out":                                  {"render", "--out", "out"},
		"clusters":                             check,
		"clusters/attic/secrets":               check,
	} {
		for kind, make := range standIns {
			t.Run(name+" is a "+kind, func(t *testing.T) {
				t.Parallel()
				dir := written(t)
				if strings.HasPrefix(name, "base/") {
					require.NoError(t, os.CopyFS(filepath.Join(dir, "base"), os.DirFS(written(t))))
				}
				at := filepath.Join(dir, name)
				require.NoError(t, os.RemoveAll(at))
				require.NoError(t, os.MkdirAll(filepath.Dir(at), 0o755))
				make(t, at)
				code, said := runs(t, append([]string{"-C", dir}, args...)...)
				if name != "base/clusters/attic/b.cue" { // a base that cannot be read is a note
					require.NotZero(t, code, said)
				}
				t.Log(code, said)
				require.Contains(t, said, filepath.Base(name), "the file is named")
				if strings.Contains(name, ".") && kind != "device" && !strings.HasPrefix(name, "flux-system/attic") { // where it is only in the way
					require.Contains(t, said, kind)
				}
				require.NotContains(t, said, "crashed")
			})
		}
	}
}

// A descriptor that the shell hands over is read although it is a pipe.
func TestProcessSubstitution(t *testing.T) {
	dir := written(t)
	pipe := func(content string) string {
		r, w, err := os.Pipe()
		require.NoError(t, err)
		_, err = w.WriteString(content) // less than the pipe holds
		require.NoError(t, err)
		require.NoError(t, w.Close())
		t.Cleanup(func() { _ = r.Close() })
		return fmt.Sprintf("/dev/fd/%d", r.Fd())
	}
	code, said := runs(t, "-C", dir, "check", "plain", "--nodes", pipe("kind: Node\napiVersion: v1\nmetadata: {name: pi1}\n"), "--suppress", pipe("{}"))
	require.Zero(t, code, said)
	code, said = runs(t, "-C", dir, "images", "diff", pipe(`{"version": 1, "images": {}}`))
	require.Zero(t, code, said)
	_, err := files.Read(pipe(strings.Repeat("x", 10)))
	require.NoError(t, err)
}
