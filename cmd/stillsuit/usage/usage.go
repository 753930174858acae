// Package usage says what a command line means that is wrong: the command, flag or directory
// that is most likely meant, and what to type in a directory without CUE. It is the answer to
// wrong use, which ends with exit code 2.
package usage

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"stillsuit.dev/files"
	"stillsuit.dev/finding"
)

// Group makes a command one that only has others below it: without any it shows its help.
// isTarget reports whether a name is something that can be checked.
func Group(cmd *cobra.Command, isTarget func(name string) bool) *cobra.Command {
	cmd.RunE = func(cmd *cobra.Command, _ []string) error { return cmd.Help() }
	cmd.Args = func(cmd *cobra.Command, args []string) error {
		if len(args) == 0 {
			return nil
		}
		return unknownCommand(cmd, args[0], isTarget)
	}
	return cmd
}

// otherCommands are what other tools call what a command does.
func otherCommands() map[string]string {
	return map[string]string{
		"lint": "check", "validate": "check", "verify": "check", "test": "check", "scan": "check", "diff": "check --base DIR", "plan": "check --base DIR",
		"build": "render", "generate": "render", "gen": "render", "template": "render", "export": "render",
		"capacity": "fit", "top": "fit", "schedule": "fit", "simulate": "fit",
		"image": "images", "lock": "images lock", "pull": "images lock", "policies": "policy", "setup": "cue setup", "docs": "explain",
		"ls": "list", "get": "list", "update": "lock",
	}
}

func unknownCommand(cmd *cobra.Command, name string, isTarget func(string) bool) error {
	var names []string
	for _, c := range cmd.Commands() {
		if c.IsAvailableCommand() {
			names = append(names, c.Name())
		}
	}
	fix := fmt.Sprintf("`%s --help` lists them.", cmd.CommandPath())
	like := finding.Suggest(name, names)
	if other := otherCommands()[name]; like == "" && slices.Contains(names, strings.Fields(other + " .")[0]) {
		like = other
	}
	switch {
	case like != "":
		fix = fmt.Sprintf("Did you mean `%s %s`?", cmd.CommandPath(), like)
	case slices.Contains([]string{"apply", "deploy", "sync", "reconcile", "install", "up"}, name):
		fix = "stillsuit does not talk to the cluster: commit and push what `stillsuit render` writes, and Flux applies it."
	case isTarget != nil && isTarget(name):
		fix = fmt.Sprintf("To check %s, run `stillsuit check %s`.", name, name)
	}
	if !cmd.HasParent() {
		return fmt.Errorf("there is no command %s. %s", name, fix)
	}
	return fmt.Errorf("`%s` has no command %s. %s", cmd.CommandPath(), name, fix)
}

// otherFlags are what other tools call what a flag does, by the flag.
func otherFlags() map[string]string {
	return map[string]string{
		"format": "output", "out-format": "output", "json": "output", "ignore": "skip", "exclude": "skip", "disable": "skip", "include": "only", "select": "only", "rule": "only",
		"kube-version": "kubernetes", "kubernetes-version": "kubernetes", "k8s-version": "kubernetes", "dry-run": "check", "dryrun": "check", "diff": "check", "verify": "check",
		"crd": "crds", "schema-location": "crds", "node": "nodes", "policy": "policies", "verbose": "all", "full": "all", "fail-on-warnings": "strict", "werror": "strict",
		"cwd": "directory", "chdir": "directory", "dir": "directory", "output-dir": "out", "drain": "without", "remove": "without",
	}
}

// WrongFlag says which flag is meant.
func WrongFlag(cmd *cobra.Command, err error) error {
	var unknown *pflag.NotExistError
	if !errors.As(err, &unknown) {
		return fmt.Errorf("%w. `%s --help` shows how its flags are written", err, cmd.CommandPath())
	}
	var names []string
	cmd.Flags().VisitAll(func(f *pflag.Flag) { names = append(names, f.Name) })
	name := unknown.GetSpecifiedName()
	flag, like := "--"+name, finding.Suggest(name, names)
	if other := otherFlags()[name]; like == "" && slices.Contains(names, other) {
		like = other
	}
	if unknown.GetSpecifiedShortnames() != "" {
		flag, like = "-"+name, ""
	}
	fix := fmt.Sprintf("`%s --help` lists them.", cmd.CommandPath())
	switch {
	case like != "":
		fix = fmt.Sprintf("Did you mean --%s?", like)
	case slices.Contains([]string{"kubeconfig", "context", "namespace"}, name) || flag == "-n":
		fix = "stillsuit reads files, and does not talk to a cluster."
	case name == "cluster":
		fix = fmt.Sprintf("Write `%s CLUSTER`.", cmd.CommandPath())
	}
	return fmt.Errorf("`%s` has no flag %s. %s", cmd.CommandPath(), flag, fix)
}

// NoCUEError says that no directory upward has a CUE module.
type NoCUEError struct {
	Dirs    []string // with Kubernetes YAML
	Command string   // that reads such directories too
}

// Error implements error.
func (e *NoCUEError) Error() string {
	run := "`stillsuit " + cmp.Or(e.Command, "check") + " "
	names := strings.Join(e.Dirs, "` or "+run)
	if names == "" {
		names = "DIR"
	}
	return "no cluster is declared in CUE here: neither this directory nor one above it has cue.mod/module.cue. " +
		"To check Kubernetes YAML, name its directory: " + run + names + "`. To declare a cluster, see docs/how-to/bootstrap.md of stillsuit."
}

// WithObjects are the directories in dir that hold Kubernetes YAML, or "." where it lies in
// dir itself; of more than three the first. Few files are read.
func WithObjects(dir string) []string {
	const mostFiles = 200 // of each directory; our choice
	root, err := files.OpenRoot(dir)
	if err != nil {
		return nil
	}
	defer func() { _ = root.Close() }() // it was only read
	fsys := files.FS(root)
	top, err := fs.ReadDir(fsys, ".")
	if err != nil {
		return nil
	}
	var out []string
	for _, e := range top {
		switch {
		case !e.IsDir() && isObjects(fsys, e.Name()):
			return []string{"."}
		case !e.IsDir() || strings.HasPrefix(e.Name(), ".") || len(out) == 3:
			continue
		}
		seen := 0
		found := errors.New("found")
		err := fs.WalkDir(fsys, e.Name(), func(name string, d fs.DirEntry, err error) error {
			switch seen++; {
			case err != nil || seen > mostFiles:
				return fs.SkipDir
			case !d.IsDir() && isObjects(fsys, name):
				return found
			}
			return nil
		})
		if errors.Is(err, found) {
			out = append(out, e.Name())
		}
	}
	return out
}

// isObjects reports whether a file is YAML that begins like objects of Kubernetes.
func isObjects(fsys fs.FS, name string) bool {
	if ext := path.Ext(name); ext != ".yaml" && ext != ".yml" {
		return false
	}
	f, err := fsys.Open(name)
	if err != nil {
		return false
	}
	defer func() { _ = f.Close() }() // it was only read
	head := make([]byte, 4096)
	n, _ := f.Read(head) // an empty file is none
	text := "\n" + string(head[:n])
	return strings.Contains(text, "\napiVersion:") && strings.Contains(text, "\nkind:")
}

// Unreadable says why an argument, which means the path at, can be neither a cluster nor a
// directory to check; nil when it may be a cluster.
func Unreadable(at, arg string, clusters []string) error {
	info, err := os.Stat(at)
	switch {
	case err == nil && !info.IsDir():
		return fmt.Errorf("%s is a file, and a directory is checked: `stillsuit check %s`", arg, filepath.ToSlash(filepath.Dir(arg)))
	case err == nil || slices.Contains(clusters, arg):
		return nil
	}
	above, last := filepath.Dir(at), filepath.Base(at)
	var siblings []string
	entries, err := os.ReadDir(above)
	for _, e := range entries {
		if isDirectory(filepath.Join(above, e.Name())) {
			siblings = append(siblings, e.Name())
		}
	}
	like := finding.Suggest(last, siblings)
	switch {
	case finding.Suggest(arg, clusters) != "":
		return nil // the CUE of the repository says so
	case like != "":
		return fmt.Errorf("there is no directory %s. Did you mean %s?", arg, filepath.ToSlash(filepath.Join(filepath.Dir(arg), like)))
	case strings.ContainsAny(arg, `/\`) && err != nil:
		return fmt.Errorf("there is no directory %s, nor one %s", arg, filepath.ToSlash(filepath.Dir(arg)))
	case strings.ContainsAny(arg, `/\`) || len(clusters) == 0:
		return fmt.Errorf("there is no directory %s", arg)
	}
	return nil
}

func isDirectory(name string) bool {
	info, err := os.Stat(name)
	return err == nil && info.IsDir()
}
