package rig

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
)

// Binaries are the programs of a rig, built, and the modules that they come from.
type Binaries struct {
	// Kube is kube-apiserver, kube-controller-manager, kube-scheduler and kubectl,
	// by the first argument.
	Kube string
	// Etcd, Kwok, KustomizeController and HelmController are programs. Kyverno is its
	// admission controller.
	Etcd, Kwok, KustomizeController, HelmController, Kyverno string
	// Kubernetes is the version of Kube: v1.34.9.
	Kubernetes string
	// FluxDir is the directory of the Go module with Flux's controllers.
	FluxDir string
}

// Build makes the programs that are missing in .bin of dir, the directory of
// the end-to-end tests, with say told what is built. A program is built again
// when its module changes.
func Build(ctx context.Context, dir string, say func(format string, args ...any)) (*Binaries, error) {
	dir, err := filepath.Abs(dir)
	if err != nil {
		return nil, err
	}
	b := &builder{out: filepath.Join(dir, ".bin"), say: say}
	if err := os.MkdirAll(b.out, 0o755); err != nil {
		return nil, err
	}
	controlplane, flux, kyverno := filepath.Join(dir, "controlplane"), filepath.Join(dir, "flux"), filepath.Join(dir, "kyverno")
	version, err := goTool(ctx, controlplane, "list", "-m", "-f", "{{.Version}}", "k8s.io/kubernetes")
	if err != nil {
		return nil, err
	}
	out := &Binaries{Kubernetes: version, FluxDir: flux}
	parts := strings.SplitN(strings.TrimPrefix(version, "v"), ".", 3)
	const versions = "k8s.io/component-base/version."
	ldflags := fmt.Sprintf("-X %[1]sgitVersion=%[2]s -X %[1]sgitMajor=%[3]s -X %[1]sgitMinor=%[4]s", versions, version, parts[0], parts[1])
	for _, program := range []struct {
		path *string
		program
	}{
		{&out.Kube, program{name: "kube", dir: controlplane, pkg: "."}},
		{&out.Etcd, program{name: "etcd", dir: flux, pkg: "go.etcd.io/etcd/server/v3"}},
		{&out.Kwok, program{name: "kwok", dir: flux, pkg: "sigs.k8s.io/kwok/cmd/kwok"}},
		{&out.KustomizeController, program{name: "kustomize-controller", dir: flux, pkg: "github.com/fluxcd/kustomize-controller"}},
		{&out.HelmController, program{name: "helm-controller", dir: flux, pkg: "github.com/fluxcd/helm-controller"}},
		{&out.Kyverno, program{name: "kyverno", dir: kyverno, pkg: "github.com/kyverno/kyverno/cmd/kyverno", tested: true}},
	} {
		if *program.path, err = b.build(ctx, program.program, ldflags); err != nil {
			return nil, err
		}
	}
	return out, nil
}

type builder struct {
	out string
	say func(format string, args ...any)
}

// program is a main package of a module.
type program struct {
	name, dir, pkg string
	// tested says that go test compiles most of its packages elsewhere. It is built as
	// go test builds, so that they are compiled once.
	tested bool
}

// build builds one program, unless it was built from the same module files.
func (b *builder) build(ctx context.Context, p program, ldflags string) (string, error) {
	hash := sha256.New()
	hash.Write([]byte(strings.Join([]string{runtime.Version(), p.pkg, ldflags}, "\n")))
	for _, file := range []string{"go.mod", "go.sum", "main.go"} {
		text, err := os.ReadFile(filepath.Join(p.dir, file))
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return "", err
		}
		hash.Write(text)
	}
	target := filepath.Join(b.out, fmt.Sprintf("%s-%x", p.name, hash.Sum(nil)[:6]))
	if _, err := os.Stat(target); err == nil {
		return target, nil
	}
	b.say("building %s", p.name)
	args, env := []string{"build", "-ldflags", "-s -w " + ldflags, "-o", target + ".new"}, []string(nil)
	if !p.tested {
		args, env = append(args, "-trimpath"), []string{"CGO_ENABLED=0"}
	}
	if _, err := goWith(ctx, env, p.dir, append(args, p.pkg)...); err != nil {
		return "", err
	}
	return target, os.Rename(target+".new", target)
}

// goTool runs the go command in dir and returns what it printed.
func goTool(ctx context.Context, dir string, args ...string) (string, error) {
	return goWith(ctx, nil, dir, args...)
}

func goWith(ctx context.Context, env []string, dir string, args ...string) (string, error) {
	cmd := exec.CommandContext(ctx, "go", args...)
	cmd.Dir = dir
	cmd.Env = slices.Concat(os.Environ(), []string{"GOFLAGS=-buildvcs=false", "GOWORK=off"}, env)
	var stderr strings.Builder
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		return "", fmt.Errorf("go %s: %w\n%s", strings.Join(args, " "), err, stderr.String())
	}
	return strings.TrimSpace(string(out)), nil
}

// module is a Go module that is read for the files in it, with the hash that
// its content must have.
type module struct{ path, version, sum string }

// fetch returns the directory of a module's files.
func (m module) fetch(ctx context.Context, dir string) (string, error) {
	out, err := goTool(ctx, dir, "mod", "download", "-json", m.path+"@"+m.version)
	if err != nil {
		return "", err
	}
	var got struct{ Dir, Sum string }
	if err := json.Unmarshal([]byte(out), &got); err != nil {
		return "", err
	}
	if got.Sum != m.sum {
		return "", fmt.Errorf("module %s@%s has the hash %s, not %s", m.path, m.version, got.Sum, m.sum)
	}
	return got.Dir, nil
}
