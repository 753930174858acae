package main

import (
	"errors"
	"flag"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

var update = flag.Bool("update", false, "write what came out into the scripts")

// TestMain makes the program a command of the scripts, and connect, which is
// what the program must never do.
func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"stillsuit": main, "connect": connect})
}

// TestScripts runs the command line's specification. Wherever a script runs the
// program, a registry and a proxy listen, and nobody may call on them.
func TestScripts(t *testing.T) {
	repository, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	isolate := isolation()
	testscript.Run(t, testscript.Params{
		Dir:                 "../../tests/scripts",
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
		UpdateScripts:       *update,
		Setup: func(env *testscript.Env) error {
			l, err := listen()
			if err != nil {
				return err
			}
			env.Values[listenerKey{}] = l
			env.Values[loopbackKey{}] = &loopback{}
			env.Defer(func() {
				if n := l.connections(); n > 0 {
					env.T().Fatal(fmt.Sprintf("%d connections to the network", n))
				}
				_ = l.Close() // nothing is on its way
			})
			env.Setenv("LISTENER", l.Addr().String())
			env.Setenv("CUE_REGISTRY", l.Addr().String()+"+insecure")
			for _, proxy := range []string{"HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy", "ALL_PROXY"} {
				env.Setenv(proxy, "http://"+l.Addr().String())
			}
			env.Setenv("NO_NETWORK", isolate)
			return nil
		},
		Condition: func(condition string) (bool, error) {
			if condition != "isolation" {
				return false, fmt.Errorf("unknown condition %q", condition)
			}
			return isolate != "", nil
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"exit":        exit,
			"connections": connections,
			"registry":    registries,
			"checkout": func(ts *testscript.TestScript, _ bool, args []string) {
				for _, name := range []string{"apps", "clusters", "cue.mod", "flux-system", "schemas"} {
					ts.Check(os.CopyFS(ts.MkAbs(filepath.Join(args[0], name)), os.DirFS(filepath.Join(repository, name))))
				}
				for _, name := range []string{".sops.yaml", "images.lock.json"} {
					data, err := os.ReadFile(filepath.Join(repository, name))
					ts.Check(err)
					ts.Check(os.WriteFile(ts.MkAbs(filepath.Join(args[0], name)), data, 0o644))
				}
			},
		},
	})
}

// exit runs a program and wants its exit code: exit 1 stillsuit render.
func exit(ts *testscript.TestScript, _ bool, args []string) {
	if len(args) < 2 {
		ts.Fatalf("usage: exit CODE PROGRAM [ARGUMENT...]")
	}
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	got := 0
	if err := ts.Exec(args[1], args[2:]...); err != nil {
		var exited *exec.ExitError
		if !errors.As(err, &exited) {
			ts.Fatalf("%v", err)
		}
		got = exited.ExitCode()
	}
	ts.Logf("[exit code %d]", got)
	if got != want {
		ts.Fatalf("the exit code is %d, not %d", got, want)
	}
}

// connections wants a number of connections since the last time.
func connections(ts *testscript.TestScript, _ bool, args []string) {
	if got := ts.Value(listenerKey{}).(*listener).connections(); strconv.Itoa(got) != args[0] {
		ts.Fatalf("%d connections, not %s", got, args[0])
	}
}

// connect is a program that reaches for $LISTENER.
func connect() {
	c, err := net.Dial("tcp", os.Getenv("LISTENER"))
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	_ = c.Close() // it has been made
}

// isolation returns the flags by which unshare gives a program an empty network
// namespace here, or "" when it cannot.
func isolation() string {
	for _, flags := range []string{"-n", "-rn"} { // as root, and as a user
		if exec.Command("unshare", flags, "true").Run() == nil {
			return flags
		}
	}
	return ""
}
